/** One run of the detector as the engine keeps it: the run itself, and its books in the page's form. */
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { classNames, type SignRecipe } from "../studies/signs/recipe.ts";
import { unseenScenes } from "../studies/signs/plan.ts";
import { scoreDetections } from "../training/detection.ts";
import { DetectorRun, type DetectorState, type Rest } from "../training/detector-run.ts";
import type { DetectorPlan, DetectorTrainer } from "../training/detector-trainer.ts";
import { type StepUnit, isActive, type Phase } from "../studies/port.ts";
import { LossCurve } from "./loss-curve.ts";
import type { ScorePoint, SignHistory, SignRunView } from "../studies/signs/port.ts";
import { layerAhead, viewDispatches } from "./step-view.ts";

/** Measurements of a run, the fewest steps between two, and unseen scenes in each. */
const MARKS = 20;
const LEAST_BETWEEN = 100;
const SCENES = 40;
/** Photographs in each, where there are some. */
const PHOTOGRAPHS = 60;
/** Seconds of training between two looks at the pictures on view. */
const LOOK_EVERY = 4;
const KEEP_EVERY = 30;

export interface SignJobOptions {
  readonly recipe: SignRecipe;
  readonly plan: DetectorPlan;
  /** Photographs to measure on: see pictureEntry. */
  readonly tests: readonly number[];
  readonly open: () => Promise<Gpu>;
  readonly resumeFrom: DetectorState | null;
  /** Something that `view` shows is different now. */
  readonly onChange: () => void;
  readonly onNotice: (text: string) => void;
  readonly onState: (state: DetectorState) => void;
  /** The trainer rests, and may be asked about pictures. */
  readonly onLook: (trainer: DetectorTrainer) => Promise<void>;
  /** Begin with a pause. */
  readonly paused: boolean;
}

export class SignJob {
  phase: Phase = "starting";
  trainer: DetectorTrainer | null = null;
  /** The latest state on the CPU. */
  state: DetectorState | null;
  private readonly run: DetectorRun;
  private readonly curves: readonly LossCurve[];
  private points: ScorePoint[] = [];
  private secondsLeft: number | null = null;
  private failure: string | null = null;

  constructor(private readonly options: SignJobOptions) {
    const { plan, onChange, onState } = options;
    this.state = options.resumeFrom;
    this.curves = lossNames.map(() => new LossCurve(plan.iterations));
    this.run = new DetectorRun(
      options.open,
      plan,
      {
        onTrainer: (trainer) => {
          this.trainer = trainer;
          if (this.phase === "starting") this.phase = "training";
          onChange();
        },
        onProgress: ({ secondsLeft }) => {
          this.secondsLeft = secondsLeft;
          onChange();
        },
        onState: (state) => {
          this.state = state;
          onState(state);
        },
        onRest: async (trainer, why) => await this.rest(trainer, why),
        onNotice: options.onNotice,
      },
      options.resumeFrom,
      { markEvery: this.markEvery, lookEvery: LOOK_EVERY, keepEvery: KEEP_EVERY },
    );
    if (options.paused) this.run.pause();
  }

  /** Steps between two measurements. */
  private get markEvery(): number {
    return Math.max(LEAST_BETWEEN, Math.ceil(this.options.plan.iterations / MARKS));
  }

  /** Runs to an end of whatever kind; never rejects. */
  async perform(): Promise<void> {
    try {
      const { finished } = await this.run.run();
      this.phase = finished ? "finished" : "stopped";
    } catch (error) {
      if (!(error instanceof UserError)) console.error(error);
      this.failure = error instanceof Error ? error.message : String(error);
      this.phase = "failed";
      this.trainer = null;
    }
    this.options.onChange();
  }

  private async rest(trainer: DetectorTrainer, why: Rest): Promise<void> {
    if (why === "pause") this.phase = "paused";
    else if (why === "mark") await this.measure(trainer);
    if (trainer.cursor === 0) await this.options.onLook(trainer);
    this.options.onChange();
  }

