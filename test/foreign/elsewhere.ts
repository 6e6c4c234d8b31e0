/** Networks that were not made here, and what the library that made them computes: see made-elsewhere/make.py. */
import { readFileSync } from "node:fs";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { ForwardPass } from "../../src/inspection/forward-pass.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import type { ParameterValues } from "../../src/training/parameter-values.ts";

const folder = new URL("made-elsewhere/", import.meta.url);

export const bytesOf = (name: string): Uint8Array => readFileSync(new URL(name, folder));

interface Expected {
  readonly input: [number, number, number];
  readonly outputs: readonly number[];
}

export const expected = JSON.parse(
  readFileSync(new URL("expected.json", folder), "utf8"),
) as Readonly<Record<string, Expected>>;

export const IMAGES = 3;

/** The pixels that the outputs are of, [IMAGES, C, H, W]. */
export function pixelsOf([channels, height, width]: readonly number[]): Float32Array<ArrayBuffer> {
  const length = IMAGES * channels * height * width;
  return Float32Array.from({ length }, (_, i) => ((37 * i + 11) % 101) / 101);
}

/** What our kernels make of these pixels. @returns [IMAGES, classes] */
export async function computed(
  gpu: Gpu,
  description: NetworkDescription,
  parameters: ParameterValues,
): Promise<Float32Array> {
  const pixels = pixelsOf(description.input);
  const size = pixels.length / IMAGES;
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, description, parameters);
    return await pass.logits({
      count: IMAGES,
      fill: (image, into) => into.set(pixels.subarray(image * size, (image + 1) * size)),
    });
  } finally {
    scope.destroy();
  }
}

/** Softmax, in float64, of each image's outputs. */
export function softmax(logits: Float32Array): number[] {
  const classes = logits.length / IMAGES;
  return Array.from({ length: IMAGES }, (_, image) => {
    const own = [...logits.subarray(image * classes, (image + 1) * classes)];
    const powers = own.map((value) => Math.exp(value - Math.max(...own)));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((value) => value / sum);
  }).flat();
}
