/** Runs of a tiny detector. */
import type { SignAtlas } from "../../src/data/sign-atlas.ts";
import { compactPreset } from "../../src/models/detector-presets.ts";
import type { DetectorPlan } from "../../src/training/detector-plan.ts";
import { tinyOf } from "./tiny-preset.ts";

export const tiny = tinyOf(compactPreset);

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
  attack: null,
  ownSticker: null,
  iterations,
  seed,
});
