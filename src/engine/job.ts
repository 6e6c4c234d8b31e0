/** One run as the engine keeps it: the Run itself, its books in the form the page shows, its past. */
import type { DigitData } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import type { AdapterReport } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { digitNet } from "../models/digit-net.ts";
import {
  digitResult,
  madeWith,
  measure,
  type DigitResult,
  type MadeWith,
} from "../studies/digits/result.ts";
import { digitTask, type DigitPlan } from "../studies/digits/plan.ts";
import type { DigitRecipe } from "../studies/digits/recipe.ts";
import { encodeCheckpoint } from "../files/checkpoint.ts";
import type { Evaluation } from "../training/evaluator.ts";
import { DivergedError, Run, type Progress, type RunState } from "../training/run.ts";
import type { Trainer } from "../training/trainer.ts";
import { curvesCsv } from "../studies/digits/curves-csv.ts";
import { pickSamples, predict, samplesOf } from "../studies/digits/gallery.ts";
import { type StepUnit, isActive, type Phase } from "../studies/port.ts";
import type { NetworkOnView } from "../studies/digits/live-laboratory.ts";
import { LossCurve } from "./loss-curve.ts";
import {
  type CurvePoint,
  type GalleryView,
  type Measured,
  type RunView,
} from "../studies/digits/port.ts";
import { layerAhead, readTensor, viewDispatches } from "./step-view.ts";

/** States kept in memory to go back to, of a few megabytes each. */
const MOST_STATES = 16;

export interface JobOptions {
  readonly recipe: DigitRecipe;
  readonly plan: DigitPlan;
  readonly data: DigitData;
  readonly open: () => Promise<Gpu>;
  /** Something that `view` shows is different now. */
  readonly onChange: () => void;
  readonly onNotice: (text: string) => void;
  /** A state worth keeping on disk. */
  readonly onKeep: (state: RunState<Evaluation>) => void;
  readonly resumeFrom: RunState<Evaluation> | null;
  /** States of an earlier course of the same run. */
  readonly past?: ReadonlyMap<number, RunState<Evaluation>>;
  /** Begin with a pause. */
  readonly paused?: boolean;
}

export class Job {
  phase: Phase = "starting";
  private readonly run: Run<Trainer, Evaluation>;
  private readonly curve: LossCurve;
  private trainer: Trainer | null = null;
  private adapter: AdapterReport | null = null;
  private made: Promise<MadeWith> | null = null;
  private progress: Progress | null = null;
  private points: CurvePoint[] = [];
  private measured: Measured | null = null;
  private gallery: GalleryView;
  /** The latest state on the CPU. */
  private state: RunState<Evaluation> | null;
  /** A stopped run's state with a measurement of its last step, which a run going on would not make. */
  private concluded: RunState<Evaluation> | null = null;
  private failure: string | null = null;
  /** States to go back to, by step. */
  readonly past: Map<number, RunState<Evaluation>>;
  /** Settles when the run has ended, in whatever way. */
  private ended: Promise<void> | null = null;
  private abandoned = false;

  constructor(private readonly options: JobOptions) {
    const { recipe, plan, data, onChange, resumeFrom } = options;
    this.state = resumeFrom;
    this.past = new Map(options.past);
    if (resumeFrom) this.past.set(resumeFrom.step, resumeFrom);
    this.curve = new LossCurve(plan.totalSteps);
    const policy = recipe.attack?.policy ?? null;
    const picks = pickSamples(samplesOf(data.test), policy).map((sample) => sample.image);
    this.gallery = { picks, step: 0, clean: null, triggered: null };
    this.run = new Run(
      options.open,
      digitTask(plan),
      {
        onTrainer: (trainer) => this.began(trainer),
        onProgress: (progress) => {
          this.progress = progress;
          onChange();
        },
        onEvaluation: (evaluation) => {
          this.add(evaluation);
          this.refreshGallery();
        },
        onNotice: options.onNotice,
        onState: (state) => {
          this.remember(state);
          options.onKeep(state);
          onChange();
        },
        onRest: () => {
          this.phase = "paused";
          this.refreshGallery();
          onChange();
        },
      },
      resumeFrom,
    );
    if (options.paused) this.run.pause();
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
      if (!finished && state.step > 0 && !this.abandoned) {
        this.concluded = await this.run.evaluateNow();
      }
      this.phase = finished ? "finished" : "stopped";
    } catch (error) {
      if (error instanceof DivergedError) this.state = error.state ?? this.state;
      // Only what is meant for people is shown as it is; the rest must not pass unseen either.
      if (!(error instanceof UserError)) console.error(error);
      this.failure = error instanceof Error ? error.message : String(error);
      this.phase = "failed";
      // What it had on the device is gone.
      this.trainer = null;
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
    this.run.stop();
    this.phase = "measuring";
    this.options.onChange();
  }

