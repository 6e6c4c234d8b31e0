/** What the sign study's engine and its page say to each other: plain data. */
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { SignRecipe } from "./recipe.ts";
import type { Detection, DetectionScore, LabelledBox } from "../../training/detection.ts";
import type { StepView, LossBins, Notice, Phase } from "../port.ts";

/** A picture with its signs and what the detector found, in pixels of the picture. */
export interface PictureView {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Empty where nobody knows. */
  readonly truth: readonly LabelledBox[];
  /** Best first. */
  readonly found: readonly Detection[];
  /** Steps of training behind the detector that looked. */
  readonly step: number;
}

/** What one layer made of a picture. */
export interface MapsView {
  readonly label: string;
  /** [channels, height, width] */
  readonly shape: readonly [number, number, number];
  readonly values: Float32Array;
}

/** A measurement on unseen scenes, and on photographs kept aside where there are some. */
export interface ScorePoint extends DetectionScore {
  readonly step: number;
  readonly photographs: DetectionScore | null;
}

/** Which detector is on view. */
export interface SignSubject {
  /** The one that ships with the app, a file of the reader's, or the run's as it stands. */
  readonly kind: "showcase" | "file" | "run";
  readonly recipe: SignRecipe;
  readonly classes: readonly string[];
  readonly step: number;
  /** Grows whenever it would see something else: look again. */
  readonly version: number;
}

/** How a detector came to be what it is. */
export interface SignHistory {
  readonly step: number;
  readonly iterations: number;
  /** In the order of lossNames. */
  readonly losses: readonly LossBins[];
  readonly points: readonly ScorePoint[];
}

export interface SignRunView {
  readonly phase: Phase;
  readonly recipe: SignRecipe;
  readonly step: number;
  readonly iterations: number;
  readonly secondsLeft: number | null;
  /** While the run is paused. */
  readonly stepping: StepView | null;
  readonly failure: string | null;
}

/** Photographs that the reader gave to train on. */
export interface PhotoSummary {
  /** Of the folder or zip file. */
  readonly name: string;
  readonly count: number;
  readonly train: number;
  readonly test: number;
  /** Names of boxes in the label files, how many of each, and the class they are taken for. */
  readonly names: readonly {
    readonly name: string;
    readonly boxes: number;
    /** From 0; null: left out. */
    readonly label: number | null;
  }[];
  /** A line for everything that was left out, and why. */
  readonly report: readonly string[];
}

export interface SignSnapshot {
  readonly adapter: AdapterReport;
  /** What the engine is busy with before it can show anything, in words; null when it is ready. */
  readonly loading: string | null;
  readonly subject: SignSubject | null;
  /** Of the subject. */
  readonly history: SignHistory | null;
  readonly run: SignRunView | null;
  /** Why the browser gives no device any more, so that only a reload helps; null when all is well. */
  readonly refusal: string | null;
  readonly notices: readonly Notice[];
}
