/** Host half of shaders/ceilings.wgsl: how fast this adapter computes and moves memory at its best. */
import source from "../../shaders/ceilings.wgsl?raw";
import { compile } from "./pipelines.ts";
import { groups, type DispatchSpec } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";
import { shader } from "./shader.ts";
import { timestampStopwatch, wallStopwatch, type Stopwatch } from "./stopwatch.ts";
import type { Tensor } from "./tensor.ts";

export const ceilingsShader = shader("ceilings", source);

export interface Ceilings {
  /** Most arithmetic, in GFLOP/s. */
  readonly gflops: number;
  /** The form of arithmetic that was faster. */
  readonly form: ArithmeticForm;
  /** Most traffic with memory, in GB/s: bytes read and written. */
  readonly gigabytesPerSecond: number;
}

export const arithmeticForms = ["vectors", "matrices"] as const;
export type ArithmeticForm = (typeof arithmeticForms)[number];

/** Operations of an invocation, an iteration; the shader's comments count them. */
export const flopsPerIteration = { vectors: 256, matrices: 1024 } as const;

/** Enough to fill the largest GPU several times; a start of so many costs a CPU adapter 3 ms. */
const INVOCATIONS = 2 ** 18;
/** So long, in milliseconds, the best of the measurements shall take: a start and an end vanish in it. */
const LONG = 30;
const ROUNDS = 5;

/** Sizes of the copy, in bytes: both buffers together are clearly larger than any cache. */
const COPY_BYTES = 2 ** 27;
/** A CPU adapter copies slowly and has smaller caches. */
const COPY_BYTES_ON_CPU = 2 ** 25;

/**
 * m near one and c small, so that each iteration counts in the result; then four starts. As a matrix, rows
 * of M sum to less than one.
 */
const seeds: Readonly<Record<ArithmeticForm, readonly number[]>> = {
  vectors: [
    [0.999, 0.998, 0.997, 0.996],
    [0.001, -0.002, 0.003, 0.005],
    [1, 2, -1, 0.5],
    [-0.5, 1.5, 0.25, 3],
    [0.75, -2, 1, 1.25],
    [2, 0.125, -0.25, 1],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ].flat(),
  matrices: [
    [0.2, 0.3, 0.25, 0.2],
    [0.3, 0.2, 0.15, 0.3],
    [0.25, 0.15, 0.3, 0.25],
    [0.2, 0.3, 0.25, 0.2],
    [0.01, 0.02, -0.01, 0.03],
    [0.02, 0.04, 0.01, -0.02],
    [-0.03, 0.01, 0.02, 0.01],
    [0.01, -0.02, 0.03, 0.05],
  ].flat(),
};

/** The arithmetic kernel in one of its forms. */
export interface ArithmeticProbe {
  readonly spec: DispatchSpec;
  readonly seed: Float32Array<ArrayBuffer>;
  /** [4], whole numbers: iterations, three spare */
  readonly iterations: Tensor;
  /** [invocations] */
  readonly sum: Tensor;
  readonly tensors: readonly Tensor[];
}

/** @param invocations a multiple of 64 */
export function arithmeticProbe(
  gpu: Gpu,
  form: ArithmeticForm,
  invocations = INVOCATIONS,
): ArithmeticProbe {
  const seedTensor = gpu.tensor("ceilings.seed", [8, 4]);
  const iterations = gpu.tensor("ceilings.iterations", [4], "u32");
  const sum = gpu.tensor("ceilings.sum", [invocations]);
  const seed = new Float32Array(seeds[form]);
  gpu.write(seedTensor, seed);
  const spec: DispatchSpec = {
    label: `ceilings.${form}`,
    shader: ceilingsShader,
    entry: form,
    constants: {},
    reads: { seed: seedTensor, iterations },
    writes: { sum },
    workgroups: [groups(invocations, 64), 1],
    flops: invocations * flopsPerIteration[form],
  };
  return { spec, seed, iterations, sum, tensors: [seedTensor, iterations, sum] };
}

/** The copying kernel. */
export function copyProbe(
  gpu: Gpu,
  length: number,
): { spec: DispatchSpec; original: Tensor; copied: Tensor } {
  const original = gpu.tensor("ceilings.original", [length, 4]);
  const copied = gpu.tensor("ceilings.copied", [length, 4]);
  const spec: DispatchSpec = {
    label: "ceilings.copy",
    shader: ceilingsShader,
    entry: "copy",
    constants: { LENGTH: length },
    reads: { original },
    writes: { copied },
    workgroups: [groups(length, 1024), 1],
    flops: 0,
  };
  return { spec, original, copied };
}

/**
 * Measures both ceilings, in a second or two.
 * @throws GpuError when the device is lost or has too little memory; the signal's reason when aborted
 */
export async function measureCeilings(gpu: Gpu, signal?: AbortSignal): Promise<Ceilings> {
  const watch = timestampStopwatch(gpu, 1) ?? (await wallStopwatch(gpu));
  try {
    let best = { gflops: 0, form: "vectors" as ArithmeticForm };
    for (const form of arithmeticForms) {
      const gflops = await arithmeticCeiling(gpu, watch, form, signal);
      if (gflops > best.gflops) best = { gflops, form };
    }
    return { ...best, gigabytesPerSecond: await copyCeiling(gpu, watch, signal) };
  } finally {
    watch.close();
  }
}

async function arithmeticCeiling(
  gpu: Gpu,
  watch: Stopwatch,
  form: ArithmeticForm,
  signal?: AbortSignal,
): Promise<number> {
  const probe = arithmeticProbe(gpu, form);
  try {
    const [dispatch] = await compile(gpu, [probe.spec]);
    const run = async (iterations: number) => {
      gpu.write(probe.iterations, new Uint32Array([iterations, 0, 0, 0]));
      const [took] = await watch.time([{ dispatches: [dispatch], times: 1 }], { signal });
      return took;
    };
    let iterations = 1;
    // The first run pays for what drivers put off until then.
    await run(iterations);
    let took = await run(iterations);
    while (took === null || took < LONG / 2) {
      iterations = Math.ceil(iterations * (took === null ? 16 : Math.min(16, LONG / took)));
      took = await run(iterations);
    }
    for (let round = 1; round < ROUNDS; round++)
      took = Math.min(took, (await run(iterations)) ?? took);
    return (iterations * dispatch.flops) / took / 1e6;
  } finally {
    gpu.free(...probe.tensors);
  }
}

async function copyCeiling(gpu: Gpu, watch: Stopwatch, signal?: AbortSignal): Promise<number> {
  const { maxStorageBufferBindingSize } = gpu.device.limits;
  const wanted = gpu.adapter.fallback ? COPY_BYTES_ON_CPU : COPY_BYTES;
  const length = Math.floor(Math.min(wanted, maxStorageBufferBindingSize) / 16);
  const probe = await gpu.withinMemory("Measuring the memory's speed", async () =>
    copyProbe(gpu, length),
  );
  try {
    const [dispatch] = await compile(gpu, [probe.spec]);
    const run = async (times: number) => {
      const [took] = await watch.time([{ dispatches: [dispatch], times }], { signal });
      return took;
    };
    // The first run touches pages that the system has only promised so far.
    await run(1);
    const once = await run(1);
    const times = Math.max(1, Math.min(256, Math.ceil(LONG / (once ?? 0.1))));
    const all: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const took = await run(times);
      if (took !== null) all.push(took / times);
    }
    if (all.length === 0) throw new Error("the clock stood still while memory was copied");
    return dispatch.bytes / Math.min(...all) / 1e6;
  } finally {
    gpu.free(probe.original, probe.copied);
  }
}
