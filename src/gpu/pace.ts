/** Repeats a list of dispatches in submits that are long enough to be cheap and short enough to be safe. */
import type { Dispatch } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";

/** Windows resets a GPU that is busy with one submit for about two seconds; screens want much less. */
const TARGET_MS = 75;
const IN_FLIGHT = 3;
const MOST_PER_SUBMIT = 256;

export class Pacer {
  /** Measured time of one repetition; unknown at first. */
  private each: number | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly dispatches: readonly Dispatch[],
  ) {}

  /** How many repetitions go into one submit at the moment. */
  get perSubmit(): number {
    if (this.each === undefined) return 1;
    return Math.max(1, Math.min(MOST_PER_SUBMIT, Math.floor(TARGET_MS / this.each)));
  }

  /**
   * Runs the list `count` times, at most three submits ahead of the GPU.
   * @param between called after each submit with the number of repetitions submitted so far; when it
   *   gives false, no more are submitted.
   * @returns the number of repetitions, all of them done.
   * @throws GpuError when the device is lost.
   */
  async run(
    count: number,
    between?: (submitted: number) => boolean | Promise<boolean>,
  ): Promise<number> {
    const inFlight: { done: Promise<void>; repetitions: number }[] = [];
    let submitted = 0;
    let mark = performance.now();
    const settleOne = async (timed = true) => {
      const { done, repetitions } = inFlight.shift()!;
      await done;
      const now = performance.now();
      // With submits queued behind it, the time between two ends is the time of the later one.
      const each = (now - mark) / repetitions;
      if (timed) this.each = this.each === undefined ? each : 0.7 * this.each + 0.3 * each;
      mark = now;
    };
    try {
      while (submitted < count) {
        const repetitions = Math.min(this.perSubmit, count - submitted);
        this.gpu.assertAlive();
        this.gpu.submit(this.dispatches, repetitions);
        const done = this.gpu.settled();
        // Whoever settles it hears of a loss; until then it must not count as unhandled.
        done.catch(() => undefined);
        inFlight.push({ done, repetitions });
        submitted += repetitions;
        if (inFlight.length >= IN_FLIGHT || this.each === undefined) await settleOne();
        if (!between) continue;
        const asked = performance.now();
        if (!(await between(submitted))) break;
        // A pause or a save in between says nothing of the GPU's pace.
        if (performance.now() - asked > TARGET_MS) {
          while (inFlight.length > 0) await settleOne(false);
        }
      }
      while (inFlight.length > 0) await settleOne();
    } finally {
      await Promise.allSettled(inFlight.map(({ done }) => done));
    }
    return submitted;
  }
}
