/** Holds a run between submits while it is paused, and hands out its trainer meanwhile. */
import { UserError } from "../errors.ts";
import type { StepTrainer } from "./step-trainer.ts";

export class PauseGate<T extends StepTrainer> {
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  /** The trainer while the run rests, and who waits for it. */
  private resting: T | null = null;
  private waiting: ((trainer: T | null) => void)[] = [];
  private restAt = Infinity;
  private ended = false;

  /** Whether a pause was asked for. */
  get closed(): boolean {
    return this.held !== null;
  }

  /** Steps, in all, at which it closes of its own; Infinity when none were named. */
  get goal(): number {
    return this.restAt;
  }

  /** Holds the run after the submits in flight, until `open`. */
  close(): void {
    if (this.held) return;
    let release!: () => void;
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.held = { promise, release };
  }

  /** Lets the run go on. @param goal steps, in all, at which it closes again */
  open(goal = Infinity): void {
    this.restAt = goal;
    this.held?.release();
    this.held = null;
    this.resting = null;
  }

  /** Closes where the step to rest at is reached. @returns whether a rest is due */
  due(step: number): boolean {
    if (step >= this.restAt) {
      this.restAt = Infinity;
      this.close();
    }
    return this.closed;
  }

  /** For the run: gives the trainer out until the gate opens; a lost device ends the rest, too. */
  async rest(trainer: T): Promise<void> {
    if (!this.held) return;
    this.resting = trainer;
    for (const resolve of this.waiting.splice(0)) resolve(trainer);
    await Promise.race([this.held.promise, trainer.gpu.gone]);
    this.resting = null;
  }

  /** For the run: it is over, whoever waits for a rest waits in vain. */
  end(): void {
    this.ended = true;
    for (const resolve of this.waiting.splice(0)) resolve(null);
  }

  /** Waits until the run rests. @returns its trainer; null when it ends first */
  async restedOrEnded(): Promise<T | null> {
    if (this.ended) return null;
    return this.resting ?? (await new Promise((resolve) => this.waiting.push(resolve)));
  }

  /**
   * Waits for a pause that was asked for.
   * @throws UserError when none was, or the run ends before it rests
   */
  async rested(): Promise<T> {
    if (!this.ended && !this.closed)
      throw new UserError("The run is going on: pause it first, then step.");
    const trainer = await this.restedOrEnded();
    if (!trainer) throw new UserError("The run has ended: start another one first, then step.");
    return trainer;
  }
}