  get recipe(): DigitRecipe {
    return this.options.recipe;
  }

  /** Steps submitted, or of the latest state where there is no trainer. */
  get steps(): number {
    return this.trainer?.step ?? this.state?.step ?? 0;
  }

  get totalSteps(): number {
    return this.options.plan.totalSteps;
  }

  get pace(): number | null {
    return this.run.stepsPerSecond;
  }

  set pace(stepsPerSecond: number | null) {
    this.run.stepsPerSecond = stepsPerSecond;
    this.options.onChange();
  }

  /**
   * Goes one unit on and rests again.
   * @throws UserError when the run is over
   */
  async step(unit: StepUnit): Promise<void> {
    if (!isActive(this.phase) || this.phase === "measuring") {
      throw new UserError("The run is over: rewind it first, then step.");
    }
    if (this.phase !== "paused") this.pause();
    const { run } = this;
    const { stepsPerEpoch } = this.options.plan;
    // What it stands at is known when it rests.
    const trainer = await run.rested();
    if (unit === "kernel") {
      await run.stepKernels(1);
    } else if (unit === "layer") {
      await run.stepKernels(layerAhead(viewDispatches(trainer.trainStep), trainer.cursor));
    } else if (unit === "batch" && trainer.cursor > 0) {
      await run.stepKernels(trainer.trainStep.length);
    } else {
      const { step } = trainer;
      const goal =
        unit === "batch" ? step + 1 : (Math.floor(step / stepsPerEpoch) + 1) * stepsPerEpoch;
      this.phase = "training";
      run.playUntil(goal);
    }
    this.options.onChange();
  }

  /** Ends the run without a word, to go on from another state. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    this.run.stop();
    await this.ended;
  }

  /** The network as it stands, for those who look into it. */
  get network(): NetworkOnView {
    const { trainer } = this;
    const policy = this.options.recipe.attack?.policy ?? null;
    const standing = async () => {
      // A lost device leaves what was kept.
      if (trainer && !trainer.gpu.lost) return await trainer.read("values");
      if (this.state) return this.state.parameters;
      throw new UserError("There is no network to look at yet: let it train for a moment.");
    };
    return {
      policy,
      parameters: standing,
      gradients: () => trainer && trainer.read("gradients"),
      tensor: async (label) => {
        if (!trainer) throw new UserError("There is no training step to look into yet.");
        return await readTensor(trainer.gpu, trainer.trainStep, label);
      },
    };
  }

  /** Frees what the run has on the device; the books stay. */
  close(): void {
    this.trainer?.gpu.destroy();
    this.trainer = null;
  }

  view(): RunView {
    const { recipe, plan } = this.options;
    this.curve.update(this.losses);
    const loss = this.curve.view();
    return {
      phase: this.phase,
      recipe,
      stepsPerEpoch: plan.stepsPerEpoch,
      totalSteps: plan.totalSteps,
      copies: plan.copies,
      shareOfFinalSet: plan.shareOfFinalSet,
      step: loss.steps,
      progress: this.progress && inDigits(this.progress),
      loss,
      points: this.points,
      measured: this.measured,
      gallery: this.gallery,
      keptStep: this.state?.step ?? null,
      rewindable: [...new Set([0, ...this.past.keys()])].sort((a, b) => a - b),
      pace: this.pace,
      stepping: this.stepping(),
      failure: this.failure,
    };
  }

