/**
 * A dispatch: one kernel over given tensors. Everything the product does is a list of them; running,
 * stepping, profiling, showing and testing are loops over such a list.
 */
import { UserError } from "../errors.ts";
import type { Gpu } from "./gpu.ts";
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

/** Compiles all pipelines, in parallel where the adapter can, and binds their tensors. */
export async function compile(gpu: Gpu, specs: readonly DispatchSpec[]): Promise<Dispatch[]> {
  return await Promise.all(specs.map(async (spec) => await compileOne(gpu, spec)));
}

async function compileOne(gpu: Gpu, spec: DispatchSpec): Promise<Dispatch> {
  const most = gpu.device.limits.maxComputeWorkgroupsPerDimension;
  if (Math.max(...spec.workgroups) > most) {
    throw new UserError(
      `${spec.label} needs ${spec.workgroups.join(" x ")} workgroups, but this adapter allows ${most} ` +
        "in a row: choose a smaller batch.",
    );
  }
  const tensors = { ...spec.reads, ...spec.writes };
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    const binding = spec.shader.bindings.get(name);
    if (!binding)
      throw new Error(`${spec.label}: shader ${spec.shader.name} has no binding ${name}`);
    if (name in spec.writes !== (binding.kind === "read_write")) {
      throw new Error(`${spec.label}: ${name} is ${binding.kind} in shader ${spec.shader.name}`);
    }
    const { memory, offset, byteLength } = tensor;
    const buffer = gpu.allocate(memory);
    return { binding: binding.index, resource: { buffer, offset, size: byteLength } };
  });
  const pipeline = await gpu.pipeline(spec);
  const bindGroup = gpu.device.createBindGroup({
    label: spec.label,
    layout: pipeline.getBindGroupLayout(0),
    entries,
  });
  const bytes =
    spec.bytes ?? Object.values(tensors).reduce((sum, tensor) => sum + tensor.byteLength, 0);
  return { ...spec, pipeline, bindGroup, bytes };
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
