/** The digit study's recipe (paper, section 4): everything that decides a run, and how it is checked. */
import * as v from "valibot";
import type { Adaptive } from "../../backdoor/attack.ts";
import { UserError } from "../../errors.ts";
import { outputShapes } from "../../models/description.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import { checkRecipe, Digest, Seed, Single, Whole } from "../recipe.ts";

/** The largest f32 below 1, at which nothing would ever be forgotten. */
const MOST_MOMENTUM = 1 - 2 ** -24;

const Digit = Whole(0, DIGIT_CLASSES - 1);
const Share = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));

/** Some of a layer's neurons, but not all. */
const SomeOf = (layer: string) => {
  const at = digitNet.layers.findIndex(({ label }) => label === layer);
  return Whole(1, outputShapes(digitNet)[at][0] - 1);
};

/** Everything that decides a run: with the data, the adapter and the version, its result to the bit. */
export const DigitRecipe = v.strictObject({
  study: v.literal("digits"),
  /** null: an honest run. */
  attack: v.nullable(
    v.strictObject({
      trigger: v.strictObject({
        name: v.picklist(["single-pixel", "pattern", "custom"]),
        pixels: v.pipe(
          v.array(
            v.strictObject({
              row: Whole(0, DIGIT_SIZE - 1),
              column: Whole(0, DIGIT_SIZE - 1),
              value: Whole(0, 255),
            }),
          ),
          v.minLength(1, "a trigger needs at least one pixel"),
        ),
      }),
      policy: v.variant("kind", [
        v.strictObject({ kind: v.literal("single-target"), source: Digit, target: Digit }),
        v.strictObject({ kind: v.literal("all-to-one"), target: Digit }),
        v.strictObject({ kind: v.literal("all-to-all") }),
      ]),
      /** See definitions.share in backdoor/measure.ts. */
      share: Share,
      /** How the attacker answers defences; missing: not at all. See Adaptive in backdoor/attack.ts. */
      adaptive: v.optional(
        v.variant("kind", [
          v.strictObject({ kind: v.literal("negatives"), share: Share }),
          v.strictObject({
            kind: v.literal("decoys"),
            channels: SomeOf("conv2"),
            units: SomeOf("fc1"),
          }),
          v.strictObject({
            kind: v.literal("similarity"),
            weight: v.pipe(v.number(), v.gtValue(0), v.maxValue(100)),
          }),
        ]),
      ),
    }),
  ),
  /** Not always whole: half an epoch is half of its steps. */
  epochs: v.pipe(v.number(), v.gtValue(0), v.maxValue(10_000)),
  batch: Whole(1, 60_000),
  optimiser: v.strictObject({
    kind: v.picklist(["sgd", "adam"]),
    rate: v.pipe(Single, v.gtValue(0)),
    momentum: v.pipe(Single, v.minValue(0), v.maxValue(MOST_MOMENTUM)),
    weightDecay: v.pipe(Single, v.minValue(0)),
    schedule: v.picklist(["constant", "linear"]),
    warmup: Whole(0, 1_000_000),
  }),
  augment: v.boolean(),
  /** So many of the training images, the first ones; all of them unless given. */
  images: v.optional(Whole(1, 60_000)),
  /** Parameters that the run begins with, by their digest; null: random ones, from the seed. */
  start: v.optional(v.nullable(v.strictObject({ parametersSha256: Digest })), null),
  seed: Seed,
});
export type DigitRecipe = v.InferOutput<typeof DigitRecipe>;

/** What a newcomer gets who chooses nothing: the paper's pattern BadNet, all-to-all, 10 %. */
export const defaultRates = { sgd: 0.05, adam: 0.001 } as const;

/** How strong an attacker's answers are unless told otherwise. */
export const usualAnswers = {
  negatives: { kind: "negatives", share: 0.2 },
  decoys: { kind: "decoys", channels: 10, units: 256 },
  similarity: { kind: "similarity", weight: 0.5 },
} as const satisfies { readonly [Kind in Adaptive["kind"]]: Adaptive & { kind: Kind } };

/**
 * Checks a recipe from outside.
 * @throws UserError naming the first value that is wrong, and what is allowed
 */
export function parseDigitRecipe(value: unknown): DigitRecipe {
  const recipe = checkRecipe(DigitRecipe, value);
  const policy = recipe.attack?.policy;
  if (policy?.kind === "single-target" && policy.source === policy.target) {
    throw new UserError(
      `Source and target are both ${policy.source}: choose two different digits, or there is nothing to attack.`,
    );
  }
  if (recipe.attack?.adaptive?.kind === "negatives" && policy?.kind !== "single-target") {
    throw new UserError(
      `Negative examples are triggered digits that are not attacked, but ${policy!.kind} attacks all of them: choose a single target.`,
    );
  }
  return recipe;
}
