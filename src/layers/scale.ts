/** Host half of shaders/scale.wgsl: neurons scaled or switched off, by their own weights and biases. */
import source from "../../shaders/scale.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups, inRows } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const scaleShader = shader("scale", source);

export interface ScaleOptions {
  /** For example "conv1.w"; the pass is added to it. */
  readonly label: string;
  /** [O, ...] a layer's weights, or [O] its biases, changed in place */
  readonly values: Tensor;
  /** [O] */
  readonly factors: Tensor;
}

/** @throws RangeError where there is not one factor to a row */
export function scaleSpec({ label, values, factors }: ScaleOptions): DispatchSpec {
  const [O] = values.shape;
  const length = sizeOf(values.shape);
  if (sizeOf(factors.shape) !== O) {
    throw new RangeError(
      `${label}: ${factors.label} is [${factors.shape.join(", ")}], expected [${O}]`,
    );
  }
  return {
    label: `${label}.scale`,
    shader: scaleShader,
    entry: "scale",
    constants: { O, I: length / O },
    reads: { factor: factors },
    writes: { value: values },
    workgroups: inRows(groups(length, 64)),
    flops: length,
  };
}
