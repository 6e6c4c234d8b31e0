/** The profiler: how long each dispatch of a list takes, and how near it comes to the adapter's ceilings. */
import { measureCeilings, type Ceilings } from "./ceilings.ts";
import type { Dispatch } from "./dispatch.ts";
import type { AdapterReport } from "./adapter.ts";
import type { Gpu } from "./gpu.ts";
import {
  calibrate,
  median,
  timestampStopwatch,
  wallStopwatch,
  type Stopwatch,
  type Workload,
} from "./stopwatch.ts";
import type { ElementType, Tensor } from "./tensor.ts";

/** A profile as plain data: what the page shows, files hold and people compare. */
export interface Profile {
  /** What was profiled, for example "digits, batch 64, sgd". */
  readonly title: string;
  /** For example "badnets-lab 0.1.0". */
  readonly software: string;
  /** ISO 8601 */
  readonly date: string;
  readonly adapter: AdapterReport;
  /** How it was measured, in plain words. */
  readonly method: string;
  readonly ceilings: Ceilings;
  /** All kernels one after another: the sum of their times. */
  readonly milliseconds: number;
  /** The list as it runs for real, one repetition after another. */
  readonly togetherMilliseconds: number;
  readonly kernels: readonly KernelProfile[];
  /** In the order in which they first come. */
  readonly passes: readonly PassProfile[];
}

export interface KernelProfile {
  readonly label: string;
  /** A part of the list that the kernel belongs to, for example "forward". */
  readonly pass: string;
  readonly shader: string;
  readonly entry: string;
  readonly workgroups: readonly [number, number];
  /** Invocations of a workgroup. */
  readonly workgroupSize: number;
  readonly reads: readonly TensorUse[];
  readonly writes: readonly TensorUse[];
  readonly flops: number;
  readonly bytes: number;
  /** Median over the rounds. */
  readonly milliseconds: number;
  /** The fastest and the slowest round. */
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
  /** Repetitions in a round. */
  readonly repetitions: number;
  /** Sum of the times before it. */
  readonly startMilliseconds: number;
  /** Of the sum of all times. */
  readonly share: number;
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  /** Operations a byte. */
  readonly intensity: number;
}

