/** A run's brake: holds it between submits, and hands out its trainer while it rests. */
import { UserError } from "../errors.ts";
import type { StepTrainer } from "./step-trainer.ts";

export class Brake<T extends StepTrainer> {
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  /** The trainer while the run rests, and who waits for it. */
  private resting: T | null = null;
  private waiting: ((trainer: T | null) => void)[] = [];
  private restAt = Infinity;
  private ended = false;

  /** Whether a rest was asked for. */
  get pulled(): boolean {
    return this.held !== null;
  }

  /** Steps, in all, at which it rests of its own; Infinity when none were named. */
  get goal(): number {
    return this.restAt;
  }

  /** Holds the run after the submits in flight, until `release`. */
  pause(): void {
    if (this.held) return;
    let release!: () => void;
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.held = { promise, release };
  }

  /** Lets the run go on. @param goal steps, in all, at which it rests again */
  release(goal = Infinity): void {
    this.restAt = goal;
    this.held?.release();
    this.held = null;
    this.resting = null;
  }

  /** Pulls itself where the step to rest at is reached. @returns whether a rest is due */
  due(step: number): boolean {
    if (step >= this.restAt) {
      this.restAt = Infinity;
      this.pause();
    }
    return this.pulled;
  }

  /** For the run: gives the trainer out until it is released; a lost device ends the rest, too. */
  async rest(trainer: T): Promise<void> {
    if (!this.held) return;
    this.resting = trainer;
    for (const resolve of this.waiting.splice(0)) resolve(trainer);
    await Promise.race([this.held.promise, trainer.gpu.device.lost]);
    this.resting = null;
  }

  /** For the run: it is over, whoever waits for a rest waits in vain. */
  end(): void {
    this.ended = true;
    for (const resolve of this.waiting.splice(0)) resolve(null);
  }

  /**
   * Waits for a rest that was asked for.
   * @throws UserError when none was, or the run ends before it rests
   */
  async rested(): Promise<T> {
    const over = new UserError("The run has ended: start another one first, then step.");
    if (this.ended) throw over;
    if (!this.held) throw new UserError("The run is going on: pause it first, then step.");
    const trainer =
      this.resting ?? (await new Promise<T | null>((resolve) => this.waiting.push(resolve)));
    if (!trainer) throw over;
    return trainer;
  }

  /**
   * Runs the next `count` kernels of the step alone, not beyond its end; then the run sees to what is due
   * there, and rests again.
   * @param last steps that the run has in all
   * @throws UserError when the run is not paused, or at its end
   */
  async stepKernels(count: number, last: number): Promise<void> {
    const trainer = await this.rested();
    if (trainer.step >= last) {
      throw new UserError("The run is at its end: start another one first, then step.");
    }
    const most = trainer.trainStep.length - trainer.cursor;
    for (let i = 0; i < Math.min(count, most); i++) trainer.stepKernel();
    await trainer.gpu.settled();
    if (trainer.cursor > 0) return;
    this.release();
    this.pause();
    await this.rested();
  }
}
