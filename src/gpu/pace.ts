/** Repeats a list of dispatches in submits that are long enough to be cheap and short enough to be safe. */
import type { Dispatch } from "./dispatch.ts";
import type { Gpu } from "./gpu.ts";

/** Windows resets a GPU that is busy with one submit for about two seconds; screens want much less. */
const TARGET_MS = 75;
const IN_FLIGHT = 3;
const MOST_PER_SUBMIT = 256;

/** Operations of a submit whose time is not known: about the target on an integrated GPU. */
const UNMEASURED_FLOPS = 5e9;

/**
 * Cuts a list into runs of dispatches that no adapter should be busy with for long. What is cheap stays
 * in one piece; a single dispatch is never cut.
 */
export function piecesOf(dispatches: readonly Dispatch[]): Dispatch[][] {
  const pieces: Dispatch[][] = [];
  let flops = Infinity;
  for (const dispatch of dispatches) {
    flops += dispatch.flops;
    if (flops > UNMEASURED_FLOPS) {
      pieces.push([]);
      flops = dispatch.flops;
    }
    pieces.at(-1)!.push(dispatch);
  }
  return pieces;
}

/** What a pacer needs of a device. */
export type PacedDevice = Pick<Gpu, "assertAlive" | "submit" | "settled">;

/** A submit that the GPU has not finished. */
interface Submitted {
  readonly done: Promise<void>;
  readonly repetitions: number;
  /** What of a repetition that was cut, or null: the whole list. */
  readonly piece: readonly Dispatch[] | null;
}

export class Pacer {
  /** Measured time of one repetition; unknown at first. */
  private each: number | undefined;
  /** One repetition, cut for when it takes longer than the target. */
  private pieces: readonly (readonly Dispatch[])[];

  constructor(
    private readonly gpu: PacedDevice,
    private readonly dispatches: readonly Dispatch[],
  ) {
    const pieces = piecesOf(dispatches);
    this.pieces = pieces.length > 1 ? pieces : [dispatches];
  }

  /** How many repetitions go into one submit at the moment; of one that is cut, a part does. */
  get perSubmit(): number {
    if (this.each === undefined) return 1;
    return Math.max(1, Math.min(MOST_PER_SUBMIT, Math.floor(TARGET_MS / this.each)));
  }

  /**
   * Runs the list `count` times, at most three submits ahead of the GPU.
   * @param between called after each submit that completes a repetition, with the number of repetitions
   *   submitted so far; when it gives false, no more are submitted.
   * @returns the number of repetitions, all of them done.
   * @throws GpuError when the device is lost.
   */
  async run(
    count: number,
    between?: (submitted: number) => boolean | Promise<boolean>,
  ): Promise<number> {
    const inFlight: Submitted[] = [];
    let submitted = 0;
    let mark = performance.now();
    /** Time of the pieces of a repetition so far. */
    let partial = 0;
    const settleOne = async (timed = true) => {
      const { done, repetitions, piece } = inFlight.shift()!;
      await done;
      const now = performance.now();
      // With submits queued behind it, the time between two ends is the time of the later one.
      const took = now - mark;
      mark = now;
      partial += took;
      if (timed && piece && took > TARGET_MS) this.halve(piece);
      if (repetitions === 0) return;
      const each = partial / repetitions;
      partial = 0;
      if (timed) this.each = this.each === undefined ? each : 0.7 * this.each + 0.3 * each;
    };
    const submit = async (piece: readonly Dispatch[] | null, repetitions: number) => {
      this.gpu.assertAlive();
      this.gpu.submit(piece ?? this.dispatches, piece ? 1 : repetitions);
      const done = this.gpu.settled();
      // Whoever settles it hears of a loss; until then it must not count as unhandled.
      done.catch(() => undefined);
      inFlight.push({ done, repetitions, piece });
      if (inFlight.length >= IN_FLIGHT) await settleOne();
    };
    try {
      while (submitted < count) {
        const repetitions = Math.min(this.perSubmit, count - submitted);
        const { pieces } = this;
        if (this.each === undefined || this.each > TARGET_MS) {
          // The last piece completes the repetition.
          for (const piece of pieces) await submit(piece, piece === pieces.at(-1) ? 1 : 0);
        } else {
          await submit(null, repetitions);
        }
        submitted += repetitions;
        while (this.each === undefined && inFlight.length > 0) await settleOne();
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

  /** Cuts a piece in two, if it was not by now and more than one dispatch is in it. */
  private halve(piece: readonly Dispatch[]): void {
    if (piece.length < 2) return;
    const half = Math.ceil(piece.length / 2);
    this.pieces = this.pieces.flatMap((one) =>
      one === piece ? [piece.slice(0, half), piece.slice(half)] : [one],
    );
  }
}
