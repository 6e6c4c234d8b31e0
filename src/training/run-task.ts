/** What a run trains and measures, as it sees it, and what it comes to: the same for every kind of trainer. */
import type { Gpu } from "../gpu/gpu.ts";
import type { Tiling } from "../layers/tiling.ts";
import type { StepTrainer, TrainerState } from "./step-trainer.ts";

/** What every evaluation says, whatever else it does. */
export interface RunEvaluation {
  /** Steps done when it was made. */
  readonly step: number;
  /** "epoch": of everything; "probe": of a sample. */
  readonly kind: "epoch" | "probe";
}

/** What a run does, whatever it trains. */
export interface RunTask<T extends StepTrainer, E extends RunEvaluation> {
  readonly totalSteps: number;
  /** Images a step. */
  readonly batch: number;
  /** Names of what each step records, in the history's order. */
  readonly metrics: readonly string[];
  /** Steps between two evaluations of everything; Infinity: only at the end. */
  readonly stepsPerEpoch: number;
  /** Steps between the smaller ones; Infinity: none. */
  readonly probeEvery: number;
  /** Images of each kind of evaluation, for the estimate of the time left. */
  readonly evaluationImages: { readonly epoch: number; readonly probe: number };
  /** Seconds of training after which the state is saved, beside each epoch's end. */
  readonly saveEvery: number;
  /** Whether it is saved before each evaluation of everything, too: where that takes long. */
  readonly savesBefore: boolean;
  /** What to do where a step was not finite, for people: "choose a smaller learning rate". */
  readonly ifDiverged: string;
  /** @param tiling form of the kernels that the run began with, if it did */
  build(gpu: Gpu, tiling?: Tiling): Promise<T>;
  /**
   * Evaluates the trainer, which rests between two steps.
   * @param between asked after each submit whether to go on
   * @returns null when `between` ended it
   */
  evaluate(trainer: T, kind: RunEvaluation["kind"], between: () => boolean): Promise<E | null>;
}

/** Everything a run needs to go on as if it had never been interrupted. */
export interface RunState<E extends RunEvaluation> extends TrainerState {
  /** One for each of the task's, with a value for every step so far. */
  readonly metrics: readonly Float32Array<ArrayBuffer>[];
  readonly evaluations: readonly E[];
  /** Seconds spent in training steps so far. */
  readonly trainSeconds: number;
  /** Seconds and images spent in evaluations so far. */
  readonly evaluateSeconds: number;
  readonly evaluatedImages: number;
}

/** How far a run is. */
export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Means over the steps since the last report, in the task's order. */
  readonly metrics: readonly number[];
  readonly imagesPerSecond: number;
  /** Estimate for the whole rest of the run, evaluations included; null where nothing can be said yet. */
  readonly secondsLeft: number | null;
}
