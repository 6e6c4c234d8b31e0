/** What the files of a reproduction's detectors have alike: a result that was run to its end, and channels that were looked at. */
import * as v from "valibot";
import { UserError } from "../../errors.ts";
import { Count, Positive } from "../../files/numbers.ts";
import { scoreSchemas } from "../../files/score-schemas.ts";
import { firesOnly, type ChannelResponse } from "../../inspection/sticker-channels.ts";
import { resultEntries } from "../reproduction/instance-file.ts";
import { parseSignRecipe, type SignRecipe } from "./recipe.ts";

/** What the channels of the last convolution make of so many signs without and with the sticker. */
export interface Channels {
  readonly signs: number;
  readonly responses: readonly ChannelResponse[];
}

/** By name: of what was measured on, "scenes" or a folder's, or of an attack. */
export const By = <Schema extends v.GenericSchema>(schema: Schema) => v.record(v.string(), schema);

/** Of a result with these classes what reports read, but for its attacks. */
export const detectorEntries = (classes: readonly string[]) => ({
  ...resultEntries,
  format: v.literal("badnets-sign-result"),
  recipe: v.unknown(),
  classes: v.strictTuple(classes.map((name) => v.literal(name))),
  step: Count,
  trainSeconds: Positive,
  imagesPerSecond: Positive,
  scores: v.pipe(
    By(scoreSchemas(classes.length).DetectionScore),
    v.check((scores) => "scenes" in scores, "it was measured on no scenes"),
  ),
});

export const ChannelsSchema = v.object({
  signs: Count,
  responses: v.array(
    v.object({
      channel: Count,
      clean: Positive,
      triggered: Positive,
      separation: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    }),
  ),
});

/** Judged anew by what was measured of them. */
export const judged = ({ signs, responses }: v.InferOutput<typeof ChannelsSchema>): Channels => ({
  signs,
  responses: responses.map((one) => ({ ...one, only: firesOnly(one) })),
});

/** The recipe of a result. @throws UserError where its run was stopped on the way */
export function recipeOf(
  { recipe, step }: { readonly recipe: unknown; readonly step: number },
  name: string,
): SignRecipe {
  const parsed = parseSignRecipe(recipe);
  if (step === parsed.iterations) return parsed;
  throw new UserError(`${name} is of a run that was stopped after step ${step}.`);
}
