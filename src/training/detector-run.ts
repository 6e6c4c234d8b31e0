/**
 * A detector's run: a trainer taken to its last step, that can be paused, stepped, stopped, resumed,
 * and that outlives the loss of its device.
 */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { MetricsReader } from "./metrics-reader.ts";
import type { DetectorEvaluation } from "./detection.ts";
import { DetectorTrainer, type DetectorPlan } from "./detector-trainer.ts";
import { SteeredRun } from "./steered-run.ts";
import type { RunState } from "./run.ts";
import type { StepRecord } from "./step-trainer.ts";

/** Everything that a run needs to go on as if it had never been interrupted. */
export type DetectorState = RunState<DetectorEvaluation>;

export interface DetectorProgress {
  readonly step: number;
  readonly iterations: number;
  /** Means that forget, in the order of lossNames. */
  readonly losses: readonly number[];
  readonly secondsLeft: number | null;
}

export interface DetectorHooks {
  /** A trainer stands ready: at the start, and anew after each loss of the device. */
  readonly onTrainer?: (trainer: DetectorTrainer) => void;
  readonly onProgress?: (progress: DetectorProgress) => void;
  readonly onState?: (state: DetectorState) => void | Promise<void>;
  /** Nothing is in flight: the trainer may be asked to detect. Called between steps, and at the end. */
  readonly onRest?: (trainer: DetectorTrainer, why: Rest) => void | Promise<void>;
  readonly onNotice?: (text: string) => void;
}

/** Why a run rests: for a look at its pictures, a measurement, or because it was paused. */
export type Rest = "look" | "mark" | "pause";

export interface DetectorRunOptions {
  /** Steps between two marks, where it is measured; there is one at the end in any case. */
  readonly markEvery?: number;
  /** Seconds of training between two looks. */
  readonly lookEvery?: number;
  /** Seconds between two states kept. */
  readonly keepEvery?: number;
  /** See DetectorBuild. */
  readonly sharesMemory?: boolean;
}

export class DetectorRun extends SteeredRun<DetectorTrainer> {
  /** Each loss at every step so far, as far as they have been read, in the order of lossNames. */
  readonly series: readonly number[][] = lossNames.map(() => []);
  private kept: DetectorState | null;
  private means: number[] = [];
  private trainSeconds = 0;
  private reader!: MetricsReader;
  private lastLook = 0;
  private lastKept = 0;
  /** When the training that is not yet booked as such began. */
  private counting: number | null = null;
  private marked = -1;
  /** Where this life of the run began, for its pace. */
  private first = { step: 0, seconds: 0 };

  constructor(
    open: () => Promise<Gpu>,
    readonly plan: DetectorPlan,
    private readonly hooks: DetectorHooks,
    resumeFrom: DetectorState | null,
    private readonly options: DetectorRunOptions = {},
  ) {
    super(open, hooks.onNotice);
    this.kept = resumeFrom;
  }

  protected get totalSteps(): number {
    return this.plan.iterations;
  }

  protected get keptStep(): number {
    return this.kept?.step ?? 0;
  }

  /**
   * Runs to the end, or until stopped.
   * @returns the trainer, still alive, and the state that it reached
   * @throws UserError when a loss is not finite; GpuError when no device can be had any more
   */
  async run(): Promise<{ trainer: DetectorTrainer; state: DetectorState; finished: boolean }> {
    return await this.outlive(async (gpu) => {
      const { tiling } = this.kept ?? {};
      const { sharesMemory } = this.options;
      const trainer = await DetectorTrainer.build(gpu, this.plan, { tiling, sharesMemory });
      this.restore(trainer);
      this.hooks.onTrainer?.(trainer);
      await this.proceed(trainer);
      return { trainer, state: this.kept!, finished: trainer.step >= this.plan.iterations };
    });
  }

  /** Puts a new trainer, and the books, where the kept state was taken. */
  private restore(trainer: DetectorTrainer): void {
    const state = this.kept;
    if (state) trainer.load(state);
    this.reader = new MetricsReader(trainer, (...news) => this.read(...news));
    for (const losses of this.series) losses.length = 0;
    this.means = [];
    for (let i = 0; i < (state?.step ?? 0); i++) {
      this.book(state!.metrics.map((values) => values[i]));
    }
    this.trainSeconds = state?.trainSeconds ?? 0;
    this.first = { step: trainer.step, seconds: this.trainSeconds };
    // Its beginning is not worth a measurement; whether a kept state was measured is not known.
    this.marked = trainer.step === 0 ? 0 : -1;
    this.lastKept = this.lastLook = performance.now();
  }

