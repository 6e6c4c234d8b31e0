/** Pipelines: compiled once for a device, and bound to the tensors of each dispatch. */
import { UserError } from "../errors.ts";
import type { Dispatch, DispatchSpec } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";
import type { Shader } from "./shader.ts";

/** A kernel that the device does not compile, though it lives. */
export class PipelineError extends Error {
  override name = "PipelineError";
}

/** What was compiled of a shader on a device. */
interface Compiled {
  module: GPUShaderModule;
  /** By entry point and constants. */
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
}

/** What was compiled once is not compiled again. */
const devices = new WeakMap<GPUDevice, WeakMap<Shader, Compiled>>();

/**
 * Compiles all pipelines, in parallel where the adapter can, and binds their tensors.
 * @throws PipelineError for the first that does not compile
 */
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

/** The pipeline of a dispatch, compiled when it is asked for the first time on this device, or failed before. */
async function pipelineOf(gpu: Gpu, spec: DispatchSpec): Promise<GPUComputePipeline> {
  const { shader, entry, constants } = spec;
  const compiled = compiledOf(gpu.device, shader);
  const { pipelines } = compiled;
  const named = Object.keys(constants).sort((a, b) => (a < b ? -1 : 1));
  const key = [entry, ...named.map((name) => `${name}=${constants[name]}`)].join(" ");
  const compiling = pipelines.get(key) ?? compileTwice(gpu, compiled, spec);
  pipelines.set(key, compiling);
  try {
    const pipeline = await compiling;
    gpu.assertAlive();
    return pipeline;
  } catch (error) {
    if (pipelines.get(key) === compiling) pipelines.delete(key);
    throw error;
  }
}

function compiledOf(device: GPUDevice, shader: Shader): Compiled {
  const shaders = devices.get(device) ?? new WeakMap<Shader, Compiled>();
  devices.set(device, shaders);
  const known = shaders.get(shader);
  if (known) return known;
  const compiled: Compiled = { module: moduleOf(device, shader), pipelines: new Map() };
  shaders.set(shader, compiled);
  return compiled;
}

function moduleOf(device: GPUDevice, shader: Shader): GPUShaderModule {
  return device.createShaderModule({ label: shader.name, code: shader.code });
}

/** A driver that is short of memory, or was just reset, may refuse once what it takes the next time. */
async function compileTwice(
  gpu: Gpu,
  compiled: Compiled,
  spec: DispatchSpec,
): Promise<GPUComputePipeline> {
  try {
    return await createPipeline(gpu, compiled.module, spec);
  } catch {
    gpu.assertAlive();
  }
  compiled.module = moduleOf(gpu.device, spec.shader);
  try {
    return await createPipeline(gpu, compiled.module, spec);
  } catch (cause) {
    gpu.assertAlive();
    throw await failure(gpu, compiled.module, spec, cause as Error);
  }
}

async function createPipeline(
  gpu: Gpu,
  module: GPUShaderModule,
  { label, entry, constants }: DispatchSpec,
): Promise<GPUComputePipeline> {
  return await gpu.answered(
    gpu.device.createComputePipelineAsync({
      label,
      layout: "auto",
      compute: { module, entryPoint: entry, constants: { ...constants } },
    }),
  );
}

/** Says where in the shader the mistake is. */
async function failure(
  gpu: Gpu,
  module: GPUShaderModule,
  { label, shader, entry }: DispatchSpec,
  cause: Error,
): Promise<PipelineError> {
  const { messages } = await gpu.answered(module.getCompilationInfo());
  const errors = messages
    .filter(({ type }) => type === "error")
    // Firefox's compiler begins its messages with an empty line.
    .map(({ lineNum, message }) => `\n  ${shader.name}.wgsl:${lineNum}: ${message.trim()}`);
  const why = errors.length > 0 ? errors.join("") : ` ${cause.message}`;
  return new PipelineError(`${label}: ${entry} does not compile:${why}`, { cause });
}
