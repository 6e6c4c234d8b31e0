/** One run as the engine keeps it: the Run itself, its history in the form the page shows, its past. */
import { UserError } from "../errors.ts";
import type { AdapterReport } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import {
  isActive,
  type History,
  type Phase,
  type Progress,
  type RunView,
  type StepUnit,
} from "../studies/port.ts";
import { layerAhead, viewDispatches } from "../studies/step-view.ts";
import type { EndedRun, Savable, StudyTypes } from "../studies/study.ts";
import { madeWith, type MadeWith } from "../training/made-with.ts";
import {
  DivergedError,
  Run,
  type RunEvaluation,
  type RunHooks,
  type RunState,
} from "../training/run.ts";
import { LossCurve } from "../studies/loss-curve.ts";

/** Memory for states to go back to, and how many there are at most. */
const MOST_STATE_BYTES = 256 * 2 ** 20;
const MOST_STATES = 16;

export interface JobOptions<T extends StudyTypes> {
  readonly planned: T["planned"];
  readonly open: () => Promise<Gpu>;
  readonly resumeFrom: RunState<T["evaluation"]> | null;
  /** States of an earlier course of the same run. */
  readonly past?: ReadonlyMap<number, RunState<T["evaluation"]>>;
  /** Begin with a pause. */
  readonly paused?: boolean;
  /** Something that `view` shows is different now. */
  readonly onChange: () => void;
  readonly onNotice: (text: string) => void;
  /** A state worth keeping on disk. */
  readonly onState: (state: RunState<T["evaluation"]>) => void;
  /** The device was lost, and a trainer stands on another. */
  readonly onDevice: () => void;
}

export class Job<T extends StudyTypes> {
  phase: Phase = "starting";
  /** Null before there is one, and after what it had on the device is gone. */
  trainer: T["trainer"] | null = null;
  /** The latest state on the CPU. */
  state: RunState<T["evaluation"]> | null;
  /** States to go back to, by step. */
  readonly past: Map<number, RunState<T["evaluation"]>>;
  private readonly run: Run<T["trainer"], T["evaluation"]>;
  private readonly curves: readonly LossCurve[];
  /** Of the device that it trains, or has trained, on. */
  adapter: AdapterReport | null = null;
  private made: Promise<MadeWith> | null = null;
  private progress: Progress | null = null;
  private evaluations: readonly T["evaluation"][];
  private details: T["details"] | null = null;
  /** A stopped run's state with a measurement of its last step, which a run going on would not make. */
  private concluded: RunState<T["evaluation"]> | null = null;
  private failure: string | null = null;
  /** Settles when the run has ended, in whatever way. */
  private ended: Promise<void> | null = null;
  private abandoned = false;

  constructor(private readonly options: JobOptions<T>) {
    const { planned, resumeFrom } = options;
    this.state = resumeFrom;
    this.evaluations = resumeFrom?.evaluations ?? [];
    this.past = new Map(options.past);
    if (resumeFrom) this.past.set(resumeFrom.step, resumeFrom);
    const { task } = planned;
    this.curves = task.metrics.map(() => new LossCurve(task.totalSteps));
    this.run = new Run(options.open, task, this.hooks(), resumeFrom);
    if (options.paused) this.run.pause();
  }

  /** What a file of it says beside its values. */
  get savable(): Savable<T> {
    const { planned, adapter } = this;
    return { recipe: planned.recipe, origin: planned.origin, adapter };
  }

  private hooks(): RunHooks<T["trainer"], T["evaluation"]> {
    const { onChange, onNotice, onState, onDevice } = this.options;
    return {
      onTrainer: (trainer) => {
        const again = this.made !== null;
        this.began(trainer);
        if (again) onDevice();
      },
      onProgress: (progress) => {
        this.progress = progress;
        onChange();
      },
      onEvaluation: (evaluation) => this.measured([...this.evaluations, evaluation]),
      onNotice,
      onState: (state) => {
        this.remember(state);
        onState(state);
        onChange();
      },
      onRest: () => {
        this.phase = "paused";
        onChange();
      },
    };
  }

  /** Runs to an end of whatever kind; never rejects. */
  async perform(): Promise<void> {
    this.ended = this.toTheEnd();
    await this.ended;
  }

  private async toTheEnd(): Promise<void> {
    try {
      const { finished, state } = await this.run.run();
      this.remember(state);
      if (finished) this.concluded = state;
      else if (state.step > 0 && !this.abandoned) this.concluded = await this.run.evaluateNow();
      this.phase = finished ? "finished" : "stopped";
    } catch (error) {
      if (error instanceof DivergedError) this.state = error.state ?? this.state;
      // Only what is meant for people is shown as it is; the rest must not pass unseen either.
      if (!(error instanceof UserError)) console.error(error);
      this.failure = error instanceof Error ? error.message : String(error);
      this.phase = "failed";
      this.close();
    }
    this.options.onChange();
  }

  pause(): void {
    if (this.phase !== "training" && this.phase !== "starting") return;
    this.run.pause();
    this.phase = "paused";
    this.options.onChange();
  }

  resume(): void {
    if (this.phase !== "paused") return;
    this.run.resume();
    this.phase = "training";
    this.options.onChange();
  }

