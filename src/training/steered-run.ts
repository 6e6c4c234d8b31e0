/** What a detector's run is steered by, and that it outlives the loss of its device. */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { PauseGate } from "./pause-gate.ts";
import type { StepTrainer } from "./step-trainer.ts";

/** Losses of the device in a row, without a kept state in between, that end the run. */
const MOST_LOSSES = 5;

export abstract class SteeredRun<T extends StepTrainer> {
  protected readonly gate = new PauseGate<T>();
  protected stopping = false;
  private deviceLosses = 0;

  /** @param open a device, or a scope of one; called again when it was lost */
  protected constructor(
    private readonly open: () => Promise<Gpu>,
    private readonly onNotice: ((text: string) => void) | undefined,
  ) {}

  /** Steps that the run has in all, and of the state that it goes back to when something happens. */
  protected abstract readonly totalSteps: number;
  protected abstract readonly keptStep: number;

  /** Holds the run after the submits in flight, or the measurement under way, until `resume` or `stop`. */
  pause(): void {
    this.gate.close();
  }

  resume(): void {
    this.gate.open();
  }

  /** Resumes, and pauses again when `step` steps are done in all. */
  playUntil(step: number): void {
    this.gate.open(step);
  }

  /**
   * Waits for a pause that was asked for.
   * @throws UserError when none was, or the run ends before it rests
   */
  async rested(): Promise<T> {
    return await this.gate.rested();
  }

  /**
   * Runs the next `count` kernels of the step alone, not beyond its end; a step that they end is booked
   * and, where that is due, measured like any other.
   * @throws UserError when the run is not paused, or at its end
   */
  async stepKernels(count: number): Promise<void> {
    const trainer = await this.gate.rested();
    if (trainer.step >= this.totalSteps) {
      throw new UserError("The run is at its end: start another one first, then step.");
    }
    const most = trainer.trainStep.length - trainer.cursor;
    for (let i = 0; i < Math.min(count, most); i++) trainer.stepKernel();
    await trainer.gpu.settled();
    if (trainer.cursor > 0) return;
    this.gate.open();
    this.gate.close();
    await this.gate.rested();
  }

  /** Ends the run after the submits in flight. */
  stop(): void {
    this.stopping = true;
    this.gate.open();
  }

  /** A state was kept: the next loss of the device counts as the first. */
  protected survived(): void {
    this.deviceLosses = 0;
  }

  /**
   * Lives on a device for as long as there is one, and after a loss on the next.
   * @throws what `live` throws on a device that is not lost; GpuError when no device can be had any more
   */
  protected async outlive<R>(live: (gpu: Gpu) => Promise<R>): Promise<R> {
    try {
      for (;;) {
        const gpu = await this.open();
        try {
          return await live(gpu);
        } catch (error) {
          const lost = await gpu.confirmLost();
          gpu.destroy();
          if (!lost || ++this.deviceLosses > MOST_LOSSES) throw error;
          this.onNotice?.(
            `The GPU device was lost; the run goes on from step ${this.keptStep} on a new one.`,
          );
        }
      }
    } finally {
      this.gate.end();
    }
  }
}
