/**
 * A run: a trainer taken through its epochs, with evaluations on the way, that can be paused, stopped,
 * resumed, and that outlives the loss of its device.
 */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { BookReader } from "./book-reader.ts";
import { SteeredRun } from "./steered-run.ts";
import type { StepRecord, TrainerState } from "./step-trainer.ts";
import { Trainer, type TrainingPlan } from "./trainer.ts";

/** What to measure on the way; entries are those of the batch shader. */
export interface EvaluationPlan {
  /** Test images without, and (for an attack) with the trigger. */
  readonly clean: Uint32Array<ArrayBuffer>;
  readonly triggered: Uint32Array<ArrayBuffer> | null;
}

export interface RunPlan extends TrainingPlan {
  /** At the end of every epoch. */
  readonly evaluation: EvaluationPlan;
  /** A sample of the same, now and then within an epoch. */
  readonly probe: EvaluationPlan;
  /** Steps between probes. */
  readonly probeEvery: number;
}

export interface Evaluation {
  /** Steps done when it was made. */
  readonly step: number;
  /** "epoch": on the whole evaluation plan; "probe": on the sample. */
  readonly kind: "epoch" | "probe";
  /** [classes * classes]: row = true label, column = prediction. */
  readonly clean: readonly number[];
  readonly triggered: readonly number[] | null;
}

/** Everything a run needs to go on as if it had never been interrupted. */
export interface RunState extends TrainerState {
  /** Of every step so far. */
  readonly losses: Float32Array<ArrayBuffer>;
  readonly accuracies: Float32Array<ArrayBuffer>;
  readonly evaluations: readonly Evaluation[];
  /** Seconds spent in training steps so far. */
  readonly trainSeconds: number;
  /** Seconds and images spent in evaluations so far. */
  readonly evaluateSeconds: number;
  readonly evaluatedImages: number;
}

export interface RunProgress {
  readonly step: number;
  readonly totalSteps: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean over the steps since the last report. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Estimate for the whole rest of the run, evaluations included. */
  readonly secondsLeft: number;
}

export interface RunHooks {
  /** A few times a second. */
  readonly onProgress?: (progress: RunProgress) => void;
  readonly onEvaluation?: (evaluation: Evaluation) => void;
  /** A sentence about something that happened to the run, such as a lost device. */
  readonly onNotice?: (text: string) => void;
  /** A state worth keeping: now and then, and at each epoch's end. */
  readonly onState?: (state: RunState) => void | Promise<void>;
  /** A trainer was built, at the start and after each loss of the device. */
  readonly onTrainer?: (trainer: Trainer) => void;
  /** The run was paused, by whomever, and its state is kept. */
  readonly onRest?: () => void;
}

/** The loss was NaN or infinite. `state` is the last good one. */
export class DivergedError extends UserError {
  override name = "DivergedError";
  constructor(
    readonly step: number,
    readonly state: RunState | null,
  ) {
    super(
      `The loss or a parameter was not a finite number at step ${step}: choose a smaller learning rate. ` +
        (state ? `The state after step ${state.step} is kept.` : "Nothing was learned before it."),
    );
  }
}

const KEEP_MS = 15_000;

export class Run extends SteeredRun<Trainer> {
  private kept: RunState | null;
  /** Of every step so far, as far as they have been read. */
  losses: number[];
  private accuracies: number[];
  private evaluations: Evaluation[];
  private trainSeconds: number;
  private evaluateSeconds: number;
  private evaluatedImages: number;
  /** Train no faster than this; null: as fast as the adapter can. */
  stepsPerSecond: number | null = null;
  private segmentStart = 0;
  private lastReport = 0;
  private lastReportStep = 0;
  private lastKept = 0;
  private reader!: BookReader;
  private speed = 0;

  constructor(
    open: () => Promise<Gpu>,
    readonly plan: RunPlan,
    private readonly hooks: RunHooks = {},
    resumeFrom: RunState | null = null,
  ) {
    super(open, hooks.onNotice);
    this.kept = resumeFrom;
    this.losses = [];
    this.accuracies = [];
    this.evaluations = [];
    this.trainSeconds = this.evaluateSeconds = this.evaluatedImages = 0;
  }

