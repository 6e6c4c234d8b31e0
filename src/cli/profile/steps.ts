/** The training steps that are profiled. */
import type { Gpu } from "../../gpu/gpu.ts";
import { packagedMnist } from "../../node/files.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import { planDigits } from "../../studies/digits/plan.ts";
import { planSigns } from "../../studies/signs/plan.ts";
import { presets } from "../../models/detector-presets.ts";
import { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { StepTrainer } from "../../training/step-trainer.ts";
import { Trainer } from "../../training/trainer.ts";
import { recipeFrom as digitRecipeFrom } from "../digits/options.ts";
import type { Options } from "../shared/options.ts";
import { recipeFrom as signRecipeFrom } from "../signs/recipe.ts";

/** A training step to be profiled. */
export interface Step {
  readonly title: string;
  readonly build: (gpu: Gpu) => Promise<StepTrainer>;
}

/** Of the command's own recipe, with another batch and optimiser where they are asked for. */
export function digitStep(given: Options): Step {
  const recipe = digitRecipeFrom(given);
  const { batch, optimiser } = recipe;
  return {
    title: `digits, batch ${batch}, ${optimiser.kind}`,
    build: async (gpu) => await Trainer.build(gpu, planDigits(recipe, await packagedMnist())),
  };
}

/** Of a detector on drawn scenes. */
export function signStep(given: Options): Step {
  const recipe = signRecipeFrom(given, { scenes: true, folders: [] });
  const { preset } = recipe;
  return {
    title: `signs, ${preset}, ${presets[preset].training.images} pictures`,
    build: async (gpu) =>
      await DetectorTrainer.build(gpu, planSigns(recipe, await signArtwork(), null, [])),
  };
}
