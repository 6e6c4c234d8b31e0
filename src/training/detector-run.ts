/**
 * A detector's run: a trainer taken to its last step, that can be paused, stepped, stopped, resumed,
 * and that outlives the loss of its device.
 */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { DetectorTrainer, type DetectorPlan, type DetectorRecord } from "./detector-trainer.ts";
import type { TrainerState } from "./trainer.ts";

/** Everything that a run needs to go on as if it had never been interrupted. */
export interface DetectorState extends TrainerState {
  /** [step, 4] of every step, in the order of lossNames */
  readonly losses: Float32Array<ArrayBuffer>;
  readonly trainSeconds: number;
}

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

export interface DetectorPace {
  /** Steps between two marks, where it is measured; there is one at the end in any case. */
  readonly markEvery?: number;
  /** Seconds of training between two looks. */
  readonly lookEvery?: number;
  /** Seconds between two states kept. */
  readonly keepEvery?: number;
}

const REPORT_MS = 500;
/** Losses of the device in a row, without a kept state in between, that end the run. */
const MOST_LOSSES = 3;

export class DetectorRun {
  /** Each loss at every step so far, as far as they have been read, in the order of lossNames. */
  readonly series: readonly number[][] = lossNames.map(() => []);
  private kept: DetectorState | null;
  private trainer: DetectorTrainer | null = null;
  private means: number[] = [];
  private trainSeconds = 0;
  private deviceLosses = 0;
  private stopping = false;
  private paused: { readonly promise: Promise<void>; readonly go: () => void } | null = null;
  private pauseAt = Infinity;
  private resting = false;
  private awaitingRest: (() => void)[] = [];
  private lastReport = 0;
  private lastLook = 0;
  private lastKept = 0;
  /** When the training that is not yet booked as such began. */
  private counting: number | null = null;
  private marked = -1;
  /** Where this life of the run began, for its pace. */
  private first = { step: 0, seconds: 0 };

  constructor(
    private readonly open: () => Promise<Gpu>,
    readonly plan: DetectorPlan,
    private readonly hooks: DetectorHooks,
    resumeFrom: DetectorState | null,
    private readonly pace: DetectorPace = {},
  ) {
    this.kept = resumeFrom;
  }

  /** Holds the run after the submits in flight, until `resume` or `stop`. */
  pause(): void {
    if (this.paused) return;
    let go!: () => void;
    const promise = new Promise<void>((resolve) => (go = resolve));
    this.paused = { promise, go };
  }

  resume(): void {
    this.pauseAt = Infinity;
    this.paused?.go();
    this.paused = null;
  }

  /** Ends the run after the submits in flight. */
  stop(): void {
    this.stopping = true;
    this.resume();
  }

  /** Goes on, and pauses again when `step` steps are done. */
  playUntil(step: number): void {
    this.resume();
    this.pauseAt = step;
  }

  /** The trainer of a run that was paused, as soon as it rests. @throws UserError when it is over */
  async rested(): Promise<DetectorTrainer> {
    if (!this.resting) await new Promise<void>((resolve) => this.awaitingRest.push(resolve));
    if (!this.resting || !this.trainer) {
      throw new UserError("The run has ended: start another one, then step.");
    }
    return this.trainer;
  }

  /** Runs the next kernels of the step alone, not beyond its end. */
  async stepKernels(count: number): Promise<void> {
    const trainer = await this.rested();
    if (trainer.step >= this.plan.iterations) {
      throw new UserError("The run is at its end: start another one, then step.");
    }
    const most = trainer.trainStep.length - trainer.cursor;
    for (let i = 0; i < Math.min(count, most); i++) trainer.stepKernel();
    await trainer.gpu.settled();
    if (trainer.cursor === 0) await this.collect(trainer);
  }

  /**
   * Runs to the end, or until stopped.
   * @returns the trainer, still alive, and the state that it reached
   * @throws UserError when a loss is not finite; GpuError when no device can be had any more
   */
  async run(): Promise<{ trainer: DetectorTrainer; state: DetectorState; finished: boolean }> {
    try {
      return await this.untilEnd();
    } finally {
      this.resting = false;
      for (const resolve of this.awaitingRest.splice(0)) resolve();
    }
  }

  private async untilEnd() {
    for (;;) {
      const gpu = await this.open();
      try {
        const trainer = await DetectorTrainer.build(gpu, this.plan, { tiling: this.kept?.tiling });
        this.restore(trainer);
        this.hooks.onTrainer?.(trainer);
        await this.proceed(trainer);
        return { trainer, state: this.kept!, finished: trainer.step >= this.plan.iterations };
      } catch (error) {
        const lost = await gpu.confirmLost();
        gpu.destroy();
        if (!lost || ++this.deviceLosses > MOST_LOSSES) throw error;
        this.hooks.onNotice?.(
          `The GPU device was lost; the run goes on from step ${this.kept?.step ?? 0} on a new one.`,
        );
      }
    }
  }

