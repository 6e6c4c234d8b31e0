/** One run as the engine keeps it: the Run itself, and its books in the form the page shows. */
import type { DigitData } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import type { AdapterReport, Gpu } from "../gpu/gpu.ts";
import { digitNet } from "../models/digit-net.ts";
import {
  digitResult,
  measure,
  type DigitPlan,
  type DigitRecipe,
  type DigitResult,
} from "../studies/digits.ts";
import { encodeCheckpoint } from "../training/checkpoint.ts";
import {
  DivergedError,
  Run,
  type Evaluation,
  type RunProgress,
  type RunState,
} from "../training/run.ts";
import type { Trainer } from "../training/trainer.ts";
import { curvesCsv } from "./csv.ts";
import { pickSamples, predict, samplesOf } from "./gallery.ts";
import { LossCurve } from "./loss-curve.ts";
import {
  isActive,
  type CurvePoint,
  type GalleryView,
  type Measured,
  type Phase,
  type RunView,
} from "./port.ts";

export interface JobOptions {
  readonly recipe: DigitRecipe;
  readonly plan: DigitPlan;
  readonly data: DigitData;
  readonly open: () => Promise<Gpu>;
  /** Something that `view` shows is different now. */
  readonly onChange: () => void;
  readonly onNotice: (text: string) => void;
  readonly resumeFrom: RunState | null;
}

export class Job {
  phase: Phase = "starting";
  private readonly run: Run;
  private readonly curve: LossCurve;
  private trainer: Trainer | null = null;
  private adapter: AdapterReport | null = null;
  private progress: RunProgress | null = null;
  private points: CurvePoint[] = [];
  private measured: Measured | null = null;
  private gallery: GalleryView;
  /** The latest state on the CPU. */
  private state: RunState | null;
  /** A stopped run's state with a measurement of its last step, which a run going on would not make. */
  private concluded: RunState | null = null;
  private failure: string | null = null;

  constructor(private readonly options: JobOptions) {
    const { recipe, plan, data, onChange, resumeFrom } = options;
    this.state = resumeFrom;
    this.curve = new LossCurve(plan.totalSteps);
    const policy = recipe.attack?.policy ?? null;
    const picks = pickSamples(samplesOf(data.test), policy).map((sample) => sample.image);
    this.gallery = { picks, step: 0, clean: null, triggered: null };
    this.run = new Run(
      options.open,
      plan,
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
          this.state = state;
          onChange();
        },
      },
      resumeFrom,
    );
  }

  /** Runs to an end of whatever kind; never rejects. */
  async perform(): Promise<void> {
    try {
      const { finished, state, trainer } = await this.run.run();
      this.state = state;
      if (!finished && state.step > 0) await this.measureStopped(trainer, state);
      this.phase = finished ? "finished" : "stopped";
    } catch (error) {
      if (error instanceof DivergedError) this.state = error.state ?? this.state;
      // Only what is meant for people is shown as it is; the rest must not pass unseen either.
      if (!(error instanceof UserError)) console.error(error);
      this.failure = error instanceof Error ? error.message : String(error);
      this.phase = "failed";
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

  /** Frees the device; the books stay. */
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
      progress: this.progress,
      loss,
      points: this.points,
      measured: this.measured,
      gallery: this.gallery,
      keptStep: this.state?.step ?? null,
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
    if (isActive(this.phase) || !state || !this.adapter || !this.measured) {
      throw new UserError("There is no result yet: finish or stop the run first.");
    }
    return await digitResult(recipe, plan, data, this.adapter, state);
  }

  curves(): string {
    const { plan } = this.options;
    const { losses, accuracies } = this.state ?? { losses: [], accuracies: [] };
    return curvesCsv(losses, accuracies, this.points, plan.stepsPerEpoch);
  }

  /** The loss of every step so far, also of those that no state holds yet. */
  private get losses(): readonly number[] {
    return this.run.losses;
  }

  /** A trainer stands ready: at the start, and anew after each loss of the device. */
  private began(trainer: Trainer): void {
    this.trainer = trainer;
    this.adapter = trainer.gpu.adapter;
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

  /** Measures on the whole test set what a stopped run has learned, unless that was just done. */
  private async measureStopped(trainer: Trainer, state: RunState): Promise<void> {
    const { evaluation: plan } = this.options.plan;
    const last = state.evaluations.at(-1);
    if (last?.kind === "epoch" && last.step === state.step) return;
    const start = performance.now();
    const clean = await trainer.evaluator.evaluate(plan.clean);
    const triggered = plan.triggered && (await trainer.evaluator.evaluate(plan.triggered));
    const evaluation: Evaluation = {
      step: state.step,
      kind: "epoch",
      clean: [...clean],
      triggered: triggered && [...triggered],
    };
    const images = plan.clean.length + (plan.triggered?.length ?? 0);
    this.concluded = {
      ...state,
      evaluations: [...state.evaluations, evaluation],
      evaluateSeconds: state.evaluateSeconds + (performance.now() - start) / 1000,
      evaluatedImages: state.evaluatedImages + images,
    };
    this.add(evaluation);
    this.refreshGallery();
  }
}
