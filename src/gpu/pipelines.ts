/** Pipelines: compiled once for a device, and bound to the tensors of each dispatch. */
import { UserError } from "../errors.ts";
import type { Dispatch, DispatchSpec } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";
import type { Shader } from "./shader.ts";

/** What was compiled of a shader on a device. */
interface Compiled {
  readonly module: GPUShaderModule;
  /** By entry point and constants. */
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
}

/** What was compiled once is not compiled again. */
const devices = new WeakMap<GPUDevice, WeakMap<Shader, Compiled>>();

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
  const pipeline = await pipelineOf(gpu, spec);
  const bindGroup = gpu.device.createBindGroup({
    label: spec.label,
    layout: pipeline.getBindGroupLayout(0),
    entries,
  });
  const bytes =
    spec.bytes ?? Object.values(tensors).reduce((sum, tensor) => sum + tensor.byteLength, 0);
  return { ...spec, pipeline, bindGroup, bytes };
}

/** The pipeline of a dispatch, compiled when it is asked for the first time on this device. */
async function pipelineOf(gpu: Gpu, spec: DispatchSpec): Promise<GPUComputePipeline> {
  const { shader, entry, constants } = spec;
  const { module, pipelines } = compiledOf(gpu.device, shader);
  const named = Object.keys(constants).sort((a, b) => (a < b ? -1 : 1));
  const key = [entry, ...named.map((name) => `${name}=${constants[name]}`)].join(" ");
  const pipeline = pipelines.get(key) ?? createPipeline(gpu, module, spec);
  pipelines.set(key, pipeline);
  const compiled = await pipeline;
  gpu.assertAlive();
  return compiled;
}

function compiledOf(device: GPUDevice, shader: Shader): Compiled {
  const shaders = devices.get(device) ?? new WeakMap<Shader, Compiled>();
  devices.set(device, shaders);
  const known = shaders.get(shader);
  if (known) return known;
  const module = device.createShaderModule({ label: shader.name, code: shader.code });
  const compiled: Compiled = { module, pipelines: new Map() };
  shaders.set(shader, compiled);
  return compiled;
}

async function createPipeline(
  gpu: Gpu,
  module: GPUShaderModule,
  { label, shader, entry, constants }: DispatchSpec,
): Promise<GPUComputePipeline> {
  try {
    return await gpu.device.createComputePipelineAsync({
      label,
      layout: "auto",
      compute: { module, entryPoint: entry, constants: { ...constants } },
    });
  } catch (cause) {
    gpu.assertAlive();
    const { messages } = await module.getCompilationInfo();
    const errors = messages
      .filter(({ type }) => type === "error")
      .map(({ lineNum, message }) => `\n  ${shader.name}.wgsl:${lineNum}: ${message}`);
    const why = errors.length > 0 ? errors.join("") : ` ${(cause as Error).message}`;
    throw new Error(`${label}: ${entry} does not compile:${why}`, { cause });
  }
}
