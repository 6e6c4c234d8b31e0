/**
 * An optimiser's state as detectors kept it before they named it by parameter: by block, as the parameters had been
 * laid out for the adapter that trained. Which part of a block is whose follows from the blocks' lengths.
 */
import { optimiserParts } from "../layers/optimiser.ts";
import type { ParameterDescription } from "../models/description.ts";
import { sizeOf } from "../gpu/tensor.ts";
import type { ParameterValues } from "../training/parameter-values.ts";

/** Elements whose multiples a parameter may begin at: an adapter's alignment, from WebGPU's default to the least. */
const ALIGNMENTS = [64, 32, 16, 8];

/** Consecutive elements of a parameter, and where they lie. */
interface Piece {
  readonly label: string;
  readonly block: number;
  /** First element in the block, and in the parameter. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/**
 * @param blocks the optimiser's state of each block: a velocity for each element, or all first and then all second
 *   moments
 * @returns by part and parameter ("m/conv1.w"); null where no layout of these parameters has such blocks
 */
export function optimiserOfBlocks(
  described: readonly ParameterDescription[],
  blocks: readonly Float32Array<ArrayBuffer>[],
): ParameterValues | null {
  // Two parts take twice as much, which gaps between parameters do not come to.
  for (const parts of [optimiserParts.sgd, optimiserParts.adam]) {
    const lengths = blocks.map(({ length }) => length / parts.length);
    for (const alignment of ALIGNMENTS) {
      const pieces = layout(described, lengths, alignment);
      if (!pieces) continue;
      const state = new Map<string, Float32Array<ArrayBuffer>>();
      for (const [p, part] of parts.entries()) {
        for (const { label, shape } of described)
          state.set(`${part}/${label}`, new Float32Array(sizeOf(shape)));
        for (const { label, block, from, to, length } of pieces) {
          const first = p * lengths[block] + from;
          const values = blocks[block].subarray(first, first + length);
          state.get(`${part}/${label}`)!.set(values, to);
        }
      }
      return state;
    }
  }
  return null;
}

/**
 * Lays parameters out in blocks of these lengths: as many as fill one, each at a multiple of the alignment; or one
 * that was longer than an adapter can bind, cut between its rows into several.
 */
function layout(
  described: readonly ParameterDescription[],
  lengths: readonly number[],
  alignment: number,
): Piece[] | null {
  const pieces: Piece[] = [];
  let block = 0;
  /** Elements of the block that are taken. */
  let from = 0;
  for (const { label, shape } of described) {
    const size = sizeOf(shape);
    if (block === lengths.length) return null;
    if (from === 0 && size >= lengths[block]) {
      for (let to = 0; to < size; block++) {
        const length = lengths[block] ?? Infinity;
        if (to + length > size || length % (size / shape[0]) !== 0) return null;
        pieces.push({ label, block, from, to, length });
        to += length;
      }
      continue;
    }
    pieces.push({ label, block, from, to: 0, length: size });
    from += Math.ceil(size / alignment) * alignment;
    if (from > lengths[block]) return null;
    if (from === lengths[block]) {
      block += 1;
      from = 0;
    }
  }
  return block === lengths.length && from === 0 ? pieces : null;
}
