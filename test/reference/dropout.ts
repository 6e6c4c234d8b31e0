/** Dropout: which elements the seed leaves out, and by how much the others grow. */
import { threefry2x32, type Words } from "./threefry.ts";

export type Dropout = {
  /** Share of elements left out. */
  rate: number;
  /** Number of the layer, which tells apart the random numbers of several. */
  layer: number;
  /** Number of the step. */
  step: number;
  key: Words;
};

/** What every element of so many is multiplied with, forward and backward: 0 or 1 / (1 - rate). */
export function mask(length: number, { rate, layer, step, key }: Dropout): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const [word] = threefry2x32([step, i + layer * 0x1000000], key);
    return (word >>> 8) / 2 ** 24 < Math.fround(rate) ? 0 : 1 / (1 - rate);
  });
}
