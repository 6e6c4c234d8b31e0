/** What TensorFlow.js made of the digit network and of boxes: golden.safetensors, written by bench/golden.ts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { fill } from "./numeric.ts";

export const GOLDEN = join(import.meta.dirname, "golden.safetensors");

/** Ten steps of SGD on the first training digits. */
export const training = { seed: 2017, batch: 7, steps: 10, rate: 0.05, momentum: 0.9 } as const;

/** The digit network's parameters in our arrangement. */
export const shapes = {
  "conv1.w": [16, 1, 5, 5],
  "conv1.b": [16],
  "conv2.w": [32, 16, 5, 5],
  "conv2.b": [32],
  "fc1.w": [512, 512],
  "fc1.b": [512],
  "fc2.w": [10, 512],
  "fc2.b": [10],
} as const;
export type Name = keyof typeof shapes;
export const names = Object.keys(shapes) as Name[];

const MOST = 20_000;

/** Of a large array 20,000 elements, evenly spread over all rows and columns; else all. */
export function sample(values: Float32Array): Float32Array {
  if (values.length <= MOST) return values;
  return Float32Array.from(
    { length: MOST },
    (_, i) => values[Math.floor((i * values.length) / MOST)],
  );
}

/** Suppression of N boxes, of which at most `most` are kept. */
export const suppressions = [
  { N: 40, iouThreshold: 0.3, most: 40 },
  { N: 333, iouThreshold: 0.5, most: 60 },
  { N: 333, iouThreshold: 0.7, most: 333 },
] as const;

/** N boxes (x1, y1, x2, y2) that overlap here and there, and their scores between 0 and 1. */
export function scoredBoxes(N: number): { boxes: number[][]; scores: Float32Array<ArrayBuffer> } {
  const draws = fill(4 * N, N).map((value) => (value + 1) / 2);
  const boxes = Array.from({ length: N }, (_, i) => {
    const [x, y, w, h] = draws.subarray(4 * i, 4 * i + 4);
    return [60 * x, 60 * y, 60 * x + 5 + 40 * w, 60 * y + 5 + 40 * h].map(Math.fround);
  });
  const scores = Float32Array.from(fill(N, N + 1), (value) => (value + 1.01) / 2.02);
  return { boxes, scores };
}

/** A value of the file by its name: "logits", "losses", "dx", "gradient/conv1.w", "kept/0" and so on. */
export async function readGolden(): Promise<(name: string) => Float32Array> {
  const { tensors } = readSafetensors(await readFile(GOLDEN), "golden.safetensors");
  return (name) => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== "F32") throw new Error(`golden.safetensors has no ${name}`);
    return tensor.data as Float32Array;
  };
}