/** A tensor bound to a variable of the shader. */
export interface TensorUse {
  readonly name: string;
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

export interface PassProfile {
  readonly pass: string;
  readonly kernels: number;
  readonly milliseconds: number;
  readonly share: number;
  readonly flops: number;
  readonly bytes: number;
}

export interface ProfileOptions {
  readonly title: string;
  readonly software: string;
  readonly passOf: (dispatch: Dispatch) => string;
  /** Rounds of measurement: seven, or three where a round takes long. */
  readonly rounds?: number;
  /** @param done of 1 */
  readonly onProgress?: (done: number, secondsLeft: number | null) => void;
  readonly signal?: AbortSignal;
  /** Called before each round, outside what is timed: puts back what repeated kernels changed. */
  readonly prepare?: () => void;
}

/** Milliseconds of a round above which three of them have to do. */
const LONG_ROUND = 2000;
/** What the ceilings and the first estimate weigh in the progress, in rounds. */
const PREPARATION = 3;

/**
 * Measures each dispatch of a list, repeated often enough for the clock, in several rounds in order.
 *
 * Every dispatch really runs, many times. One that overwrites its outputs does no harm; one that
 * updates (an optimiser's step, a loss that counts steps) drives its tensors on. So give it a list of
 * its own, not that of a run which is to go on, and undo in `prepare` what could end in values that
 * are not finite.
 * @throws GpuError when the device is lost; the signal's reason when it was aborted
 */
export async function profile(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  options: ProfileOptions,
): Promise<Profile> {
  const { title, software, signal } = options;
  const report = progressReporter(options.onProgress);
  report(0);
  const ceilings = await measureCeilings(gpu, signal);
  signal?.throwIfAborted();
  const work = { gpu, dispatches, options, report };
  const times =
    (await timesBy(timestampStopwatch(gpu, dispatches.length + 1), work)) ??
    (await timesBy(await wallStopwatch(gpu), work));
  if (!times) throw new Error("no clock of this device can time a kernel");
  const kernels = rowsOf(dispatches, times, options);
  report(1);
  return {
    title,
    software,
    date: new Date().toISOString(),
    adapter: gpu.adapter,
    method: describe(times),
    ceilings,
    milliseconds: kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    togetherMilliseconds: times.together,
    kernels,
    passes: passesOf(kernels),
  };
}

interface Times {
  readonly kind: Stopwatch["kind"];
  readonly repetitions: readonly number[];
  /** Milliseconds of one repetition, by dispatch and round. */
  readonly samples: readonly (readonly number[])[];
  readonly rounds: number;
  readonly together: number;
}

interface Work {
  readonly gpu: Gpu;
  readonly dispatches: readonly Dispatch[];
  readonly options: ProfileOptions;
  readonly report: (done: number) => void;
}

/** @returns null where there is no such clock, or it stood still for a kernel in every round */
async function timesBy(
  watch: Stopwatch | null,
  { gpu, dispatches, options, report }: Work,
): Promise<Times | null> {
  if (!watch) return null;
  const { rounds: asked, prepare, signal } = options;
  try {
    prepare?.();
    // Fills every tensor with what a kernel meets in earnest.
    gpu.submit(dispatches);
    await gpu.settled();
    // The list as a whole is one more row.
    const lists = [...dispatches.map((dispatch) => [dispatch]), dispatches];
    const repetitions = await calibrate(watch, lists, signal);
    const samples = lists.map((): number[] => []);
    const workloads = lists.map((list, i): Workload => ({
      dispatches: list,
      times: repetitions[i],
    }));
    let rounds = asked ?? 7;
    for (let round = 0; round < rounds; round++) {
      prepare?.();
      const start = performance.now();
      let done = 0;
      const onDone = () =>
        report((PREPARATION + round + ++done / workloads.length) / (PREPARATION + rounds));
      const measured = await watch.time(workloads, { signal, onDone });
      for (const [i, value] of measured.entries()) {
        if (value !== null) samples[i].push(value / repetitions[i]);
      }
      if (asked === undefined && performance.now() - start > LONG_ROUND) rounds = 3;
    }
    if (samples.some((list) => list.length === 0)) return null;
    return {
      kind: watch.kind,
      repetitions: repetitions.slice(0, -1),
      samples: samples.slice(0, -1),
      rounds,
      together: median(samples.at(-1)!),
    };
  } finally {
    watch.close();
  }
}

function rowsOf(
  dispatches: readonly Dispatch[],
  { samples, repetitions }: Times,
  { passOf }: ProfileOptions,
): KernelProfile[] {
  const medians = samples.map(median);
  const sum = medians.reduce((a, b) => a + b, 0);
  let startMilliseconds = 0;
  return dispatches.map((dispatch, i) => {
    const { label, shader, entry, workgroups, flops, bytes } = dispatch;
    const milliseconds = medians[i];
    const row: KernelProfile = {
      label,
      pass: passOf(dispatch),
      shader: shader.name,
      entry,
      workgroups,
      workgroupSize: shader.entryPoints.get(entry)!.workgroupSize,
      reads: usesOf(dispatch.reads),
      writes: usesOf(dispatch.writes),
      flops,
      bytes,
      milliseconds,
      least: Math.min(...samples[i]),
      most: Math.max(...samples[i]),
      rounds: samples[i].length,
      repetitions: repetitions[i],
      startMilliseconds,
      share: milliseconds / sum,
      gflops: flops / milliseconds / 1e6,
      gigabytesPerSecond: bytes / milliseconds / 1e6,
      intensity: flops / bytes,
    };
    startMilliseconds += milliseconds;
    return row;
  });
}

function usesOf(tensors: Readonly<Record<string, Tensor>>): TensorUse[] {
  return Object.entries(tensors).map(([name, { label, shape, type }]) => ({
    name,
    label,
    shape: [...shape],
    type,
  }));
}

function passesOf(kernels: readonly KernelProfile[]): PassProfile[] {
  const names = [...new Set(kernels.map(({ pass }) => pass))];
  return names.map((pass) => {
    const own = kernels.filter((kernel) => kernel.pass === pass);
    const sum = (of: (kernel: KernelProfile) => number) => own.reduce((a, k) => a + of(k), 0);
    return {
      pass,
      kernels: own.length,
      milliseconds: sum((k) => k.milliseconds),
      share: sum((k) => k.share),
      flops: sum((k) => k.flops),
      bytes: sum((k) => k.bytes),
    };
  });
}

function describe({ kind, rounds, repetitions }: Times): string {
  const most = Math.max(...repetitions);
  const repeated =
    most === 1
      ? "once a round"
      : `up to ${most} times in a row (a short kernel more often than a long one, and its data may then lie in a cache)`;
  const clock =
    kind === "timestamps"
      ? "The GPU's own clock was read before and after each kernel"
      : "This device has no clock of its own to read, so the time from submitting each kernel to its end was taken, less that of an empty submit";
  return `${clock}; each ran ${repeated}, and the median of ${rounds} rounds is shown.`;
}

/** Tells how far it is, and from the pace so far how long it will take. */
function progressReporter(tell: ProfileOptions["onProgress"]): (done: number) => void {
  const start = performance.now();
  return (done) => {
    const seconds = (performance.now() - start) / 1000;
    tell?.(done, done < 0.1 ? null : (seconds * (1 - done)) / done);
  };
}
