/** Host half of shaders/dropout.wgsl. */
import source from "../../shaders/dropout.wgsl?raw";
import random from "../../shaders/lib/random.wgsl?raw";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import type { Layer } from "./layer.ts";

export const dropoutShader = shader("dropout", source, random);

export interface DropoutOptions {
  readonly label: string;
  readonly input: Activation;
  /** Share of elements left out. */
  readonly rate: number;
  /** Tells apart the random numbers of several such layers. */
  readonly number: number;
  /** [4] words: seed and stream */
  readonly key: Tensor;
  /** [4]: the step's number */
  readonly progress: Tensor;
}

export function dropoutLayer(gpu: Gpu, options: DropoutOptions): Layer {
  const { label, input, rate: RATE, number: LAYER, key, progress } = options;
  const x = input.values;
  const LENGTH = sizeOf(x.shape);
  const output = activation(gpu, label, x.shape, { relu: false, pool: 1 });
  const mask = gpu.scratch(`${label}.mask`, x.shape);
  const constants = { LENGTH, RATE, LAYER };
  const workgroups = [groups(LENGTH, 64), 1] as const;
  return {
    label,
    output,
    forward: [
      {
        label: `${label}.forward`,
        shader: dropoutShader,
        entry: "forward",
        constants,
        reads: { key, progress, x },
        writes: { y: output.full, kept: mask },
        workgroups,
        flops: LENGTH,
      },
    ],
    backward: [
      {
        label: `${label}.backward`,
        shader: dropoutShader,
        entry: "backward",
        constants: { ...constants, BELOW_RELU: Number(input.relu) },
        reads: { x, mask, dy: output.gradient! },
        writes: { dx: input.gradient! },
        workgroups,
        flops: LENGTH,
      },
    ],
  };
}