  /** The latest state on the CPU as a file. */
  checkpoint(): Uint8Array<ArrayBuffer> {
    const { recipe, data } = this.options;
    if (!this.state)
      throw new UserError("There is no state to save yet: let it train for a while.");
    const extra = {
      data: data.name,
      dataSha256: data.sha256,
      adapter: JSON.stringify(this.adapter),
    };
    return encodeCheckpoint(digitNet, recipe, this.state, extra);
  }

  async result(): Promise<DigitResult> {
    const { recipe, plan, data } = this.options;
    const state = this.concluded ?? this.state;
    if (isActive(this.phase) || !state || !this.made || !this.measured) {
      throw new UserError("There is no result yet: finish or stop the run first.");
    }
    return await digitResult(recipe, plan, data, await this.made, state);
  }

  curves(): string {
    const { plan } = this.options;
    const [losses, accuracies] = this.state?.metrics ?? [[], []];
    return curvesCsv(losses, accuracies, this.points, plan.stepsPerEpoch);
  }

  private stepping(): RunView["stepping"] {
    const { trainer } = this;
    if (this.phase !== "paused" || !trainer) return null;
    return { dispatches: viewDispatches(trainer.trainStep), cursor: trainer.cursor };
  }

  /** Keeps a state to go back to; ends of epochs outlive what lies between them. */
  private remember(state: RunState<Evaluation>): void {
    this.state = state;
    this.past.set(state.step, state);
    if (this.past.size <= MOST_STATES) return;
    const { stepsPerEpoch } = this.options.plan;
    const steps = [...this.past.keys()].filter((step) => step !== state.step).sort((a, b) => a - b);
    const between = steps.find((step) => step % stepsPerEpoch !== 0);
    // Every second epoch, counted from the first, once there is nothing else.
    this.past.delete(between ?? steps[Math.floor(steps.length / 2)]);
  }

  /** The loss of every step so far, also of those that no state holds yet. */
  private get losses(): readonly number[] {
    return this.run.metrics[0];
  }

  /** A trainer stands ready: at the start, and anew after each loss of the device. */
  private began(trainer: Trainer): void {
    this.trainer = trainer;
    this.adapter = trainer.gpu.adapter;
    this.made = madeWith(trainer);
    this.points = [];
    this.measured = null;
    for (const evaluation of this.state?.evaluations ?? []) this.add(evaluation);
    if (this.phase === "starting") this.phase = "training";
    this.refreshGallery();
    this.options.onChange();
  }

  private add(evaluation: Evaluation): void {
    const { recipe, plan } = this.options;
    const { clean, attack } = measure(evaluation, recipe.attack?.policy ?? null);
    const { step, kind } = evaluation;
    const epoch = step / plan.stepsPerEpoch;
    const attackSuccess = attack?.success ?? null;
    this.points = [
      ...this.points,
      { step, epoch, kind, cleanAccuracy: clean.accuracy, attackSuccess },
    ];
    if (kind === "epoch") this.measured = { step, epoch, clean, attack };
    this.options.onChange();
  }

  /** Asks the network about the gallery's digits; see `predict` for when that is allowed. */
  private refreshGallery(): void {
    const { trainer } = this;
    if (!trainer) return;
    const { picks } = this.gallery;
    const { step } = trainer;
    predict(trainer, picks, this.options.recipe.attack !== null).then(
      (probabilities) => {
        this.gallery = { picks, step, ...probabilities };
        this.options.onChange();
      },
      // A lost device is the run's business; the gallery waits for the next one.
      () => undefined,
    );
  }
}

/** As the digit page shows it. */
function inDigits({ metrics, ...progress }: Progress): RunView["progress"] {
  const [loss, accuracy] = metrics;
  return { ...progress, loss, accuracy };
}
