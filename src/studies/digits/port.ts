/**
 * What the laboratory's views ask the engine for, and get: plain numbers and typed arrays. The network
 * that they look at is the run's, as it stands at that moment, or the shipped BadNet before there is a run.
 */

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

/** A kernel of the training step as the stepper shows it. */
export interface DispatchView {
  /** For example "conv2.backward_weights". */
  readonly label: string;
  /** The layer it belongs to; null for the batch, the loss and the optimiser. */
  readonly layer: string | null;
  readonly pass: "batch" | "forward" | "loss" | "backward" | "update";
  /** shaders/{shader}.wgsl */
  readonly shader: string;
  readonly entry: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number];
  readonly workgroupSize: number;
  readonly flops: number;
  readonly bytes: number;
  readonly reads: readonly BindingView[];
  readonly writes: readonly BindingView[];
}

export interface BindingView {
  /** The variable in the shader. */
  readonly name: string;
  /** The tensor, for `tensor()`. */
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: "f32" | "u32";
}

/** Where the training step stands while the run is paused. */
export interface StepView {
  readonly dispatches: readonly DispatchView[];
  /** Kernels of the current step that are done: 0 between steps. */
  readonly cursor: number;
}

/** A tensor's values at the moment of asking. */
export interface TensorView {
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: "f32" | "u32";
  readonly values: Float32Array | Uint32Array;
}

/** How far a long piece of work is. */
export interface TaskProgress {
  /** Of 1. */
  readonly done: number;
  readonly secondsLeft: number | null;
}

export type StepUnit = "kernel" | "layer" | "batch" | "epoch";

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
