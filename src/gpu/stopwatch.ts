/** Two clocks for dispatches: the GPU's own, where the device has it, and the wall clock anywhere. */
import type { Dispatch } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";

/** Dispatches that are timed as one, all of them `times` over. */
export interface Workload {
  readonly dispatches: readonly Dispatch[];
  readonly times: number;
}

export interface Stopwatch {
  readonly kind: "timestamps" | "wall clock";
  /** A workload should take so long, in milliseconds, that the clock's coarseness is about one in a hundred. */
  readonly enough: number;
  /**
   * Runs the workloads one after another, each in a pass and a submit of its own.
   * @returns milliseconds of each; null where the clock did not move
   * @throws GpuError when the device is lost; the signal's reason when it was aborted
   */
  time(
    workloads: readonly Workload[],
    options?: { signal?: AbortSignal; onDone?: () => void },
  ): Promise<(number | null)[]>;
  /** Frees its buffers. */
  close(): void;
}

/** The median of a list that is not empty. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The GPU's clock at either end of each pass; null where the device has none. */
export function timestampStopwatch(gpu: Gpu, mostWorkloads: number): Stopwatch | null {
  const { device } = gpu;
  if (!device.features.has("timestamp-query")) return null;
  const count = 2 * mostWorkloads;
  const querySet = device.createQuerySet({ label: "stopwatch", type: "timestamp", count });
  const resolved = device.createBuffer({
    label: "stopwatch",
    size: 8 * count,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({
    label: "stopwatch readback",
    size: 8 * count,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  return {
    kind: "timestamps",
    // Browsers round these clocks to steps of 65.5 us.
    enough: 8,
    async time(workloads, { signal, onDone } = {}) {
      for (const [i, { dispatches, times }] of workloads.entries()) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass({
          timestampWrites: {
            querySet,
            beginningOfPassWriteIndex: 2 * i,
            endOfPassWriteIndex: 2 * i + 1,
          },
        });
        for (let k = 0; k < times; k++) {
          for (const { pipeline, bindGroup, workgroups } of dispatches) {
            pass.setPipeline(pipeline);
            pass.setBindGroup(0, bindGroup);
            pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
          }
        }
        pass.end();
        device.queue.submit([encoder.finish()]);
        await gpu.settled();
        signal?.throwIfAborted();
        onDone?.();
      }
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(querySet, 0, 2 * workloads.length, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16 * workloads.length);
      device.queue.submit([encoder.finish()]);
      await gpu.answered(staging.mapAsync(GPUMapMode.READ)).catch((cause: unknown) => {
        gpu.assertAlive();
        throw cause;
      });
      gpu.assertAlive();
      const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return workloads.map((_, i) => positive(Number(stamps[2 * i + 1] - stamps[2 * i]) / 1e6));
    },
    close() {
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}

/** From submit to done by the wall clock, less what a submit without work takes. */
export async function wallStopwatch(gpu: Gpu): Promise<Stopwatch> {
  const timeOne = async ({ dispatches, times }: Workload) => {
    const start = performance.now();
    gpu.submit(dispatches, times);
    await gpu.settled();
    return performance.now() - start;
  };
  const nothing: number[] = [];
  for (let i = 0; i < 15; i++) nothing.push(await timeOne({ dispatches: [], times: 1 }));
  const overhead = median(nothing);
  return {
    kind: "wall clock",
    // Browsers round this clock to 0.1 ms, and scheduling takes a share of its own.
    enough: 20,
    async time(workloads, { signal, onDone } = {}) {
      const all: (number | null)[] = [];
      for (const workload of workloads) {
        all.push(positive((await timeOne(workload)) - overhead));
        signal?.throwIfAborted();
        onDone?.();
      }
      return all;
    },
    close() {},
  };
}

function positive(value: number): number | null {
  return value > 0 ? value : null;
}

const MOST_TIMES = 4096;

/**
 * How many times each list of dispatches is to be repeated within a pass so that the clock can tell.
 * Grows eight times a round at most, because a first estimate may be far too small.
 */
export async function calibrate(
  watch: Stopwatch,
  lists: readonly (readonly Dispatch[])[],
  signal?: AbortSignal,
): Promise<number[]> {
  const times = lists.map(() => 1);
  let short = lists.map((_, i) => i);
  while (short.length > 0) {
    const workloads = short.map((i) => ({ dispatches: lists[i], times: times[i] }));
    const measured = await watch.time(workloads, { signal });
    short = short.filter((list, k) => {
      const { enough } = watch;
      const took = measured[k];
      if ((took !== null && took >= 0.7 * enough) || times[list] === MOST_TIMES) return false;
      const growth = took === null ? 8 : Math.min(8, (1.1 * enough) / took);
      times[list] = Math.min(MOST_TIMES, Math.ceil(times[list] * growth));
      // An estimate from a pass of some length is near enough.
      return took === null || took < enough / 8;
    });
  }
  return times;
}
