/** Long work one after the other, each of which can be ended, with an estimate of the time left. */
import type { TaskProgress } from "./port.ts";

/** What a promise is rejected with whose work was ended; nothing went wrong. */
export class Cancelled extends Error {
  override name = "Cancelled";
  constructor() {
    super("cancelled");
  }
}

export class TaskQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly current = new Map<string | symbol, AbortController>();
  private closed = false;

  /**
   * Does the work when its turn comes; work of the same name that waits or goes on is ended.
   * @param name null: nothing else is like it
   * @param work ends soon when its signal says so
   * @throws Cancelled when it was ended
   */
  async do<T>(
    name: string | null,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.closed) throw new Cancelled();
    const key = name ?? Symbol("task");
    this.current.get(key)?.abort();
    const own = new AbortController();
    this.current.set(key, own);
    const either = AbortSignal.any([signal, own.signal]);
    const turn = this.tail;
    const mine = (async () => {
      await turn;
      assertWanted(either);
      try {
        return await work(either);
      } finally {
        // Whatever it came to: it was ended.
        assertWanted(either);
      }
    })();
    this.tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      if (this.current.get(key) === own) this.current.delete(key);
    }
  }

  /** Ends all work, takes no more, and settles when none goes on. */
  async close(): Promise<void> {
    this.closed = true;
    for (const own of this.current.values()) own.abort();
    await this.tail;
  }
}

/** @throws Cancelled when the work was ended */
export function assertWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new Cancelled();
}

/** Turns a count into progress with the time left, and tells at most ten times a second. */
export function timed(
  total: number,
  onProgress: (progress: TaskProgress) => void,
): (done: number) => void {
  const start = performance.now();
  let last = 0;
  return (count) => {
    const now = performance.now();
    if (now - last < 100 && count < total) return;
    last = now;
    const done = total === 0 ? 1 : count / total;
    const seconds = (now - start) / 1000;
    onProgress({ done, secondsLeft: done > 0.02 ? (seconds * (1 - done)) / done : null });
  };
}
