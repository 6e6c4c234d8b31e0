/** What crosses the worker's boundary: plain snapshots out, and the commands' arguments in. */
import type { AttackMeasures, CleanMeasures } from "../backdoor/measure.ts";
import type { Progress } from "../data/fetch-mnist.ts";
import type { AdapterReport, GpuProblem } from "../gpu/gpu.ts";
import type { DigitRecipe } from "./digits/recipe.ts";
import type { StepView, Subject } from "./digits/port.ts";
import type { RunProgress } from "../training/run.ts";

/** Where a run is: the last three are ends. */
export type Phase =
  "starting" | "training" | "paused" | "measuring" | "finished" | "stopped" | "failed";

/** Whether a run still goes on, so that another one has to wait. */
export function isActive(phase: Phase): boolean {
  return phase !== "finished" && phase !== "stopped" && phase !== "failed";
}

/** The loss of every step, thinned to what a chart can show. All arrays have one entry a bin. */
export interface LossBins {
  /** Steps that a bin covers; the last bin may hold fewer. */
  readonly stepsPerBin: number;
  /** Steps in all bins together. */
  readonly steps: number;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Running mean at the bin's end. */
  readonly smooth: Float32Array;
}

/** An evaluation as a point of the curves. */
export interface CurvePoint {
  readonly step: number;
  /** Epochs done, with fractions. */
  readonly epoch: number;
  /** "epoch": on the whole test set; "probe": on a sample. */
  readonly kind: "epoch" | "probe";
  readonly cleanAccuracy: number;
  readonly attackSuccess: number | null;
}

/** The latest measurement on the whole test set. */
export interface Measured {
  readonly step: number;
  readonly epoch: number;
  readonly clean: CleanMeasures;
  readonly attack: AttackMeasures | null;
}

/** What the network makes of the gallery's digits: [picks, classes] probabilities each. */
export interface GalleryView {
  /** Numbers of the test images shown. */
  readonly picks: readonly number[];
  readonly step: number;
  readonly clean: Float32Array | null;
  readonly triggered: Float32Array | null;
}

/** Everything about the run that the page shows. */
export interface RunView {
  readonly phase: Phase;
  readonly recipe: DigitRecipe;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly copies: number;
  readonly shareOfFinalSet: number;
  /** Steps whose records have arrived. */
  readonly step: number;
  readonly progress: RunProgress | null;
  readonly loss: LossBins;
  readonly points: readonly CurvePoint[];
  readonly measured: Measured | null;
  readonly gallery: GalleryView;
  /** The step of the state that a checkpoint would hold; null before there is one. */
  readonly keptStep: number | null;
  /** Steps whose states are kept in memory, which the run can go back to; 0 is always among them. */
  readonly rewindable: readonly number[];
  /** Steps a second when it is slowed down. */
  readonly pace: number | null;
  /** While the run is paused. */
  readonly stepping: StepView | null;
  /** Why the run failed. */
  readonly failure: string | null;
}

export interface DataSummary {
  readonly name: string;
  readonly train: number;
  readonly test: number;
}

/** A sentence about something that happened; newer ones have larger numbers. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** The engine as a whole at one moment. */
export interface Snapshot {
  readonly adapter: AdapterReport;
  readonly data: DataSummary | null;
  /** MNIST's download while it is under way. */
  readonly download: Progress | null;
  readonly run: RunView | null;
  /** Null until there is a network to look at, and data. */
  readonly subject: Subject | null;
  /** Why the browser gives no device any more, so that only a reload helps; null when all is well. */
  readonly refusal: string | null;
  readonly notices: readonly Notice[];
}

/** A test image for the gallery. */
export interface Sample {
  /** Its number in the test set. */
  readonly image: number;
  readonly label: number;
  /** [28, 28] */
  readonly pixels: Uint8Array;
}

/** How opening the engine ended: errors lose their class on the way out of a worker. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: GpuProblem; readonly message: string };
