/** Unlearning: what is taught, and that a backdoor of one pixel goes by it while what is right stays. */
import { describe, expect, it } from "vitest";
import { ForwardPass } from "../../src/inspection/forward-pass.ts";
import type { ParameterValues } from "../../src/training/parameter-values.ts";
import {
  unlearning,
  wearingPerturbation,
  wearingTrigger,
  withWorn,
} from "../../src/defences/unlearning.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { useGpu } from "../gpu.ts";
import { blockNet, blocks, CLASSES, SIZE } from "./block-net.ts";

const PIXELS = SIZE * SIZE;
const PIXEL = 3 * SIZE - 1;
const only = (value: number) => new Float32Array(PIXELS).fill(value, PIXEL, PIXEL + 1);

describe("what is taught", () => {
  const images = blocks(12, 1);

  it("is all images as they are, and copies under what is worn with the same labels", () => {
    const white = wearingTrigger({ mask: only(1), pattern: only(1) });
    const half = wearingPerturbation({ delta: only(0.5) });
    const taught = withWorn(images, [white, half], 0.5, 1);
    expect(taught.count).toBe(18);
    expect(taught.images.subarray(0, 12 * PIXELS)).toEqual(images.images);
    expect(taught.labels.subarray(0, 12)).toEqual(images.labels);
    const copied = new Set<number>();
    for (let i = 12; i < 18; i++) {
      const copy = taught.images.slice(i * PIXELS, (i + 1) * PIXELS);
      expect(copy[PIXEL]).toBe(i % 2 === 0 ? 255 : 128);
      copy[PIXEL] = 0;
      const original = [...images.labels.keys()].find((image) =>
        copy.every((value, k) => value === images.images[image * PIXELS + k]),
      )!;
      expect(taught.labels[i]).toBe(images.labels[original]);
      copied.add(original);
    }
    expect(copied.size).toBe(6);
  });

  it("stays within black and white", () => {
    const taught = withWorn(images, [wearingPerturbation({ delta: only(3) })], 1, 1);
    expect(taught.images[12 * PIXELS + PIXEL]).toBe(255);
    const dark = withWorn(images, [wearingPerturbation({ delta: only(-3) })], 1, 1);
    expect(dark.images[12 * PIXELS + PIXEL]).toBe(0);
  });
});

describe("unlearning", () => {
  const context = useGpu();

  /** Share of images that are read as what they are, with the pixel at a value. */
  async function right(gpu: Gpu, parameters: ParameterValues, value: number): Promise<number> {
    const { images, labels, count } = blocks(60, 9);
    const scope = gpu.scope();
    const pass = await ForwardPass.build(scope, blockNet(null).description, parameters);
    const logits = await pass.logits({
      count,
      fill: (image, into) => {
        for (let k = 0; k < PIXELS; k++) into[k] = images[image * PIXELS + k] / 255;
        into[PIXEL] = value;
      },
    });
    scope.destroy();
    const hits = labels.filter((label, i) => {
      const own = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
      return own.indexOf(Math.max(...own)) === label;
    });
    return hits.length / count;
  }

  it("takes a backdoor out, and leaves what was right", async () => {
    const { gpu } = context;
    const subject = blockNet({ pixel: PIXEL, weights: [0, 0, 10] });
    expect(await right(gpu, subject.parameters, 0)).toBe(1);
    expect(await right(gpu, subject.parameters, 1)).toBeCloseTo(1 / 3, 9);
    const wears = [wearingTrigger({ mask: only(1), pattern: only(1) })];
    const options = { classes: CLASSES, seed: 1, epochs: 6, rate: 0.1 };
    const { findings, parameters } = await unlearning(gpu, subject, blocks(600, 5), wears, options);
    expect(findings).toMatchObject({ images: 900, epochs: 6, rate: 0.1 });
    expect(await right(gpu, parameters, 0)).toBeGreaterThan(0.98);
    expect(await right(gpu, parameters, 1)).toBeGreaterThan(0.98);
    expect(subject.parameters.get("fc.w")![2 * PIXELS + PIXEL]).toBe(10);
  });
});
