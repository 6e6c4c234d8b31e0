/**
 * Where each parameter's share of the optimiser's state lies. How many buffers the parameters are laid out in follows
 * the adapter's limits, so that a state is named by parameter, not by buffer.
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Optimiser } from "../layers/optimiser.ts";

/** Parameters that lie in one buffer, and the optimiser that goes over them. */
export interface ParameterBlock {
  readonly values: Tensor;
  readonly optimiser: Optimiser;
}

/**
 * @returns by part and parameter ("velocity/conv1.w"), in that order: one slice of a state for each block that the
 *   parameter lies in, in its rows' order; none for what is frozen
 */
export function optimiserSlices(
  parameters: ReadonlyMap<string, { readonly value: Tensor }>,
  blocks: readonly ParameterBlock[],
): Map<string, Tensor[]> {
  const parts = [...(blocks[0]?.optimiser.parts.keys() ?? [])];
  return new Map(
    parts
      .flatMap((part) =>
        [...parameters].map(([label, { value }]): [string, Tensor[]] => {
          const name = `${part}/${label}`;
          return [name, blocks.flatMap((block) => shareOf(name, part, value, block))];
        }),
      )
      .filter(([, slices]) => slices.length > 0),
  );
}

/** The slice of a block's state that belongs to what of a parameter lies in the block; none where nothing does. */
function shareOf(label: string, part: string, value: Tensor, block: ParameterBlock): Tensor[] {
  const { values, optimiser } = block;
  if (value.memory !== values.memory) return [];
  const first = Math.max(value.offset, values.offset);
  const end = Math.min(value.offset + value.byteLength, values.offset + values.byteLength);
  if (first >= end) return [];
  const state = optimiser.parts.get(part)!;
  const offset = state.offset + first - values.offset;
  return [{ ...state, label, shape: [(end - first) / 4], offset, byteLength: end - first }];
}
