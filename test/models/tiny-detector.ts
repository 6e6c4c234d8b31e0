/** A detector for tests: few filters on a small input with large signs, whose step takes some milliseconds. */
import type { DetectorPreset } from "../../src/models/detector-presets.ts";

/** @param compactPreset given, so that a mock of the presets can use this file */
export const tinyDetector = (compactPreset: DetectorPreset): DetectorPreset => ({
  ...compactPreset,
  name: "tiny",
  height: 64,
  width: 64,
  trunk: compactPreset.trunk
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
    before: 40,
    after: 12,
    optimiser: { ...compactPreset.training.optimiser, rate: 0.004, warmup: 5 },
  },
  use: { before: 40, after: 12, overlap: 0.3, least: 0.05 },
  signSizes: [0.3, 0.6],
});
