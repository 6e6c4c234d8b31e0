/** The project's own results, as they ship with the app. */
import { UserError } from "../../errors.ts";
import type { Reproduction, ReproductionTypes } from "./reproduction.ts";

/** The seed that they were run with; the reader's own runs have it too, so that they compare. */
export const PAPER_SEED = 1;

/** Path of all of a study's shipped instances below the app's folder. */
export const shippedInstances = (study: string) => `results/${study}/instances.json`;

/**
 * Fetches them.
 * @param base URL of the app's folder
 * @throws UserError when they can't be had
 */
export async function fetchShipped<T extends ReproductionTypes>(
  { study, readFile }: Reproduction<T>,
  base: string,
): Promise<T["file"][]> {
  const path = shippedInstances(study);
  const response = await fetch(new URL(path, base)).catch(() => null);
  if (!response?.ok) {
    throw new UserError("The results that ship with the app could not be loaded: reload the page.");
  }
  const list: unknown = await response.json();
  if (!Array.isArray(list)) throw new UserError("The results that ship with the app are damaged.");
  return list.map((one) => readFile(JSON.stringify(one), path));
}
