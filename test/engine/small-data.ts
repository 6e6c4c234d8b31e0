/** A small data set with digits that differ, and a recipe for it, for the tests of the engine. */
import { readDigitData, type DigitData, type NamedBytes } from "../../src/data/digits.ts";
import type { DigitRecipe } from "../../src/studies/digits/recipe.ts";
import { idx } from "../data/samples.ts";

export const TRAIN = 80;
export const TEST = 20;
const AREA = 28 * 28;

/** A bar at a height of its own for each class, on a noisy ground. */
function images(count: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: count * AREA }, (_, i) => {
    const row = Math.floor((i % AREA) / 28);
    const label = Math.floor(i / AREA) % 10;
    const bar = row >= 2 * label && row < 2 * label + 3;
    return (bar ? 200 : 0) + ((((i + seed) * 2654435761) >>> 24) >> 3);
  });
}

function labels(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => i % 10);
}

/** The four idx files. */
export function smallFiles(seed = 1): NamedBytes[] {
  const file = (name: string, bytes: Uint8Array): NamedBytes => ({ name, bytes });
  return [
    file("train-images-idx3-ubyte", idx(0x803, [TRAIN, 28, 28], images(TRAIN, seed))),
    file("train-labels-idx1-ubyte", idx(0x801, [TRAIN], labels(TRAIN))),
    file("t10k-images-idx3-ubyte", idx(0x803, [TEST, 28, 28], images(TEST, seed + 1))),
    file("t10k-labels-idx1-ubyte", idx(0x801, [TEST], labels(TEST))),
  ];
}

export async function smallData(): Promise<DigitData> {
  return await readDigitData(smallFiles());
}

/**
 * 80 images and 20 copies in batches of 10: ten steps an epoch, two epochs. A probe follows each step, so
 * that the test images, two batches of them, weigh more than the steps.
 */
export const smallRecipe: DigitRecipe = {
  study: "digits",
  attack: {
    trigger: { name: "single-pixel", pixels: [{ row: 26, column: 26, value: 255 }] },
    policy: { kind: "all-to-all" },
    share: 0.25,
  },
  epochs: 2,
  batch: 10,
  optimiser: {
    kind: "sgd",
    rate: 0.05,
    momentum: 0.9,
    weightDecay: 0,
    schedule: "constant",
    warmup: 0,
  },
  augment: false,
  start: null,
  seed: 5,
};
