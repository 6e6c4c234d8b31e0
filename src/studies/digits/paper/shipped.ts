/** The project's own results, as they ship with the app. */
import { UserError } from "../../../errors.ts";
import { readInstanceFile, type InstanceFile } from "./instance-file.ts";

/** The seed that they were run with; the reader's own runs have it too, so that they compare. */
export const PAPER_SEED = 1;

/** Path of all shipped instances below the app's folder. */
export const shippedInstances = "results/digits/instances.json";

/**
 * Fetches them.
 * @param base URL of the app's folder
 * @throws UserError when they can't be had
 */
export async function fetchShipped(base: string): Promise<InstanceFile[]> {
  const response = await fetch(new URL(shippedInstances, base)).catch(() => null);
  if (!response?.ok) {
    throw new UserError("The results that ship with the app could not be loaded: reload the page.");
  }
  const list: unknown = await response.json();
  if (!Array.isArray(list)) throw new UserError("The results that ship with the app are damaged.");
  return list.map((one) => readInstanceFile(JSON.stringify(one), shippedInstances));
}
