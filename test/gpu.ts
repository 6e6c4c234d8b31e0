/** What tests on a device share: the device, tensors between guard words, and ways to run a dispatch. */
import { afterAll, beforeAll } from "vitest";
import { compile } from "../src/gpu/pipelines.ts";
import type { Dispatch, DispatchSpec } from "../src/gpu/dispatch.ts";
import type { Gpu } from "../src/gpu/gpu.ts";
import { GpuError } from "../src/gpu/gpu-error.ts";
import { shader } from "../src/gpu/shader.ts";
import { sizeOf, type ElementType, type Tensor } from "../src/gpu/tensor.ts";
import { openInNode } from "../src/node/webgpu.ts";

/** Opens a device for the tests of a file. */
export function useGpu(): { readonly gpu: Gpu } {
  let gpu: Gpu | undefined;
  beforeAll(async () => {
    gpu = await openInNode();
  });
  afterAll(() => gpu?.destroy());
  return {
    get gpu() {
      return gpu!;
    },
  };
}

/** A value that no kernel writes by chance, behind and before every tensor. */
const GUARD = 0x5a5aa5a5;
const guarded = new Map<Tensor, Tensor>();

/**
 * A tensor between guard words: NaN all over unless values are given. `run` checks the guards of
 * what a dispatch wrote.
 */
export function place(
  gpu: Gpu,
  label: string,
  shape: readonly number[],
  values?: ArrayLike<number>,
  type: ElementType = "f32",
): Tensor {
  const length = sizeOf(shape);
  const margin = 64;
  const outer = gpu.tensor(label, [margin + length + margin], "u32");
  const bytes = new ArrayBuffer(outer.byteLength);
  new Uint32Array(bytes).fill(GUARD);
  const inner =
    type === "f32"
      ? new Float32Array(bytes, 4 * margin, length)
      : new Uint32Array(bytes, 4 * margin, length);
  if (values) inner.set(values);
  else inner.fill(Number.NaN);
  gpu.write(outer, new Uint32Array(bytes));
  const tensor = { ...outer, shape, type, offset: 4 * margin, byteLength: 4 * length };
  guarded.set(tensor, outer);
  return tensor;
}

/** Compiles and runs dispatches in order, `times` over; fails when one wrote beside its tensors. */
export async function run(gpu: Gpu, specs: readonly DispatchSpec[], times = 1): Promise<void> {
  gpu.device.pushErrorScope("validation");
  gpu.submit(await compile(gpu, specs), times);
  const error = await gpu.device.popErrorScope();
  if (error) throw new Error(error.message);
  for (const spec of specs) {
    for (const tensor of Object.values(spec.writes)) await checkGuards(gpu, spec.label, tensor);
  }
}

async function checkGuards(gpu: Gpu, label: string, tensor: Tensor): Promise<void> {
  const outer = guarded.get(tensor);
  if (!outer) return;
  const words = await gpu.readU32(outer);
  const first = tensor.offset / 4;
  const last = first + tensor.byteLength / 4;
  const broken = words.findIndex((word, i) => (i < first || i >= last) && word !== GUARD);
  if (broken >= 0)
    throw new Error(`${label} wrote beside ${tensor.label}, at element ${broken - first}`);
}

/** The tensor's values as numbers. */
export async function values(gpu: Gpu, tensor: Tensor): Promise<Float32Array> {
  const [result] = await gpu.read(tensor);
  return result;
}

/** Adds one to a counter: how often it ran can be read off. */
export async function counting(gpu: Gpu): Promise<{ dispatches: Dispatch[]; count: Tensor }> {
  const source = `
    @group(0) @binding(0) var<storage, read_write> count: array<u32>;
    @compute @workgroup_size(1) fn add() { count[0] += 1u; }`;
  const count = gpu.tensor("count", [1], "u32");
  const dispatches = await compile(gpu, [
    {
      label: "count.add",
      shader: shader("count", source),
      entry: "add",
      constants: {},
      reads: {},
      writes: { count },
      workgroups: [1, 1],
      flops: 0,
    },
  ]);
  return { dispatches, count };
}

/** The GpuError that the work ends in; anything else fails the test. */
export async function gpuError(work: () => unknown): Promise<GpuError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof GpuError) return error;
    throw error;
  }
  throw new Error("expected a GpuError, but nothing was thrown");
}

/** A device of a test's own to lose, and a real one: work must be under way when it goes. */
export async function openToLose() {
  const gpu = await openInNode();
  return { gpu, ...(await counting(gpu)) };
}

/** Compiles, binds and submits; gives WebGPU's complaint, or null where there is none. */
export async function complaint(gpu: Gpu, specs: readonly DispatchSpec[]): Promise<string | null> {
  gpu.device.pushErrorScope("validation");
  try {
    gpu.submit(await compile(gpu, specs));
  } catch (error) {
    await gpu.device.popErrorScope();
    throw error;
  }
  return (await gpu.device.popErrorScope())?.message ?? null;
}
