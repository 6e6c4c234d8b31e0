/** What the recipes of all studies are checked with. */
import * as v from "valibot";
import { UserError } from "../errors.ts";

/** The smallest f32 with all of its digits; smaller ones are taken for 0 by some adapters. */
const LEAST_SINGLE = 2 ** -126;

/** A whole number in a recipe. */
export const Whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** What single precision holds without loss of its leading digits, as kernels compute in it: 0 among it. */
export const Single = v.pipe(
  v.number(),
  v.check(
    (value) => {
      const size = Math.abs(value);
      return size === 0 || (size >= LEAST_SINGLE && Math.fround(size) < Infinity);
    },
    ({ input }) =>
      `${input} is neither 0 nor from ${LEAST_SINGLE.toPrecision(2)} to 3.4e38, as single precision needs it`,
  ),
);

/** A SHA-256 digest in hexadecimal. */
export const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** A seed of random numbers. */
export const Seed = Whole(0, 2 ** 32 - 1);

/**
 * Checks a recipe from outside.
 * @throws UserError naming the first value that is wrong, and what is allowed
 */
export function checkRecipe<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(`The recipe's ${v.getDotPath(issue) ?? "form"} is wrong: ${issue.message}.`);
}