  private async measure(trainer: DetectorTrainer): Promise<void> {
    const { step, plan } = trainer;
    const scenes = await trainer.detect(unseenScenes(SCENES));
    const score = scoreDetections(scenes, plan.classes);
    const { tests } = this.options;
    const photographs =
      tests.length === 0
        ? null
        : scoreDetections(await trainer.detect(tests.slice(0, PHOTOGRAPHS)), plan.classes);
    const before = this.points.filter((point) => point.step < step);
    this.points = [...before, { step, ...score, photographs }];
  }

  pause(): void {
    if (this.phase === "training" || this.phase === "starting") this.run.pause();
  }

  resume(): void {
    if (this.phase !== "paused") return;
    this.phase = "training";
    this.run.resume();
    this.options.onChange();
  }

  stop(): void {
    if (!isActive(this.phase)) return;
    this.phase = "measuring";
    this.run.stop();
    this.options.onChange();
  }

  /** Asks for a rest as soon as it can be, where the run does not rest already. */
  requestLook(): void {
    this.run.requestLook();
  }

  /** Goes one unit on and rests again; an epoch is what lies between two measurements. */
  async step(unit: StepUnit): Promise<void> {
    if (!isActive(this.phase) || this.phase === "measuring") {
      throw new UserError("The run is over: start another one, then step.");
    }
    this.run.pause();
    const trainer = await this.run.rested();
    if (unit === "kernel") {
      await this.run.stepKernels(1);
    } else if (unit === "layer") {
      await this.run.stepKernels(layerAhead(viewDispatches(trainer.trainStep), trainer.cursor));
    } else if (unit === "batch" && trainer.cursor > 0) {
      await this.run.stepKernels(trainer.trainStep.length);
    } else {
      const every = this.markEvery;
      const goal =
        unit === "batch" ? trainer.step + 1 : (Math.floor(trainer.step / every) + 1) * every;
      this.phase = "training";
      this.run.playUntil(goal);
    }
    this.options.onChange();
  }

  /** Frees what the run has on the device; the books stay. */
  close(): void {
    this.trainer?.gpu.destroy();
    this.trainer = null;
  }

  /** One line a step: its losses, and the scores that were measured after it. */
  csv(): string {
    const { series } = this.run;
    const at = new Map(this.points.map((point) => [point.step, point]));
    const names = classNames(this.options.recipe.set);
    const lines = [
      [
        "step",
        ...lossNames.map((name) => name.replaceAll(" ", "_")),
        ...names.map((name) => `average_precision_${name.replaceAll(" ", "_")}`),
      ].join(","),
    ];
    for (let i = 0; i < series[0].length; i++) {
      const scores = at.get(i + 1)?.classes.map(({ averagePrecision }) => averagePrecision ?? "");
      lines.push(
        [i + 1, ...series.map((losses) => losses[i]), ...(scores ?? names.map(() => ""))].join(","),
      );
    }
    return `${lines.join("\n")}\n`;
  }

  /** Steps done. */
  get steps(): number {
    return this.trainer?.step ?? this.state?.step ?? 0;
  }

  history(): SignHistory {
    this.curves.forEach((curve, i) => curve.update(this.run.series[i]));
    const losses = this.curves.map((curve) => curve.view());
    const { iterations } = this.options.plan;
    return { step: this.steps, iterations, losses, points: this.points };
  }

  view(): SignRunView {
    const { recipe, plan } = this.options;
    const { trainer } = this;
    return {
      phase: this.phase,
      recipe,
      step: this.steps,
      iterations: plan.iterations,
      secondsLeft: this.secondsLeft,
      stepping:
        this.phase === "paused" && trainer
          ? { dispatches: viewDispatches(trainer.trainStep), cursor: trainer.cursor }
          : null,
      failure: this.failure,
    };
  }
}
