/**
 * What the laboratory's views ask the engine for, and get: plain numbers and typed arrays. The network
 * that they look at is the run's, as it stands at that moment, or the shipped BadNet before there is a run.
 */

import type { AttackMeasures, CleanMeasures } from "../../backdoor/measure.ts";
import type { DownloadProgress } from "../../data/fetch-mnist.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { Progress } from "../../training/run.ts";
import type { LossBins, Notice, Phase, StepView, TaskProgress, TensorView } from "../port.ts";
import type { LayerMaps } from "../../inspection/inspector.ts";
import type { DigitRecipe } from "./recipe.ts";
import type { NeuronId, NeuronResponse, NeuronScale } from "../../inspection/neurons.ts";

export type { LayerMaps, NeuronId, NeuronResponse, NeuronScale };

/** The drawn digit, where an image's number in the test set is asked for. */
export const DRAWN = -1;

/** Which network is on view. */
export interface Subject {
  /** The BadNet that ships with the app, a file of the reader's, or the run's network as it stands. */
  readonly kind: "showcase" | "file" | "run";
  /** What it was taught; null for an honest network. */
  readonly attack: DigitRecipe["attack"];
  /** Another number when the laboratory begins afresh, with all its neurons as they were trained. */
  readonly id: number;
  /** Steps that it was trained for. */
  readonly step: number;
  /** Grows whenever the parameters, the trigger, the data or the switched neurons are others: look again. */
  readonly version: number;
  /** Where a recorded answer came from; null when everything is computed here and now. */
  readonly recordedOn: string | null;
}

/** One image's way through the network, without and with the trigger. */
export interface Look {
  /** Number in the test set, or DRAWN. */
  readonly image: number;
  /** The class it truly has; null for a drawn one. */
  readonly label: number | null;
  /** [28, 28], 0 to 1 */
  readonly pixels: { readonly clean: Float32Array; readonly triggered: Float32Array };
  /** In order; the last holds the logits. */
  readonly layers: readonly LayerMaps[];
  /** [classes] each */
  readonly probabilities: { readonly clean: Float32Array; readonly triggered: Float32Array };
  readonly version: number;
}

/** The parameters of a layer, or the gradients that the last training step left in them. */
export interface LayerWeights {
  readonly label: string;
  readonly kind: "conv" | "dense";
  /** [O, C, K, K] or [O, I] */
  readonly shape: readonly number[];
  readonly w: Float32Array;
  /** [O] */
  readonly b: Float32Array;
}

export interface NeuronReport {
  readonly version: number;
  /** Test images behind it, each without and with the trigger. */
  readonly images: number;
  /** The class they were chosen from; null: all. */
  readonly label: number | null;
  /** All layers but the last, in order. */
  readonly neurons: readonly NeuronResponse[];
}

/** What a network with changed neurons does. */
export interface AblationMeasure {
  /** Shares of test images; attack success is null for an honest network. */
  readonly cleanAccuracy: number;
  readonly attackSuccess: number | null;
  /** Test images behind it: a sample at first, then all. */
  readonly images: number;
}

/** Clean accuracy and attack success with the first n of a ranking switched off. */
export interface AblationCurve {
  readonly images: number;
  readonly points: readonly {
    readonly n: number;
    readonly cleanAccuracy: number;
    readonly attackSuccess: number | null;
  }[];
}

/** The network's reading of every test image. */
export interface Predictions {
  readonly version: number;
  /** [images] each */
  readonly labels: Uint8Array;
  readonly clean: Uint8Array;
  readonly triggered: Uint8Array;
}

/** What the engine answers to the views; the recorded one answers what it has. */
export interface Laboratory {
  /** One image's way through the network on view. */
  look(image: number): Promise<Look>;
  /** Replaces the drawn digit. @param pixels [28, 28], 0 to 255 */
  draw(pixels: Uint8Array): Promise<void>;
  weights(what: "values" | "gradients"): Promise<LayerWeights[]>;
  /** Over the whole test set, or one class of it. A later call ends an earlier one. */
  neurons(
    label: number | null,
    onProgress: (progress: TaskProgress) => void,
  ): Promise<NeuronReport>;
  /** Changes neurons of the network on view (never of the run); an empty list undoes it. */
  scale(neurons: readonly NeuronScale[]): Promise<void>;
  /** What the changed network does: told on a sample within a second, then on the whole test set. */
  measureScaled(onMeasure: (measure: AblationMeasure) => void): Promise<AblationMeasure>;
  ablationCurve(
    ranking: readonly NeuronId[],
    onProgress: (progress: TaskProgress) => void,
  ): Promise<AblationCurve>;
  predictions(onProgress: (progress: TaskProgress) => void): Promise<Predictions>;
  /** Pixels of test images, [images, 28, 28], 0 to 255. */
  images(numbers: readonly number[]): Promise<Uint8Array>;
  /** Ends whatever long work these methods are doing; their promises reject with "cancelled". */
  cancel(): Promise<void>;
  /** A tensor of the training step. */
  tensor(label: string): Promise<TensorView>;
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

/** How far the run is, with its two metrics by name. */
export interface RunProgress extends Omit<Progress, "metrics"> {
  readonly loss: number;
  readonly accuracy: number;
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

/** The engine as a whole at one moment. */
export interface Snapshot {
  readonly adapter: AdapterReport;
  readonly data: DataSummary | null;
  /** MNIST's download while it is under way. */
  readonly download: DownloadProgress | null;
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
