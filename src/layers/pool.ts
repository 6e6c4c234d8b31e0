/** Host half of shaders/pool.wgsl: average and maximum over windows, where they are not fused. */
import source from "../../shaders/pool.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups, inRows } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const poolShader = shader("pool", source);

export interface PoolWindow {
  /** For example "pool1"; the pass is added to it. */
  readonly label: string;
  /** Window height and width. */
  readonly kernel: number;
  /** From one window to the next. */
  readonly stride: number;
}

export interface PoolForward extends PoolWindow {
  /** [B, C, H, W] */
  readonly x: Tensor;
  /** [B, C, P, Q] */
  readonly y: Tensor;
}

export interface PoolBackward extends PoolWindow {
  /** [B, C, P, Q] */
  readonly dy: Tensor;
  /** [B, C, H, W] */
  readonly dx: Tensor;
}

/** Rows and columns around the image, which never win. */
interface Padded {
  readonly pad?: number;
}

export interface MaxPoolForward extends PoolForward, Padded {
  /** [B, C, P, Q] where in its plane each maximum lies, which the backward pass reads */
  readonly winners: Tensor;
}

export interface MaxPoolBackward extends PoolBackward, Padded {
  /** [B, C, P, Q] */
  readonly winners: Tensor;
}

/** Height or width of a pool's output: windows that lie wholly within the padded input. */
export function pooled(size: number, kernel: number, stride: number, pad = 0): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}

export function averagePoolForward({ x, y, ...window }: PoolForward): DispatchSpec {
  return spec(window, "forward_average", { full: x, small: y }, { x }, { y });
}

export function averagePoolBackward({ dy, dx, ...window }: PoolBackward): DispatchSpec {
  return spec(window, "backward_average", { full: dx, small: dy }, { dy }, { dx });
}

export function maxPoolForward({ x, y, winners, ...window }: MaxPoolForward): DispatchSpec {
  return spec(window, "forward_max", { full: x, small: y }, { x }, { y, winners });
}

export function maxPoolBackward({ dy, dx, winners, ...window }: MaxPoolBackward): DispatchSpec {
  return spec(window, "backward_max", { full: dx, small: dy }, { dy, maxima: winners }, { dx });
}

function spec(
  { label, kernel: K, stride: S, pad: PAD = 0 }: PoolWindow & Padded,
  entry: string,
  { full, small }: { full: Tensor; small: Tensor },
  reads: Record<string, Tensor>,
  writes: Record<string, Tensor>,
): DispatchSpec {
  const [B, C, H, W] = full.shape as [number, number, number, number];
  const P = pooled(H, K, S, PAD);
  const Q = pooled(W, K, S, PAD);
  if (P < 1 || Q < 1)
    throw new RangeError(`${label}: a ${K} x ${K} window does not fit ${H} x ${W}`);
  const expected = [B, C, P, Q];
  if (small.shape.join() !== expected.join()) {
    throw new RangeError(
      `${label}: ${small.label} is [${small.shape.join(", ")}], expected [${expected.join(", ")}]`,
    );
  }
  const [written] = Object.values(writes);
  return {
    label: `${label}.${entry}`,
    shader: poolShader,
    entry,
    constants: { PLANES: B * C, H, W, K, S, PAD, P, Q },
    reads,
    writes,
    workgroups: inRows(groups(sizeOf(written.shape), 64)),
    flops: B * C * P * Q * K * K,
  };
}
