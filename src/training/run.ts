/**
 * A run: a trainer taken to its last step, with evaluations on the way, that can be paused, stepped, slowed down,
 * stopped and resumed, and that goes on after the loss of its device.
 */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { MetricsReader } from "./metrics-reader.ts";
import { PauseGate } from "./pause-gate.ts";
import { ProgressMeter } from "./progress-meter.ts";
import type { Progress, RunEvaluation, RunState, RunTask } from "./run-task.ts";
import type { StepRecord, StepTrainer } from "./step-trainer.ts";

export type { Progress, RunEvaluation, RunState, RunTask } from "./run-task.ts";

export interface RunHooks<T extends StepTrainer, E extends RunEvaluation> {
  /** A trainer was built, at the start and after each loss of the device. */
  readonly onTrainer?: (trainer: T) => void;
  /** A few times a second. */
  readonly onProgress?: (progress: Progress) => void;
  readonly onEvaluation?: (evaluation: E) => void;
  /** A state was copied to the CPU: now and then, at each epoch's end, when the run rests, and at its end. */
  readonly onState?: (state: RunState<E>) => void | Promise<void>;
  /** The run was paused, by whomever, and its state is saved. */
  readonly onRest?: () => void;
  /** A sentence about something that happened to the run, such as a lost device. */
  readonly onNotice?: (text: string) => void;
}

/** A metric or a parameter was NaN or infinite. `state` is the last good one. */
export class DivergedError<E extends RunEvaluation> extends UserError {
  override name = "DivergedError";
  constructor(
    readonly step: number,
    readonly state: RunState<E> | null,
    remedy: string,
  ) {
    super(
      `The loss or a parameter was not a finite number at step ${step}: ${remedy}. ` +
        (state
          ? `The last good state is that after step ${state.step}.`
          : "Nothing was learned before it."),
    );
  }
}

/** Losses of the device in a row, without a saved state in between, that end the run. */
const MOST_LOSSES = 5;

export class Run<T extends StepTrainer, E extends RunEvaluation> {
  /** Each of the task's metrics at every step so far, as far as they have been read. */
  readonly metrics: readonly number[][];
  /** Train no faster than this; null: as fast as the adapter can. */
  stepsPerSecond: number | null = null;
  private readonly gate = new PauseGate<T>();
  private readonly meter: ProgressMeter;
  private stopping = false;
  private deviceLosses = 0;
  private trainer: T | null = null;
  private reader!: MetricsReader;
  private evaluations: E[] = [];
  private trainSeconds = 0;
  private evaluateSeconds = 0;
  private evaluatedImages = 0;
  /** When the training began that is not yet counted as such; null while nothing is trained. */
  private trainingSince: number | null = null;
  private savedAt = 0;
  private cut = false;

  /**
   * @param open a device, or a scope of one; called again when it was lost
   * @param saved the state to go on from; later the last one that was saved
   * @throws UserError where it lies beyond the run's end
   */
  constructor(
    private readonly open: () => Promise<Gpu>,
    readonly task: RunTask<T, E>,
    private readonly hooks: RunHooks<T, E> = {},
    private saved: RunState<E> | null = null,
  ) {
    if (saved && saved.step > task.totalSteps) {
      throw new UserError(
        `The state to go on from is of step ${saved.step}, but its recipe has only ${task.totalSteps} steps: ` +
          "give the file as it was saved, or begin a new run.",
      );
    }
    this.metrics = task.metrics.map(() => []);
    this.meter = new ProgressMeter(task);
  }

  /** Holds the run after the submits in flight, or the evaluation under way, until `resume` or `stop`. */
  pause(): void {
    this.gate.close();
  }

  resume(): void {
    this.gate.open();
  }

  /** Resumes, and pauses again when `step` steps are done in all; the last step of all ends the run. */
  playUntil(step: number): void {
    this.gate.open(step);
  }

  /** Ends the run after the submits in flight. */
  stop(): void {
    this.stopping = true;
    this.gate.open();
  }

  /**
   * Waits for a pause that was asked for.
   * @throws UserError when none was, or the run ends before it rests
   */
  async rested(): Promise<T> {
    return await this.gate.rested();
  }

  /**
   * Runs the next `count` kernels of the step alone, not beyond its end. With a step that they end comes what is
   * due there; then the run rests again, unless it was the last step, which ends the run.
   * @throws UserError when the run is not paused
   */
  async stepKernels(count: number): Promise<void> {
    const trainer = await this.gate.rested();
    const most = trainer.trainStep.length - trainer.cursor;
    for (let i = 0; i < Math.min(count, most); i++) trainer.stepKernel();
    await trainer.gpu.settled();
    if (trainer.cursor > 0) return;
    this.gate.open();
    this.gate.close();
    await this.gate.restedOrEnded();
  }

