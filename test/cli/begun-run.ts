/** The checkpoint of a run that has only begun, for the tests of the command line. */
import type { DigitData } from "../../src/data/digits.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { parseDigitRecipe, type DigitRecipe } from "../../src/studies/digits/recipe.ts";
import { encodeCheckpoint } from "../../src/files/checkpoint.ts";

/** A checkpoint of a run of this data, before its first step or as if after others. */
export async function checkpoint(
  data: DigitData,
  attack: DigitRecipe["attack"] = null,
  step = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  const recipe = parseDigitRecipe({
    study: "digits",
    attack,
    epochs: 3,
    batch: 16,
    optimiser: {
      kind: "sgd",
      rate: 0.03,
      momentum: 0.9,
      weightDecay: 0,
      schedule: "linear",
      warmup: 100,
    },
    augment: false,
    seed: 7,
  });
  const parameters = initialParameters(digitNet, 7);
  const optimiser = new Map(
    [...parameters].map(([label, { length }]) => [`velocity/${label}`, new Float32Array(length)]),
  );
  const state = {
    step,
    parameters,
    optimiser,
    tiling: "registers" as const,
    metrics: [new Float32Array(step), new Float32Array(step)],
    evaluations: [],
    trainSeconds: 0,
    evaluateSeconds: 0,
    evaluatedImages: 0,
  };
  return await encodeCheckpoint(digitNet, recipe, state, {
    data: data.name,
    dataSha256: data.sha256,
  });
}
