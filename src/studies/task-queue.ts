/** Long work one after the other, each of which can be ended, with an estimate of the time left. */
import type { TaskProgress } from "./port.ts";

/** What a promise is rejected with whose work was ended; nothing went wrong. */
export class Cancelled extends Error {
  override name = "Cancelled";
  constructor() {
    super("cancelled");
  }
}

export class TaskLine {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly current = new Map<string, { cancelled: boolean }>();

  /**
   * Does the work when its turn comes; work of the same name that waits or goes on is ended.
   * @param work asks `going` now and then whether it still should
   * @throws Cancelled when it was ended
   */
  async do<T>(name: string, work: (going: () => boolean) => Promise<T>): Promise<T> {
    const earlier = this.current.get(name);
    if (earlier) earlier.cancelled = true;
    const token = { cancelled: false };
    this.current.set(name, token);
    const turn = this.tail;
    const mine = (async () => {
      await turn;
      if (token.cancelled) throw new Cancelled();
      const result = await work(() => !token.cancelled);
      if (token.cancelled) throw new Cancelled();
      return result;
    })();
    this.tail = mine.catch(() => undefined);
    return await mine;
  }

  /** Settles when nothing goes on or waits any more. */
  async idle(): Promise<void> {
    await this.tail;
  }

  /** Ends all work. */
  cancel(): void {
    for (const token of this.current.values()) token.cancelled = true;
  }
}

/** Turns a count into progress with the time left, and tells at most ten times a second. */
export function timed(
  total: number,
  tell: (progress: TaskProgress) => void,
): (done: number) => void {
  const start = performance.now();
  let last = 0;
  return (count) => {
    const now = performance.now();
    if (now - last < 100 && count < total) return;
    last = now;
    const done = total === 0 ? 1 : count / total;
    const seconds = (now - start) / 1000;
    tell({ done, secondsLeft: done > 0.02 ? (seconds * (1 - done)) / done : null });
  };
}
