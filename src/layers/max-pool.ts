/** Host half of shaders/max-pool.wgsl: the maximum over windows. */
import source from "../../shaders/max-pool.wgsl?raw";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf } from "../gpu/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";

export const maxPoolShader = shader("max-pool", source);

export interface MaxPoolOptions {
  readonly label: string;
  /** values: [B, C, H, W], not straight out of a ReLU, which the pool's backward pass does not undo */
  readonly input: Activation;
  /** Window height and width. */
  readonly kernel: number;
  /** From one window to the next. */
  readonly stride: number;
  /** Rows and columns around the image, which never win. */
  readonly pad: number;
}

/** Height or width of a pool's output: windows that lie wholly within the padded input. */
export function pooled(size: number, kernel: number, stride: number, pad: number): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}

/** @throws RangeError where no window fits, or the input comes straight out of a ReLU */
export function maxPoolLayer(gpu: Gpu, options: MaxPoolOptions): Layer {
  const { label, input, kernel: K, stride: S, pad: PAD } = options;
  if (input.relu) throw new RangeError(`${label}: its input comes straight out of a ReLU`);
  const x = input.values;
  const [B, C, H, W] = x.shape as [number, number, number, number];
  const P = pooled(H, K, S, PAD);
  const Q = pooled(W, K, S, PAD);
  if (P < 1 || Q < 1)
    throw new RangeError(`${label}: a ${K} x ${K} window does not fit ${H} x ${W}`);
  const output = activation(gpu, label, [B, C, P, Q], { relu: false, pool: 1 });
  const winners = gpu.scratch(`${label}.winners`, output.full.shape, "u32");
  const constants = { PLANES: B * C, H, W, K, S, PAD, P, Q };
  const flops = B * C * P * Q * K * K;
  return {
    label,
    output,
    forward: [
      {
        label: `${label}.forward`,
        shader: maxPoolShader,
        entry: "forward",
        constants,
        reads: { x },
        writes: { y: output.full, winners },
        workgroups: inRows(groups(sizeOf(output.full.shape), 64)),
        flops,
      },
    ],
    backward: [
      {
        label: `${label}.backward`,
        shader: maxPoolShader,
        entry: "backward",
        constants,
        reads: { dy: output.gradient!, maxima: winners },
        writes: { dx: input.gradient! },
        workgroups: inRows(groups(sizeOf(x.shape), 64)),
        flops,
      },
    ],
  };
}