  stop(): void {
    if (!isActive(this.phase)) return;
    // Asked once more, it ends without its last measurement.
    if (this.phase === "measuring") this.run.cutShort();
    this.run.stop();
    this.phase = "measuring";
    this.options.onChange();
  }

  /** Ends the run without a word, to go on from another state. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    this.run.stop();
    await this.ended;
  }

  /** Slows the run down to so many steps a second; null: as fast as it goes. */
  setPace(stepsPerSecond: number | null): void {
    this.run.stepsPerSecond = stepsPerSecond;
    this.options.onChange();
  }

  /**
   * Goes one unit on and rests again; the last step ends the run.
   * @throws UserError when the run is over
   */
  async step(unit: StepUnit): Promise<void> {
    if (!isActive(this.phase) || this.phase === "measuring") {
      throw new UserError("The run is over: rewind it first, then step.");
    }
    if (this.phase !== "paused") this.pause();
    // What it stands at is known when it rests.
    const trainer = await this.run.rested();
    const { trainStep, cursor, step } = trainer;
    if (unit === "kernel") await this.run.stepKernels(1);
    else if (unit === "layer") {
      await this.run.stepKernels(layerAhead(viewDispatches(trainStep), cursor));
    } else if (unit === "batch" && cursor > 0) await this.run.stepKernels(trainStep.length);
    else {
      const { stepsPerEpoch } = this.planned.task;
      this.phase = "training";
      this.run.playUntil(
        unit === "batch" ? step + 1 : (Math.floor(step / stepsPerEpoch) + 1) * stepsPerEpoch,
      );
    }
    this.options.onChange();
  }

  get planned(): T["planned"] {
    return this.options.planned;
  }

  /** Steps submitted, or of the latest state where there is no trainer. */
  get steps(): number {
    return this.trainer?.step ?? this.state?.step ?? 0;
  }

  /** The latest state, with the measurement that a stopped run ends with. */
  get measuredState(): RunState<T["evaluation"]> | null {
    return this.concluded ?? this.state;
  }

  /** Frees what the run has on the device; what it has recorded stays. */
  close(): void {
    this.trainer?.gpu.destroy();
    this.trainer = null;
  }

  view(): RunView<T> {
    const { recipe, task } = this.planned;
    const { phase, trainer, progress, failure } = this;
    return {
      phase,
      recipe,
      step: this.run.metrics[0].length,
      totalSteps: task.totalSteps,
      stepsPerEpoch: task.stepsPerEpoch,
      progress,
      keptStep: this.state?.step ?? null,
      rewindable: [...new Set([0, ...this.past.keys()])].sort((a, b) => a - b),
      pace: this.run.stepsPerSecond,
      stepping:
        phase === "paused" && trainer
          ? { dispatches: viewDispatches(trainer.trainStep), cursor: trainer.cursor }
          : null,
      failure,
      measureSeconds: this.run.evaluationSeconds,
    };
  }

  history(): History<T> {
    const { task } = this.planned;
    const { metrics } = this.run;
    this.curves.forEach((curve, i) => curve.update(metrics[i]));
    this.details ??= this.planned.details(this.evaluations);
    return {
      step: metrics[0].length,
      totalSteps: task.totalSteps,
      stepsPerEpoch: task.stepsPerEpoch,
      metrics: this.curves.map((curve) => curve.view()),
      details: this.details!,
    };
  }

  /** What the run came to. @throws UserError while it goes on */
  async outcome(): Promise<EndedRun<T>> {
    const { planned, concluded: state } = this;
    if (isActive(this.phase) || !state || !this.made) {
      throw new UserError(
        "There is no result yet: finish the run, or stop it and let it be measured.",
      );
    }
    return { planned, made: await this.made, state };
  }

  /** Keeps a state to go back to; ends of epochs outlive what lies between them. */
  private remember(state: RunState<T["evaluation"]>): void {
    this.state = state;
    this.past.set(state.step, state);
    while (this.past.size > mostStates(state)) {
      const { stepsPerEpoch } = this.planned.task;
      const steps = [...this.past.keys()].filter((step) => step !== state.step);
      steps.sort((a, b) => a - b);
      const between = steps.find((step) => step % stepsPerEpoch !== 0);
      // Every second epoch, counted from the first, once there is nothing else.
      this.past.delete(between ?? steps[Math.floor(steps.length / 2)]);
    }
  }

  /** A trainer stands ready: at the start, and anew after each loss of the device. */
  private began(trainer: T["trainer"]): void {
    this.trainer = trainer;
    this.adapter = trainer.gpu.adapter;
    this.made = madeWith(trainer);
    if (this.phase === "starting") this.phase = "training";
    this.measured(this.state?.evaluations ?? []);
  }

  private measured(evaluations: readonly T["evaluation"][]): void {
    this.evaluations = evaluations;
    this.details = null;
    this.options.onChange();
  }
}

/** States of this size that may be remembered. */
function mostStates({ parameters, optimiser }: RunState<RunEvaluation>): number {
  const parts = [...parameters.values(), ...optimiser.values()];
  const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return Math.max(1, Math.min(MOST_STATES, Math.floor(MOST_STATE_BYTES / bytes)));
}
