/** Maximum pooling as a layer, over the kernels of shaders/pool.wgsl. */
import type { Gpu } from "../gpu/gpu.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { maxPoolBackward, maxPoolForward, pooled } from "./pool.ts";

export interface MaxPoolOptions {
  readonly label: string;
  /** values: [B, C, H, W], not straight out of a ReLU, which the pool's backward pass does not undo */
  readonly input: Activation;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

export function maxPoolLayer(gpu: Gpu, { label, input, ...window }: MaxPoolOptions): Layer {
  if (input.relu) throw new RangeError(`${label}: its input comes straight out of a ReLU`);
  const x = input.values;
  const [B, C, H, W] = x.shape as [number, number, number, number];
  const { kernel, stride, pad } = window;
  const shape = [B, C, pooled(H, kernel, stride, pad), pooled(W, kernel, stride, pad)];
  const output = activation(gpu, label, shape, { relu: false, pool: 1 });
  const dy = output.gradient!;
  const winners = gpu.scratch(`${label}.winners`, shape, "u32");
  return {
    label,
    output,
    forward: [maxPoolForward({ label, ...window, x, y: output.full, winners })],
    backward: [maxPoolBackward({ label, ...window, dy, dx: input.gradient!, winners })],
  };
}
