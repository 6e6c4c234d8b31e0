/** The sign study's recipe (paper, section 5): everything that decides a run, and how it is checked. */
import * as v from "valibot";
import { signSets, type SignSet } from "../../data/sign-atlas.ts";
import { checkRecipe, Digest, Seed, Whole } from "../recipe.ts";

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Everything that decides a run: with the data, the adapter and the version, its result to the bit. */
export const SignRecipe = v.pipe(
  v.strictObject({
    study: v.literal("signs"),
    preset: v.picklist(["compact", "paper"]),
    set: v.picklist(["us", "eu"]),
    iterations: Whole(1, 10_000_000),
    /** Shares of the pictures that are photographs, and photographs with signs placed in them. */
    photoShare: Share,
    mixedShare: Share,
    /** Digest of the photographs that it is trained on; null: scenes only. */
    photographs: v.nullable(Digest),
    /** Digest of the parameters that it begins with; null: random ones, from the seed. */
    start: v.optional(v.nullable(Digest), null),
    seed: Seed,
  }),
  v.check(
    // Shares such as 0.33 and 0.67 are a little more than 1 together.
    ({ photoShare, mixedShare }) => photoShare + mixedShare < 1 + 1e-9,
    "the shares of photographs add up to more than 1",
  ),
);
export type SignRecipe = v.InferOutput<typeof SignRecipe>;

/** @throws UserError naming the first value that is wrong, and what is allowed */
export function parseSignRecipe(value: unknown): SignRecipe {
  return checkRecipe(SignRecipe, value);
}

export const classNames = (set: SignSet): readonly string[] => signSets[set];
