/** A deadline for answers that never come, which neither a slow machine nor a sleeping one reaches. */
import { Pending } from "../pending.ts";

const TICK_MS = 1000;

/**
 * Seconds are counted as ticks of this thread's own timer, so that time in which it could not look counts for
 * nothing: a suspended computer, a frozen tab, a long task. Any answer begins the count anew: behind a long queue
 * each piece that is done is a sign of life.
 */
export class Watch {
  private readonly pending = new Pending();
  private quiet = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param most seconds without any answer while one is waited for
   * @param onSilence called when they have passed; what it gives is what all who wait, or will, are rejected with
   */
  constructor(
    private readonly most: number,
    private readonly onSilence: () => Error,
  ) {}

  /** Waits for an answer. @throws whatever `onSilence` gives, when none came in time */
  async answer<T>(answer: Promise<T>): Promise<T> {
    if (this.pending.size === 0) {
      clearInterval(this.timer);
      this.quiet = 0;
      this.timer = setInterval(() => this.tick(), TICK_MS);
    }
    try {
      return await this.pending.wait(answer);
    } finally {
      this.quiet = 0;
      if (this.pending.size === 0) clearInterval(this.timer);
    }
  }

  private tick(): void {
    this.quiet += 1;
    if (this.quiet >= this.most) this.pending.close(this.onSilence());
  }
}
