/** Sends the latest state at a measured pace, however often it changes. */

/** Faster than anybody reads numbers, slower than a screen draws. */
const PAUSE_MS = 50;

export class Publisher<T> {
  private due = false;
  private sending = false;

  constructor(
    private readonly take: () => T,
    private readonly send: (value: T) => void | Promise<void>,
  ) {}

  /** Sends soon, and never a second time before the first was taken in. */
  schedule(): void {
    this.due = true;
    if (this.sending) return;
    this.sending = true;
    // A timer and no animation frame: in a worker, where training goes on in a hidden tab.
    setTimeout(() => void this.flush(), PAUSE_MS);
  }

  private async flush(): Promise<void> {
    this.due = false;
    try {
      await this.send(this.take());
    } finally {
      this.sending = false;
      if (this.due) this.schedule();
    }
  }
}
