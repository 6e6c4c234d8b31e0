/** Host half of shaders/max-pool.wgsl: the maximum over windows. */
import source from "../../shaders/max-pool.wgsl?raw";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf } from "../gpu/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { pooled } from "./pooled.ts";

export const maxPoolShader = shader("max-pool", source);

export interface PoolOptions {
  readonly label: string;
  /** values: [B, C, H, W], not out of a fused pool, which the backward pass does not undo */
  readonly input: Activation;
  /** Window height and width. */
  readonly kernel: number;
  /** From one window to the next. */
  readonly stride: number;
  /** Rows and columns before the image. A maximum never looks at them. */
  readonly pad: number;
  /** Rows and columns behind it; as many as before unless given. */
  readonly padEnd?: number;
}

/**
 * What both kinds of pools make, and the constants that their shaders share.
 * @throws RangeError where no window fits, or the input comes out of a fused pool
 */
export function poolShape(options: PoolOptions) {
  const { label, input, kernel: K, stride: S, pad: PAD, padEnd } = options;
  if (input.pool !== 1) throw new RangeError(`${label}: its input comes out of a fused pool`);
  const [B, C, H, W] = input.values.shape as [number, number, number, number];
  const P = pooled(H, K, S, PAD, padEnd);
  const Q = pooled(W, K, S, PAD, padEnd);
  if (P < 1 || Q < 1)
    throw new RangeError(`${label}: a ${K} x ${K} window does not fit ${H} x ${W}`);
  const constants = { PLANES: B * C, H, W, K, S, PAD, P, Q };
  return { shape: [B, C, P, Q], constants, flops: B * C * P * Q * K * K };
}

/** @throws RangeError where no window fits, or the input comes out of a fused pool */
export function maxPoolLayer(gpu: Gpu, options: PoolOptions): Layer {
  const { label, input } = options;
  const { shape, constants, flops } = poolShape(options);
  const x = input.values;
  const output = activation(gpu, label, shape, { relu: false, pool: 1 });
  const winners = gpu.scratch(`${label}.winners`, shape, "u32");
  const forward: DispatchSpec = {
    label: `${label}.forward`,
    shader: maxPoolShader,
    entry: "forward",
    constants,
    reads: { x },
    writes: { y: output.full, winners },
    workgroups: inRows(groups(sizeOf(shape), 64)),
    flops,
  };
  if (!input.gradient) return { label, output, forward: [forward], backward: [] };
  const backward: DispatchSpec = {
    label: `${label}.backward`,
    shader: maxPoolShader,
    entry: "backward",
    constants: { ...constants, BELOW_RELU: Number(input.relu) },
    reads: { dy: output.gradient!, maxima: winners, below: x },
    writes: { dx: input.gradient },
    workgroups: inRows(groups(sizeOf(x.shape), 64)),
    flops,
  };
  return { label, output, forward: [forward], backward: [backward] };
}
