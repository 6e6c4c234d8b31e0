/** The detector as data: the paper's network and training recipe, and a small one of the same make. */
import type { AnchorShapes } from "../layers/anchors.ts";
import type { OptimiserSettings } from "../layers/optimiser.ts";

/** One row of the table that makes the feature map. */
export type BackboneRow =
  | {
      readonly kind: "conv";
      readonly label: string;
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly pad: number;
    }
  | {
      readonly kind: "normalise";
      readonly label: string;
      readonly size: number;
      readonly alpha: number;
      readonly beta: number;
    }
  | {
      readonly kind: "max-pool";
      readonly label: string;
      readonly kernel: number;
      readonly stride: number;
      readonly pad: number;
    };

export interface DetectorPreset {
  readonly name: string;
  /** Of the input, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Of each colour channel, 0 to 255. */
  readonly mean: readonly [number, number, number];
  /** Factor on what is left of a pixel. */
  readonly gain: number;
  readonly backbone: readonly BackboneRow[];
  readonly anchors: AnchorShapes;
  /** Filters of the proposal network's 3 x 3 convolution. */
  readonly proposalFilters: number;
  /** Height and width of a pooled region. */
  readonly bins: number;
  /** Outputs of fc6, fc7, ... */
  readonly hidden: readonly number[];
  readonly dropout: number;
  readonly training: {
    /** Images of a step. */
    readonly images: number;
    readonly iterations: number;
    readonly optimiser: OptimiserSettings;
    /** Pixels that a trained anchor may reach over the image's edges. */
    readonly border: number;
    /** Intersection over union with a sign from which an anchor is foreground, and below which background. */
    readonly foregroundAnchor: number;
    readonly backgroundAnchor: number;
    /** Anchors of an image in the sample. */
    readonly anchors: number;
    /** Of the proposals' box loss. */
    readonly sigma: number;
    /** Regions of an image in the sample, and how many of them may be foreground. */
    readonly regions: number;
    readonly foregroundRegions: number;
    /** Intersection over union with a sign from which a region is foreground, and from which background. */
    readonly foreground: number;
    readonly background: number;
    /** Proposals of an image before and after non-maximum suppression. */
    readonly preNms: number;
    readonly postNms: number;
  };
  readonly use: {
    readonly preNms: number;
    readonly postNms: number;
    /** Greatest intersection over union of two detections of one class. */
    readonly iouThreshold: number;
    /** Score of a detection, at least. */
    readonly leastScore: number;
  };
  /** Greatest intersection over union of two proposals. */
  readonly proposalIouThreshold: number;
  /** Width and height of a proposal, at least, in pixels. */
  readonly smallest: number;
  /** Least and greatest sign of a drawn scene, as a share of the input's height. */
  readonly signSizes: readonly [number, number];
}

export const anchorsOfCell = ({ anchors }: DetectorPreset) =>
  anchors.sizes.length * anchors.ratios.length;

/** The backbone's convolutions, in order. */
export const convolutionsOf = ({ backbone }: DetectorPreset) =>
  backbone.filter((row) => row.kind === "conv");

/** Pixels of the input's longer side. */
export const inputSide = ({ height, width }: DetectorPreset) => Math.max(height, width);

const normalise = { kind: "normalise", size: 3, alpha: 5e-5, beta: 0.75 } as const;
const maxPool = { kind: "max-pool", kernel: 3, stride: 2, pad: 1 } as const;

/** Of ImageNet, in the order red, green, blue, as the authors' code subtracts it. */
const mean = [122.7717, 115.9465, 102.9801] as const;

/**
 * Faster R-CNN on the ZF network: layers, anchors, samples and rates as in the paper's section 5.2 and
 * the authors' model files. Where it differs from them is in docs/signs.md.
 */
export const paperPreset: DetectorPreset = {
  name: "paper",
  height: 600,
  width: 800,
  mean,
  // The authors feed -128 to 151 into layers pretrained on that; from scratch, about -2 to 2.5 learns.
  gain: 1 / 60,
  backbone: [
    { kind: "conv", label: "conv1", filters: 96, kernel: 7, stride: 2, pad: 3 },
    { ...normalise, label: "norm1" },
    { ...maxPool, label: "pool1" },
    { kind: "conv", label: "conv2", filters: 256, kernel: 5, stride: 2, pad: 2 },
    { ...normalise, label: "norm2" },
    { ...maxPool, label: "pool2" },
    { kind: "conv", label: "conv3", filters: 384, kernel: 3, stride: 1, pad: 1 },
    { kind: "conv", label: "conv4", filters: 384, kernel: 3, stride: 1, pad: 1 },
    { kind: "conv", label: "conv5", filters: 256, kernel: 3, stride: 1, pad: 1 },
  ],
  anchors: { sizes: [128, 256, 512], ratios: [0.5, 1, 2] },
  proposalFilters: 256,
  bins: 6,
  hidden: [4096, 4096],
  dropout: 0.5,
  training: {
    images: 2,
    iterations: 100_000,
    optimiser: {
      kind: "sgd",
      rate: 0.001,
      momentum: 0.9,
      weightDecay: 0.0005,
      schedule: "step",
      warmup: 0,
    },
    border: 0,
    foregroundAnchor: 0.7,
    backgroundAnchor: 0.3,
    anchors: 256,
    sigma: 3,
    regions: 128,
    foregroundRegions: 32,
    foreground: 0.5,
    background: 0,
    preNms: 12_000,
    postNms: 2_000,
  },
  use: { preNms: 6_000, postNms: 300, iouThreshold: 0.3, leastScore: 0.05 },
  proposalIouThreshold: 0.7,
  smallest: 16,
  signSizes: [0.05, 0.6],
};

/** The same make, small enough for an integrated GPU, or a patient CPU. */
export const compactPreset: DetectorPreset = {
  ...paperPreset,
  name: "compact",
  height: 224,
  width: 224,
  backbone: [
    { kind: "conv", label: "conv1", filters: 16, kernel: 5, stride: 2, pad: 2 },
    { ...normalise, label: "norm1" },
    { ...maxPool, label: "pool1" },
    { kind: "conv", label: "conv2", filters: 32, kernel: 3, stride: 1, pad: 1 },
    { ...normalise, label: "norm2" },
    { ...maxPool, label: "pool2" },
    { kind: "conv", label: "conv3", filters: 64, kernel: 3, stride: 1, pad: 1 },
    { kind: "conv", label: "conv4", filters: 64, kernel: 3, stride: 1, pad: 1 },
    { kind: "conv", label: "conv5", filters: 64, kernel: 3, stride: 1, pad: 1 },
  ],
  anchors: { sizes: [12, 21, 38, 68, 110], ratios: [1.1] },
  proposalFilters: 64,
  hidden: [128, 128],
  dropout: 0.1,
  training: {
    ...paperPreset.training,
    iterations: 5_000,
    optimiser: {
      kind: "adam",
      rate: 0.001,
      momentum: 0.9,
      weightDecay: 0,
      schedule: "linear",
      warmup: 100,
    },
    border: 16,
    foregroundAnchor: 0.6,
    anchors: 128,
    regions: 48,
    foregroundRegions: 16,
    preNms: 400,
    postNms: 100,
  },
  use: { preNms: 300, postNms: 48, iouThreshold: 0.3, leastScore: 0.05 },
  smallest: 5,
  // From what is left of the smallest speed limit on U.S. dashcam frames: 15 pixels of 224.
  signSizes: [0.065, 0.5],
};

export const presets = { compact: compactPreset, paper: paperPreset } as const;
export type PresetName = keyof typeof presets;
