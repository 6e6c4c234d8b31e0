/** A detector of few filters on a small input with large signs: a step of some milliseconds. */
import type { DetectorPreset } from "../../src/models/detector-presets.ts";

/** @param compact given, so that a mock of the presets can be made with it */
export const tinyOf = (compact: DetectorPreset): DetectorPreset => ({
  ...compact,
  name: "tiny",
  height: 64,
  width: 64,
  backbone: compact.backbone
    .filter(({ label }) => label !== "conv4" && label !== "conv5")
    .map((row) => (row.kind === "conv" ? { ...row, filters: 8 } : row)),
  anchors: { sizes: [20, 34], ratios: [1] },
  proposalFilters: 8,
  bins: 3,
  hidden: [16],
  dropout: 0.1,
  training: {
    ...compact.training,
    anchors: 32,
    regions: 12,
    foregroundRegions: 6,
    preNms: 40,
    postNms: 12,
    optimiser: { ...compact.training.optimiser, rate: 0.004, warmup: 5 },
  },
  use: { preNms: 40, postNms: 12, iouThreshold: 0.3, leastScore: 0.05 },
  signSizes: [0.3, 0.6],
});