  protected get totalSteps(): number {
    return this.plan.totalSteps;
  }

  protected get keptStep(): number {
    return this.kept?.step ?? 0;
  }

  /**
   * Runs to the end, or until stopped.
   * @returns the final state, and the trainer, still alive, for whatever comes next.
   * @throws DivergedError; GpuError when no device can be had any more.
   */
  async run(): Promise<{ finished: boolean; state: RunState; trainer: Trainer }> {
    return await this.outlive(async (gpu) => {
      const trainer = await Trainer.build(gpu, this.plan, this.kept?.tiling);
      this.restore(trainer);
      this.hooks.onTrainer?.(trainer);
      const finished = await this.proceed(trainer);
      return { finished, state: this.kept!, trainer };
    });
  }

  /** Puts a new trainer, and the books, where the kept state was taken. */
  private restore(trainer: Trainer): void {
    const state = this.kept;
    if (state) trainer.load(state);
    this.losses = [...(state?.losses ?? [])];
    this.accuracies = [...(state?.accuracies ?? [])];
    this.evaluations = [...(state?.evaluations ?? [])];
    this.trainSeconds = state?.trainSeconds ?? 0;
    this.evaluateSeconds = state?.evaluateSeconds ?? 0;
    this.evaluatedImages = state?.evaluatedImages ?? 0;
    this.lastReportStep = trainer.step;
    this.reader = new BookReader(trainer, (...news) => this.book(...news));
  }

  private async proceed(trainer: Trainer): Promise<boolean> {
    const { totalSteps, stepsPerEpoch, probeEvery } = this.plan;
    this.lastKept = performance.now();
    while (!this.stopping) {
      const { step } = trainer;
      const epochEnds = step % stepsPerEpoch === 0 || step === totalSteps;
      if (
        step > 0 &&
        (epochEnds || step % probeEvery === 0) &&
        this.evaluations.at(-1)?.step !== step
      ) {
        await this.evaluate(trainer, epochEnds ? "epoch" : "probe");
        if (epochEnds) await this.keep(trainer);
        continue;
      }
      if (this.brake.due(step)) {
        await this.rest(trainer);
        continue;
      }
      if (step >= totalSteps) break;
      const next = (every: number) => (Math.floor(step / every) + 1) * every;
      const goals = [next(probeEvery), next(stepsPerEpoch), totalSteps, this.brake.goal];
      await this.trainUntil(trainer, Math.min(...goals));
    }
    trainer.finishStep();
    if (this.kept?.step !== trainer.step) await this.keep(trainer);
    return trainer.step >= totalSteps && this.evaluations.at(-1)?.step === totalSteps;
  }

  private async trainUntil(trainer: Trainer, goal: number): Promise<void> {
    const start = performance.now();
    const pace = this.stepsPerSecond;
    this.segmentStart = this.lastReport = start;
    this.lastReportStep = trainer.step;
    await trainer.train(
      pace === null ? goal : Math.min(goal, trainer.step + 1),
      async () => (await this.between(trainer)) && this.stepsPerSecond === pace,
    );
    await this.reader.collect();
    this.countTime();
    if (pace !== null && !this.brake.pulled && !this.stopping) {
      const rest = start + 1000 / pace - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    }
  }

  /** Keeps the state and waits to be resumed; meanwhile the run may be stepped kernel by kernel. */
  private async rest(trainer: Trainer): Promise<void> {
    trainer.gpu.assertAlive();
    if (this.kept?.step !== trainer.step && trainer.cursor === 0) await this.keep(trainer);
    // It may have been resumed while its state was kept.
    if (!this.brake.pulled) return;
    this.hooks.onRest?.();
    await this.brake.rest(trainer);
    // Of a step that was ended kernel by kernel.
    await this.reader.collect();
  }

  /** Books the time since the segment began as time spent in training. */
  private countTime(): void {
    const now = performance.now();
    this.trainSeconds += (now - this.segmentStart) / 1000;
    this.segmentStart = now;
  }