  /**
   * Runs to the end, or until stopped; after a loss of the device on a new one, from the last saved state.
   * @returns the final state, and the trainer, still alive, for whatever comes next.
   * @throws DivergedError; GpuError when no device can be had any more.
   */
  async run(): Promise<{ finished: boolean; state: RunState<E>; trainer: T }> {
    try {
      for (;;) {
        const gpu = await this.open();
        try {
          return await this.runOn(gpu);
        } catch (error) {
          const lost = await gpu.confirmLost();
          gpu.destroy();
          if (!lost || ++this.deviceLosses > MOST_LOSSES) throw error;
          this.hooks.onNotice?.(
            `${gpu.lossText}; the run goes on from step ${this.saved?.step ?? 0} on a new one.`,
          );
        }
      }
    } finally {
      this.gate.end();
    }
  }

  /** Ends an evaluation of everything that `evaluateNow` makes. */
  cutShort(): void {
    this.cut = true;
  }

  /** Seconds that an evaluation of everything takes, from those that were made; null before the first. */
  get evaluationSeconds(): number | null {
    const { evaluateSeconds, evaluatedImages, task } = this;
    return evaluatedImages === 0
      ? null
      : (evaluateSeconds / evaluatedImages) * task.evaluationImages.epoch;
  }

  /**
   * Evaluates everything where the run has stopped, or rests between two steps, unless that was done there. The run's
   * own course does not hold this evaluation: one that goes on from its state would not make it there.
   * @returns the last saved state with that evaluation; null where it was cut short
   */
  async evaluateNow(): Promise<RunState<E> | null> {
    const { trainer, saved: state } = this;
    if (!trainer || trainer.cursor > 0 || state?.step !== trainer.step)
      throw new Error("the run has neither ended nor rests between two steps");
    const last = state.evaluations.at(-1);
    if (last?.kind === "epoch" && last.step === state.step) return state;
    const { evaluation, seconds } = await this.timedEvaluation(trainer, "epoch", () => !this.cut);
    if (!evaluation || this.cut) return null;
    this.hooks.onEvaluation?.(evaluation);
    return {
      ...state,
      evaluations: [...state.evaluations, evaluation],
      evaluateSeconds: state.evaluateSeconds + seconds,
      evaluatedImages: state.evaluatedImages + this.task.evaluationImages.epoch,
    };
  }

  private async runOn(gpu: Gpu): Promise<{ finished: boolean; state: RunState<E>; trainer: T }> {
    const trainer = await this.task.build(gpu, this.saved?.tiling);
    this.restore(trainer);
    this.hooks.onTrainer?.(trainer);
    const finished = await this.proceed(trainer);
    return { finished, state: this.saved!, trainer };
  }

  /** Puts a new trainer, and what the run has recorded, where the last state was saved. */
  private restore(trainer: T): void {
    const state = this.saved;
    if (state) trainer.load(state);
    this.trainer = trainer;
    for (const [i, values] of this.metrics.entries()) {
      values.length = 0;
      for (const value of state?.metrics[i] ?? []) values.push(value);
    }
    this.evaluations = [...(state?.evaluations ?? [])];
    this.trainSeconds = state?.trainSeconds ?? 0;
    this.evaluateSeconds = state?.evaluateSeconds ?? 0;
    this.evaluatedImages = state?.evaluatedImages ?? 0;
    this.trainingSince = null;
    this.meter.begin(trainer.step);
    this.reader = new MetricsReader(trainer, (...news) => this.take(...news));
  }

  /** @returns whether the run came to its end */
  private async proceed(trainer: T): Promise<boolean> {
    const { totalSteps, stepsPerEpoch, probeEvery } = this.task;
    this.savedAt = performance.now();
    while (!this.stopping) {
      const { step } = trainer;
      const kind = trainer.cursor === 0 ? this.evaluationDue(step) : null;
      if (kind) {
        const first = kind === "epoch" && this.task.savesBefore;
        if (first && this.saved?.step !== step) await this.save(trainer);
        await this.evaluate(trainer, kind);
        continue;
      }
      if (step >= totalSteps) break;
      if (this.gate.due(step)) {
        await this.rest(trainer);
        continue;
      }
      const next = (every: number) => (Math.floor(step / every) + 1) * every;
      const goals = [next(probeEvery), next(stepsPerEpoch), totalSteps, this.gate.goal];
      await this.trainUntil(trainer, Math.min(...goals));
    }
    trainer.finishStep();
    if (this.saved?.step !== trainer.step) await this.save(trainer);
    return trainer.step >= totalSteps && this.evaluations.at(-1)?.step === totalSteps;
  }

