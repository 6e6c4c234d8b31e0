/** Answers that are waited for, and that can all be given up at once when whoever owes them is gone. */

/** Unlike a race against a promise that hardly ever settles, it holds on to nothing that was answered. */
export class Pending {
  private readonly waiting = new Set<(error: Error) => void>();
  private closed: Error | null = null;

  /** How many are waited for. */
  get size(): number {
    return this.waiting.size;
  }

  /** Waits for an answer. @throws what `close` was given, when that comes first or has come before */
  async wait<T>(answer: Promise<T>): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      if (this.closed) reject(this.closed);
      else this.waiting.add(reject);
      answer.then(
        (value) => {
          this.waiting.delete(reject);
          resolve(value);
        },
        (error: Error) => {
          this.waiting.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** Gives up all answers that are waited for, and those that will be. */
  close(error: Error): void {
    this.closed = error;
    for (const reject of this.waiting) reject(error);
    this.waiting.clear();
  }
}
