/** What the sign study's worker and its page say to each other: plain data. */
import type { AttackReport } from "../../training/attack-score.ts";
import type { Detection, DetectionScore, LabelledBox } from "../../training/detection.ts";

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
  /** Of a photograph. */
  readonly reading?: Reading;
}

/** How closely a photograph was read, and what that cost. */
export interface Reading {
  /** Pixels of its longest side at the finest. */
  readonly detail: number;
  /** Pieces that it was read in. */
  readonly tiles: number;
  readonly seconds: number;
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
  /** On the scenes with stickers; null: an honest run. */
  readonly attack: AttackReport | null;
}

/** What is known of a run, or of a detector's past, beside its losses. */
export interface SignDetails {
  readonly points: readonly ScorePoint[];
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
