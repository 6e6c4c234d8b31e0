/** Measures how fast a run trains, and estimates how long the rest of it takes. */
import type { Progress, RunEvaluation, RunTask } from "./run-task.ts";
import type { StepTrainer } from "./step-trainer.ts";

/** What a run has spent on evaluations so far. */
export interface EvaluationCost {
  readonly seconds: number;
  readonly images: number;
}

export class ProgressMeter {
  /** Images a second in training; 0 before it was measured. */
  private speed = 0;
  private reportedAt = 0;
  private reportedStep = 0;

  constructor(
    private readonly task: Omit<RunTask<StepTrainer, RunEvaluation>, "build" | "evaluate">,
  ) {}

  /** Training goes on from this step, now. */
  begin(step: number): void {
    this.reportedAt = performance.now();
    this.reportedStep = step;
  }

  /**
   * @param metrics each metric at every step so far
   * @param timed whether the steps since the last report were trained without a rest
   * @returns null where there is nothing new
   */
  report(
    step: number,
    metrics: readonly (readonly number[])[],
    timed: boolean,
    evaluations: EvaluationCost,
  ): Progress | null {
    const now = performance.now();
    const steps = step - this.reportedStep;
    const seconds = (now - this.reportedAt) / 1000;
    if (steps <= 0 || seconds <= 0) return null;
    const { batch, stepsPerEpoch, totalSteps } = this.task;
    if (timed) {
      const speed = (steps * batch) / seconds;
      this.speed = this.speed === 0 ? speed : 0.8 * this.speed + 0.2 * speed;
    }
    this.begin(step);
    const epochs = Math.max(1, Math.ceil(totalSteps / stepsPerEpoch));
    return {
      step,
      totalSteps,
      epoch: Math.min(Math.max(1, Math.ceil(step / stepsPerEpoch)), epochs),
      epochs,
      metrics: metrics.map((values) => values.slice(-steps).reduce((a, b) => a + b, 0) / steps),
      imagesPerSecond: this.speed,
      secondsLeft:
        this.speed > 0
          ? ((totalSteps - step) * batch) / this.speed + this.evaluationsLeft(step, evaluations)
          : null,
    };
  }

  /** Estimated seconds of the evaluations still to come; a forward pass is about a third of a step. */
  private evaluationsLeft(step: number, { seconds, images }: EvaluationCost): number {
    const { stepsPerEpoch, totalSteps, probeEvery, evaluationImages } = this.task;
    const left = totalSteps - step;
    const epochs = left > 0 ? Math.max(1, Math.ceil(left / stepsPerEpoch)) : 0;
    const probes = Math.max(0, Math.floor(left / probeEvery) - epochs);
    const rest = epochs * evaluationImages.epoch + probes * evaluationImages.probe;
    return rest / (seconds > 0 ? images / seconds : 3 * this.speed);
  }
}