  /** The kind of evaluation that is due after so many steps; null: none, or it was made. */
  private evaluationDue(step: number): RunEvaluation["kind"] | null {
    if (step === 0 || this.evaluations.at(-1)?.step === step) return null;
    const { totalSteps, stepsPerEpoch, probeEvery } = this.task;
    if (step % stepsPerEpoch === 0 || step === totalSteps) return "epoch";
    return step % probeEvery === 0 ? "probe" : null;
  }

  private async trainUntil(trainer: T, goal: number): Promise<void> {
    const start = performance.now();
    const pace = this.stepsPerSecond;
    this.trainingSince = start;
    this.meter.begin(trainer.step);
    await trainer.train(
      pace === null ? goal : Math.min(goal, trainer.step + 1),
      async () => (await this.between(trainer)) && this.stepsPerSecond === pace,
    );
    await this.reader.collect();
    this.countTraining();
    this.trainingSince = null;
    if (pace !== null && !this.gate.closed && !this.stopping) {
      const rest = start + 1000 / pace - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    }
  }

  /** After each submit. @returns whether to go on without a rest */
  private async between(trainer: T): Promise<boolean> {
    await this.reader.glance();
    if (performance.now() - this.savedAt > 1000 * this.task.saveEvery) {
      this.countTraining();
      await this.save(trainer);
      this.trainingSince = performance.now();
    }
    return !this.stopping && !this.gate.closed;
  }

  /** Counts the time since training began, or was last counted. */
  private countTraining(): void {
    const now = performance.now();
    this.trainSeconds += (now - (this.trainingSince ?? now)) / 1000;
    this.trainingSince = now;
  }

  /** Saves the state and waits to be resumed; meanwhile the run may be stepped kernel by kernel. */
  private async rest(trainer: T): Promise<void> {
    trainer.gpu.assertAlive();
    if (this.saved?.step !== trainer.step && trainer.cursor === 0) await this.save(trainer);
    // It may have been resumed while its state was saved.
    if (!this.gate.closed) return;
    this.hooks.onRest?.();
    await this.gate.rest(trainer);
    // Of a step that was ended kernel by kernel.
    await this.reader.collect();
  }

  private take(records: readonly StepRecord[], firstBadStep: number | null): void {
    for (const { values } of records) {
      for (const [i, own] of this.metrics.entries()) own.push(values[i]);
    }
    if (firstBadStep !== null) throw this.diverged(firstBadStep);
    if (records.length === 0) return;
    const spent = { seconds: this.evaluateSeconds, images: this.evaluatedImages };
    const timed = this.trainingSince !== null;
    const progress = this.meter.report(records.at(-1)!.step, this.metrics, timed, spent);
    if (progress) this.hooks.onProgress?.(progress);
  }

  private diverged(step: number): DivergedError<E> {
    return new DivergedError(step, this.saved, this.task.ifDiverged);
  }

  /** Evaluates, unless the run is stopped meanwhile. */
  private async evaluate(trainer: T, kind: RunEvaluation["kind"]): Promise<void> {
    const { evaluation, seconds } = await this.timedEvaluation(trainer, kind, () => !this.stopping);
    if (!evaluation || this.stopping) return;
    this.evaluateSeconds += seconds;
    this.evaluatedImages += this.task.evaluationImages[kind];
    this.evaluations.push(evaluation);
    this.hooks.onEvaluation?.(evaluation);
    if (kind === "epoch") await this.save(trainer);
  }

  private async timedEvaluation(
    trainer: T,
    kind: RunEvaluation["kind"],
    between: () => boolean,
  ): Promise<{ evaluation: E | null; seconds: number }> {
    const start = performance.now();
    const evaluation = await this.task.evaluate(trainer, kind, between);
    return { evaluation, seconds: (performance.now() - start) / 1000 };
  }

  /** Copies the state to the CPU: what a lost device, a NaN or a closed program goes back to. */
  private async save(trainer: T): Promise<void> {
    await this.reader.collect();
    const state = await trainer.snapshot();
    if (!state) throw this.diverged(trainer.step);
    this.deviceLosses = 0;
    this.savedAt = performance.now();
    this.saved = {
      ...state,
      metrics: this.metrics.map((values) => new Float32Array(values.slice(0, state.step))),
      evaluations: [...this.evaluations],
      trainSeconds: this.trainSeconds,
      evaluateSeconds: this.evaluateSeconds,
      evaluatedImages: this.evaluatedImages,
    };
    await this.hooks.onState?.(this.saved);
  }
}