  /** Puts a new trainer, and the books, where the kept state was taken. */
  private restore(trainer: DetectorTrainer): void {
    const state = this.kept;
    if (state) trainer.load(state);
    this.trainer = trainer;
    for (const losses of this.series) losses.length = 0;
    this.means = [];
    this.book([...(state?.losses ?? [])]);
    this.trainSeconds = state?.trainSeconds ?? 0;
    this.first = { step: trainer.step, seconds: this.trainSeconds };
    this.lastKept = this.lastLook = performance.now();
  }

  private async proceed(trainer: DetectorTrainer): Promise<void> {
    const { iterations } = this.plan;
    const { markEvery = Infinity } = this.pace;
    while (!this.stopping) {
      if (trainer.step >= this.pauseAt) {
        this.pauseAt = Infinity;
        this.pause();
      }
      if (this.paused) {
        await this.rest(trainer);
        continue;
      }
      if (trainer.step >= iterations) break;
      const mark = (Math.floor(trainer.step / markEvery) + 1) * markEvery || Infinity;
      this.counting = performance.now();
      await trainer.train(
        Math.min(iterations, mark, this.pauseAt),
        async () => await this.between(trainer),
      );
      await this.collect(trainer);
      this.count();
      await this.keepWhenDue(trainer);
      if (trainer.step % markEvery === 0) await this.mark(trainer);
      else if (this.wantsLook) await this.hooks.onRest?.(trainer, "look");
      if (this.wantsLook) this.lastLook = performance.now();
    }
    trainer.finishStep();
    if (this.kept?.step !== trainer.step) await this.keep(trainer);
    await this.mark(trainer);
  }

  private async mark(trainer: DetectorTrainer): Promise<void> {
    if (this.marked === trainer.step) return;
    this.marked = trainer.step;
    await this.hooks.onRest?.(trainer, "mark");
  }

  /** Asks for a look as soon as the submits in flight are done. */
  requestLook(): void {
    this.lastLook = -Infinity;
  }

  private get wantsLook(): boolean {
    const { lookEvery = Infinity } = this.pace;
    return this.lastLook === -Infinity || performance.now() - this.lastLook > 1000 * lookEvery;
  }

  /** After each submit. @returns whether to go on without a rest */
  private async between(trainer: DetectorTrainer): Promise<boolean> {
    const now = performance.now();
    if (now - this.lastReport > REPORT_MS || trainer.unread > DetectorTrainer.capacity) {
      await this.collect(trainer);
    }
    return !this.stopping && !this.paused && !this.wantsLook && !this.keepDue;
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
    await this.hooks.onRest?.(trainer, "pause");
    // It may have been resumed meanwhile.
    if (!this.paused) return;
    this.resting = true;
    for (const resolve of this.awaitingRest.splice(0)) resolve();
    await Promise.race([this.paused.promise, trainer.gpu.device.lost]);
    this.resting = false;
  }

  private async collect(trainer: DetectorTrainer): Promise<void> {
    const { records, firstBadStep } = await trainer.readRecords();
    if (firstBadStep !== null) throw notFinite(firstBadStep, this.kept);
    this.lastReport = performance.now();
    if (records.length === 0) return;
    this.book(records.flatMap(({ losses }: DetectorRecord) => [...losses]));
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
    return performance.now() - this.lastKept > 1000 * (this.pace.keepEvery ?? 60);
  }

  private async keepWhenDue(trainer: DetectorTrainer): Promise<void> {
    if (this.keepDue) await this.keep(trainer);
  }

  /** Copies the state to the CPU: what a lost device, a NaN or a closed program goes back to. */
  private async keep(trainer: DetectorTrainer): Promise<void> {
    const state = await trainer.snapshot();
    if (!state) throw notFinite(trainer.step, this.kept);
    this.deviceLosses = 0;
    this.lastKept = performance.now();
    const losses = Float32Array.from(
      { length: lossNames.length * state.step },
      (_, i) => this.series[i % lossNames.length][Math.floor(i / lossNames.length)],
    );
    this.kept = { ...state, losses, trainSeconds: this.trainSeconds };
    await this.hooks.onState?.(this.kept);
  }
}

function notFinite(step: number, kept: DetectorState | null): UserError {
  return new UserError(
    `A loss or a parameter was not a finite number at step ${step}; ` +
      `${kept ? `the state after step ${kept.step} is kept` : "nothing was learned before it"}. Try another seed.`,
  );
}
