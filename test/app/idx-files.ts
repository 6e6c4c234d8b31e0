/** Cuts idx files out of a set of digits. */
import type { DigitSet } from "../../src/data/digits.ts";
import { idx } from "../data/samples.ts";

export function imagesIdx({ images }: DigitSet, count: number): Uint8Array {
  return idx(0x803, [count, 28, 28], images.subarray(0, count * 784));
}

export function labelsIdx({ labels }: DigitSet, count: number): Uint8Array {
  return idx(0x801, [count], labels.subarray(0, count));
}
