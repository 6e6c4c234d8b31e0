/**
 * A dispatch: one kernel over given tensors. Everything the product does is a list of them; running,
 * stepping, profiling, showing and testing are loops over such a list.
 */
import type { Shader } from "./shader.ts";
import type { Tensor } from "./tensor.ts";

/** What a dispatch is to be, as data: layers describe, `compile` makes. */
export interface DispatchSpec {
  /** For example "conv2.backward_weights": pipeline name, profiler row, test title, error prefix. */
  readonly label: string;
  readonly shader: Shader;
  readonly entry: string;
  /** Values of the shader's override constants. */
  readonly constants: Readonly<Record<string, number>>;
  /** Tensors that the kernel reads, by the name of their variable in the shader. */
  readonly reads: Readonly<Record<string, Tensor>>;
  /** Tensors that the kernel writes (or updates), by the name of their variable. */
  readonly writes: Readonly<Record<string, Tensor>>;
  /** Workgroups along x and y. */
  readonly workgroups: readonly [number, number];
  /** Useful floating-point operations: a multiply-add counts two. */
  readonly flops: number;
  /** Bytes read and written, where a kernel uses only a part of a tensor; those of all tensors unless given. */
  readonly bytes?: number;
}

export interface Dispatch extends DispatchSpec {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Bytes read and written, each counted once. */
  readonly bytes: number;
}

/** Records a list of dispatches, `times` over, into one pass. */
export function encode(
  encoder: GPUCommandEncoder,
  dispatches: readonly Dispatch[],
  times = 1,
): void {
  const pass = encoder.beginComputePass();
  for (let i = 0; i < times; i++) {
    for (const dispatch of dispatches) {
      pass.setPipeline(dispatch.pipeline);
      pass.setBindGroup(0, dispatch.bindGroup);
      pass.dispatchWorkgroups(dispatch.workgroups[0], dispatch.workgroups[1]);
    }
  }
  pass.end();
}

/** Workgroups along one dimension for `count` items, `each` of them to a workgroup. */
export function groups(count: number, each: number): number {
  return Math.ceil(count / each);
}

/** Workgroups in as many rows as WebGPU's limit on one dimension asks for. */
export function inRows(count: number): [number, number] {
  const longest = 65_535; // every adapter's
  const rows = groups(count, longest);
  return [groups(count, rows), rows];
}
