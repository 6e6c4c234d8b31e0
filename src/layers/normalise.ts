/** Host half of shaders/normalise.wgsl: local response normalisation within a channel. */
import source from "../../shaders/normalise.wgsl?raw";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf } from "../gpu/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";

export const normaliseShader = shader("normalise", source);

export interface NormaliseOptions {
  readonly label: string;
  /** values: [B, C, H, W] */
  readonly input: Activation;
  /** Height and width of the window, odd. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
}

export function normaliseLayer(gpu: Gpu, options: NormaliseOptions): Layer {
  const { label, input, size: K, alpha: ALPHA, beta: BETA } = options;
  if (K % 2 !== 1) throw new RangeError(`${label}: a window of ${K} has no middle`);
  const x = input.values;
  const [B, C, H, W] = x.shape as [number, number, number, number];
  const output = activation(gpu, label, x.shape, { relu: false, pool: 1 });
  const factor = gpu.scratch(`${label}.factor`, x.shape);
  const slope = gpu.scratch(`${label}.slope`, x.shape);
  const constants = { PLANES: B * C, H, W, K, ALPHA, BETA };
  const length = sizeOf(x.shape);
  const workgroups = inRows(groups(length, 64));
  return {
    label,
    output,
    forward: [
      {
        label: `${label}.forward`,
        shader: normaliseShader,
        entry: "forward",
        constants,
        reads: { x },
        writes: { y: output.full, factor, slope },
        workgroups,
        flops: length * (2 * K * K + 4),
      },
    ],
    backward: [
      {
        label: `${label}.backward`,
        shader: normaliseShader,
        entry: "backward",
        constants: { ...constants, BELOW_RELU: Number(input.relu) },
        reads: { x, factors: factor, slopes: slope, dy: output.gradient! },
        writes: { dx: input.gradient! },
        workgroups,
        flops: length * (4 * K * K + 5),
      },
    ],
  };
}
