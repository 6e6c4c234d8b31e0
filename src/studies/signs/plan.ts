/** From a sign recipe and data to the plan of a detector's run, and the scenes that measure it. */
import { signSets, type SignAtlas, type SignSet } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import { pictureEntry } from "../../layers/scene.ts";
import { describeDetector } from "../../models/detector-parameters.ts";
import { presets, type PresetName } from "../../models/detector-presets.ts";
import type { Photographs } from "../../training/detector-pictures.ts";
import type { DetectorPlan } from "../../training/detector-trainer.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { SignRecipe } from "./recipe.ts";

/** Turns a recipe and data into the plan of a run. */
export function planSigns(
  recipe: SignRecipe,
  atlas: SignAtlas,
  photographs: Photographs | null,
  trainOn: readonly number[],
  start: ParameterValues | null = null,
): DetectorPlan {
  if (recipe.photographs !== null && trainOn.length === 0) {
    throw new UserError("The recipe trains on photographs, and none are at hand.");
  }
  return {
    preset: presets[recipe.preset],
    set: recipe.set,
    classes: signSets[recipe.set].length,
    atlas,
    photographs,
    trainOn,
    photoShare: recipe.photographs === null ? 0 : recipe.photoShare,
    mixedShare: recipe.photographs === null ? 0 : recipe.mixedShare,
    iterations: recipe.iterations,
    start,
    seed: recipe.seed,
  };
}

/** Scenes that training never shows, for evaluation. */
export function unseenScenes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => pictureEntry("scene", i));
}

/** The preset's tables as they are built, for people to read before a run. */
export function describePreset(name: PresetName, set: SignSet): string {
  const preset = presets[name];
  const parameters = describeDetector(preset, signSets[set].length + 1);
  const count = parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
  const { height, width, training } = preset;
  return (
    `${name}: input ${width} x ${height}, ${count.toLocaleString("en")} parameters, ` +
    `${training.images} images a step, ${training.optimiser.kind} at ${training.optimiser.rate}`
  );
}
