/** Host half of shaders/average-pool.wgsl: the mean over windows. */
import source from "../../shaders/average-pool.wgsl?raw";
import { groups, inRows } from "../gpu/dispatch.ts";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf } from "../gpu/tensor.ts";
import { activation } from "./activation.ts";
import type { Layer } from "./layer.ts";
import { poolShape, type PoolOptions } from "./max-pool.ts";

export const averagePoolShader = shader("average-pool", source);

export interface AveragePoolOptions extends PoolOptions {
  /** Rows and columns beyond the image on each side that the mean counts as zeros; none unless given. */
  readonly counted?: number;
}

/** @throws RangeError where no window fits, or the input comes out of a fused pool */
export function averagePoolLayer(gpu: Gpu, options: AveragePoolOptions): Layer {
  const { label, input, counted = 0 } = options;
  const { shape, constants, flops } = poolShape(options);
  const x = input.values;
  const output = activation(gpu, label, shape, { relu: false, pool: 1 });
  const all = { ...constants, COUNTED: counted };
  const forward: DispatchSpec = {
    label: `${label}.forward`,
    shader: averagePoolShader,
    entry: "forward",
    constants: all,
    reads: { x },
    writes: { y: output.full },
    workgroups: inRows(groups(sizeOf(shape), 64)),
    flops,
  };
  if (!input.gradient) return { label, output, forward: [forward], backward: [] };
  const backward: DispatchSpec = {
    label: `${label}.backward`,
    shader: averagePoolShader,
    entry: "backward",
    constants: { ...all, BELOW_RELU: Number(input.relu) },
    reads: { dy: output.gradient!, below: x },
    writes: { dx: input.gradient },
    workgroups: inRows(groups(sizeOf(x.shape), 64)),
    flops,
  };
  return { label, output, forward: [forward], backward: [backward] };
}
