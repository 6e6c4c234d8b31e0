/** Host half of shaders/relu.wgsl: ReLU where it is not fused into a layer. */
import source from "../../shaders/relu.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const reluShader = shader("relu", source);

/** Tensors of any one shape. */
export interface ReluForward {
  readonly label: string;
  readonly x: Tensor;
  readonly y: Tensor;
}

export interface ReluBackward {
  readonly label: string;
  readonly x: Tensor;
  readonly dy: Tensor;
  readonly dx: Tensor;
}

export function reluForward({ label, x, y }: ReluForward): DispatchSpec {
  return spec(label, "forward", { x }, { y });
}

export function reluBackward({ label, x, dy, dx }: ReluBackward): DispatchSpec {
  return spec(label, "backward", { x, dy }, { dx });
}

function spec(
  label: string,
  entry: string,
  reads: Record<string, Tensor> & { x: Tensor },
  writes: Record<string, Tensor>,
): DispatchSpec {
  const LENGTH = sizeOf(reads.x.shape);
  return {
    label: `${label}.${entry}`,
    shader: reluShader,
    entry,
    constants: { LENGTH },
    reads,
    writes,
    workgroups: [groups(LENGTH, 1024), 1],
    flops: LENGTH,
  };
}
