/** What one layer hands to the next, and where the gradient comes back. */
import type { Gpu } from "../gpu/gpu.ts";
import type { Tensor } from "../gpu/tensor.ts";

/** A layer's output. Its ReLU and pooling are undone by whichever layer reads it. */
export interface Activation {
  /** What the next layer reads: [B, C, H, W] or [B, I]. */
  readonly values: Tensor;
  /** After ReLU, before pooling; the same tensor as `values` where nothing is pooled. */
  readonly full: Tensor;
  /** Gradient before ReLU, shaped as `full`; null where none is wanted (the images). */
  readonly gradient: Tensor | null;
  readonly relu: boolean;
  readonly pool: 1 | 2;
}

/** Allocates a layer's output of the given shape, [B, C, H, W] or [B, I]. */
export function activation(
  gpu: Gpu,
  label: string,
  shape: readonly number[],
  { relu, pool }: { relu: boolean; pool: 1 | 2 },
): Activation {
  const full = gpu.scratch(`${label}.y`, shape);
  const gradient = gpu.scratch(`${label}.dy`, shape);
  if (pool === 1) return { values: full, full, gradient, relu, pool };
  const [B, C, P, Q] = shape as [number, number, number, number];
  if (P % 2 || Q % 2) {
    throw new RangeError(`${label}: a fused pool needs even sizes, got ${P} x ${Q}`);
  }
  const values = gpu.scratch(`${label}.pooled`, [B, C, P / 2, Q / 2]);
  return { values, full, gradient, relu, pool };
}

/** The constants of lib/activation.wgsl for a layer that reads `below`. */
export function backThrough(below: Activation): Record<string, number> {
  return {
    BELOW_RELU: Number(below.relu),
    BELOW_POOL: below.pool,
    BELOW_W: below.values.shape.at(-1)!,
  };
}