  /** After each submit. @returns whether to go on without a rest */
  private async between(trainer: Trainer): Promise<boolean> {
    await this.reader.glance();
    if (performance.now() - this.lastKept > KEEP_MS) {
      this.countTime();
      await this.keep(trainer);
      this.segmentStart = performance.now();
    }
    return !this.stopping && !this.brake.pulled;
  }

  private book(records: readonly StepRecord[], firstBadStep: number | null): void {
    for (const { values } of records) {
      const [loss, accuracy] = values;
      this.losses.push(loss);
      this.accuracies.push(accuracy);
    }
    if (firstBadStep !== null) throw new DivergedError(firstBadStep, this.kept);
    if (records.length > 0) this.report(records.at(-1)!.step);
  }

  private report(step: number): void {
    const now = performance.now();
    const steps = step - this.lastReportStep;
    const seconds = (now - this.lastReport) / 1000;
    if (steps <= 0 || seconds <= 0) return;
    const { batch, stepsPerEpoch, totalSteps } = this.plan;
    const speed = (steps * batch) / seconds;
    this.speed = this.speed === 0 ? speed : 0.8 * this.speed + 0.2 * speed;
    this.lastReport = now;
    this.lastReportStep = step;
    const mean = (values: number[]) => values.slice(-steps).reduce((a, b) => a + b, 0) / steps;
    this.hooks.onProgress?.({
      step,
      totalSteps,
      epoch: Math.min(Math.ceil(step / stepsPerEpoch), Math.ceil(totalSteps / stepsPerEpoch)),
      epochs: Math.ceil(totalSteps / stepsPerEpoch),
      loss: mean(this.losses),
      accuracy: mean(this.accuracies),
      imagesPerSecond: this.speed,
      secondsLeft: ((totalSteps - step) * batch) / this.speed + this.evaluationsLeft(step),
    });
  }

  /** Estimated seconds of the evaluations still to come; a forward pass is about a third of a step. */
  private evaluationsLeft(step: number): number {
    const { stepsPerEpoch, totalSteps, probeEvery, evaluation, probe } = this.plan;
    const imagesOf = (plan: EvaluationPlan) => plan.clean.length + (plan.triggered?.length ?? 0);
    const epochs = Math.ceil((totalSteps - step) / stepsPerEpoch);
    const probes = Math.max(0, Math.floor((totalSteps - step) / probeEvery) - epochs);
    const images = epochs * imagesOf(evaluation) + probes * imagesOf(probe);
    const speed =
      this.evaluateSeconds > 0 ? this.evaluatedImages / this.evaluateSeconds : 3 * this.speed;
    return images / speed;
  }

  /** Evaluates, unless the run is stopped meanwhile. */
  private async evaluate(trainer: Trainer, kind: Evaluation["kind"]): Promise<void> {
    const plan = kind === "epoch" ? this.plan.evaluation : this.plan.probe;
    const start = performance.now();
    const between = () => !this.stopping;
    const clean = await trainer.evaluator.evaluate(plan.clean, between);
    const triggered = plan.triggered && (await trainer.evaluator.evaluate(plan.triggered, between));
    if (this.stopping) return;
    this.evaluateSeconds += (performance.now() - start) / 1000;
    this.evaluatedImages += plan.clean.length + (plan.triggered?.length ?? 0);
    const evaluation = {
      step: trainer.step,
      kind,
      clean: [...clean],
      triggered: triggered && [...triggered],
    };
    this.evaluations.push(evaluation);
    this.hooks.onEvaluation?.(evaluation);
  }

  /** Copies the state to the CPU: what a lost device, a NaN or a closed program goes back to. */
  private async keep(trainer: Trainer): Promise<void> {
    await this.reader.collect();
    const state = await trainer.snapshot();
    if (!state) throw new DivergedError(trainer.step, this.kept);
    this.survived();
    this.lastKept = performance.now();
    this.kept = {
      ...state,
      losses: new Float32Array(this.losses.slice(0, state.step)),
      accuracies: new Float32Array(this.accuracies.slice(0, state.step)),
      evaluations: [...this.evaluations],
      trainSeconds: this.trainSeconds,
      evaluateSeconds: this.evaluateSeconds,
      evaluatedImages: this.evaluatedImages,
    };
    await this.hooks.onState?.(this.kept);
  }
}
