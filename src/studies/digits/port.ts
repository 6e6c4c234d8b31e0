/** What the digit study's worker and its page say to each other: plain numbers and typed arrays. */
import type { AttackMeasures, CleanMeasures } from "../../backdoor/measure.ts";
import type { DownloadProgress } from "../../data/fetch-mnist.ts";
import type { LayerMaps } from "../../inspection/inspector.ts";
import type { NeuronId, NeuronResponse, NeuronScale } from "../../inspection/neurons.ts";

export type { LayerMaps, NeuronId, NeuronResponse, NeuronScale };

/** The digits in the worker; what is null is not there yet. */
export interface DigitDataView {
  readonly set: { readonly name: string; readonly train: number; readonly test: number } | null;
  /** MNIST's download while it is under way. */
  readonly download: DownloadProgress | null;
}

/** What is known of a run beside its losses. */
export interface DigitDetails {
  /** Triggered copies in the training set, and their share of it. */
  readonly copies: number;
  readonly shareOfFinalSet: number;
  readonly points: readonly CurvePoint[];
  readonly measured: Measured | null;
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

/** A test image for the gallery. */
export interface Sample {
  /** Its number in the test set. */
  readonly image: number;
  readonly label: number;
  /** [28, 28] */
  readonly pixels: Uint8Array;
}

/** A test image by its number, or pixels that were drawn, [28, 28], 0 to 255. */
export type DigitImage = number | Uint8Array;

/** One image's way through the network, without and with the trigger. */
export interface Look {
  /** Number in the test set; null for a drawn one. */
  readonly image: number | null;
  /** The class it truly has; null for a drawn one. */
  readonly label: number | null;
  /** [28, 28], 0 to 1 */
  readonly pixels: { readonly clean: Float32Array; readonly triggered: Float32Array };
  /** In order; the last holds the logits. */
  readonly layers: readonly LayerMaps[];
  /** [classes] each */
  readonly probabilities: { readonly clean: Float32Array; readonly triggered: Float32Array };
  /** The subject's. */
  readonly version: number;
}

/** What the network makes of some test images: [images, classes] probabilities. */
export interface Readings {
  readonly images: readonly number[];
  readonly step: number;
  readonly clean: Float32Array;
  /** With the trigger; of an honest network, with the mark that it never learned. */
  readonly triggered: Float32Array;
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

/** What changed neurons do, and what the network does without the change on the same images, where that was measured. */
export interface ScaledMeasure extends AblationMeasure {
  readonly unchanged: AblationMeasure | null;
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