  private async proceed(trainer: DetectorTrainer): Promise<void> {
    const { iterations } = this.plan;
    const { markEvery = Infinity } = this.options;
    while (!this.stopping) {
      const { step } = trainer;
      // A step that was begun kernel by kernel goes to its end first.
      const between = trainer.cursor === 0;
      if (between && this.keepDue) await this.keep(trainer);
      if (between && step % markEvery === 0) await this.mark(trainer);
      if (this.gate.due(step)) {
        await this.rest(trainer);
        continue;
      }
      if (step >= iterations) break;
      if (between && this.wantsLook) await this.look(trainer);
      const mark = (Math.floor(step / markEvery) + 1) * markEvery || Infinity;
      this.counting = performance.now();
      await trainer.train(
        Math.min(iterations, mark, this.gate.goal),
        async () => await this.between(),
      );
      await this.reader.collect();
      this.count();
    }
    trainer.finishStep();
    if (this.kept?.step !== trainer.step) await this.keep(trainer);
    await this.mark(trainer);
  }

  /** Measures, once for each step. */
  private async mark(trainer: DetectorTrainer): Promise<void> {
    if (this.marked === trainer.step) return;
    this.marked = trainer.step;
    await this.hooks.onRest?.(trainer, "mark");
    this.lastLook = performance.now();
  }

  private async look(trainer: DetectorTrainer): Promise<void> {
    await this.hooks.onRest?.(trainer, "look");
    this.lastLook = performance.now();
  }

  /** Asks for a look as soon as the submits in flight are done. */
  requestLook(): void {
    this.lastLook = -Infinity;
  }

  private get wantsLook(): boolean {
    const { lookEvery = Infinity } = this.options;
    return this.lastLook === -Infinity || performance.now() - this.lastLook > 1000 * lookEvery;
  }

  /** After each submit. @returns whether to go on without a rest */
  private async between(): Promise<boolean> {
    await this.reader.glance();
    return !this.stopping && !this.gate.closed && !this.wantsLook && !this.keepDue;
  }

  /** Books the time since it was last asked as time spent in training. */
  private count(): void {
    const now = performance.now();
    if (this.counting !== null) this.trainSeconds += (now - this.counting) / 1000;
    this.counting = null;
  }

  private async rest(trainer: DetectorTrainer): Promise<void> {
    trainer.gpu.assertAlive();
    if (trainer.cursor === 0 && this.kept?.step !== trainer.step) await this.keep(trainer);
    // It may have been resumed while its state was kept.
    if (!this.gate.closed) return;
    await this.hooks.onRest?.(trainer, "pause");
    await this.gate.rest(trainer);
    // Of a step that was ended kernel by kernel.
    await this.reader.collect();
  }

  private read(records: readonly StepRecord[], firstBadStep: number | null): void {
    if (firstBadStep !== null) throw notFinite(firstBadStep, this.kept);
    if (records.length === 0) return;
    this.book(records.flatMap(({ values }) => values));
    const { step } = records.at(-1)!;
    const { iterations } = this.plan;
    const running = this.counting === null ? 0 : (performance.now() - this.counting) / 1000;
    const each =
      (this.trainSeconds + running - this.first.seconds) / Math.max(1, step - this.first.step);
    // Steps that were taken one by one say nothing of its pace.
    const secondsLeft = each > 0 ? each * (iterations - step) : null;
    this.hooks.onProgress?.({ step, iterations, losses: [...this.means], secondsLeft });
  }

  private book(values: readonly number[]): void {
    for (const [i, value] of values.entries()) {
      const slot = i % lossNames.length;
      const losses = this.series[slot];
      losses.push(value);
      // A mean that forgets; the first records weigh as much as they are.
      const mean = this.means[slot] ?? 0;
      this.means[slot] = mean + Math.max(0.01, 1 / losses.length) * (value - mean);
    }
  }

  private get keepDue(): boolean {
    return performance.now() - this.lastKept > 1000 * (this.options.keepEvery ?? 60);
  }

  /** Copies the state to the CPU: what a lost device, a NaN or a closed program goes back to. */
  private async keep(trainer: DetectorTrainer): Promise<void> {
    // A step that was ended kernel by kernel may not be in the books yet.
    await this.reader.collect();
    const state = await trainer.snapshot();
    if (!state) throw notFinite(trainer.step, this.kept);
    this.survived();
    this.lastKept = performance.now();
    this.kept = {
      ...state,
      metrics: this.series.map((values) => new Float32Array(values.slice(0, state.step))),
      evaluations: [],
      trainSeconds: this.trainSeconds,
      evaluateSeconds: 0,
      evaluatedImages: 0,
    };
    await this.hooks.onState?.(this.kept);
  }
}

function notFinite(step: number, kept: DetectorState | null): UserError {
  return new UserError(
    `A loss or a parameter was not a finite number at step ${step}; ` +
      `${kept ? `the state after step ${kept.step} is kept` : "no state was kept before it"}. Try another seed.`,
  );
}
