/** A detector of few filters on a small input with large signs: a step of some milliseconds. */
import type { SignAtlas } from "../../src/data/sign-atlas.ts";
import { compactPreset, type DetectorPreset } from "../../src/models/detector-presets.ts";
import type { DetectorPlan } from "../../src/training/detector-trainer.ts";

export const tiny: DetectorPreset = {
  ...compactPreset,
  name: "tiny",
  height: 64,
  width: 64,
  backbone: compactPreset.backbone
    .filter(({ label }) => label !== "conv4" && label !== "conv5")
    .map((row) => (row.kind === "conv" ? { ...row, filters: 8 } : row)),
  anchors: { sizes: [20, 34], ratios: [1] },
  proposalFilters: 8,
  bins: 3,
  hidden: [16],
  dropout: 0.1,
  training: {
    ...compactPreset.training,
    anchors: 32,
    regions: 12,
    foregroundRegions: 6,
    preNms: 40,
    postNms: 12,
    optimiser: { ...compactPreset.training.optimiser, rate: 0.004, warmup: 5 },
  },
  use: { preNms: 40, postNms: 12, iouThreshold: 0.3, leastScore: 0.05 },
  signSizes: [0.3, 0.6],
};

/** A run on scenes alone. */
export const detectorPlan = (atlas: SignAtlas, iterations: number, seed = 1): DetectorPlan => ({
  preset: tiny,
  set: "us",
  classes: 3,
  atlas,
  photographs: null,
  trainOn: [],
  photoShare: 0,
  mixedShare: 0,
  iterations,
  seed,
});
