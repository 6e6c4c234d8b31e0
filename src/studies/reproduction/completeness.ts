/** How much of the paper is reproduced: what is finished, of which seeds, and what is still missing. */
import type { Finished, InstanceFile } from "./instance-file.ts";
import { idsOf, type Item, type Reproduction, type ReproductionTypes } from "./reproduction.ts";

/** How much of an item is finished. */
export function progressOf<T extends ReproductionTypes>(
  { settingsOf }: Reproduction<T>,
  { instances }: Item<T>,
  finished: Finished<T["file"]>,
  seeds: readonly number[],
): { readonly finished: number; readonly instances: number } {
  const settings = settingsOf(finished);
  const wanted = seeds.flatMap((seed) => instances(seed, settings));
  return { finished: wanted.filter(({ id }) => finished.has(id)).length, instances: wanted.length };
}

/**
 * What of the paper, or of some of its items, is still missing; empty when all is there.
 * @param settings the usual ones unless given
 */
export function missing<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  finished: Finished<T["file"]>,
  seeds: readonly number[],
  only: readonly T["item"][] = idsOf(reproduction),
  settings?: T["settings"],
): string[] {
  const wanted = reproduction.items.filter(({ id }) => only.includes(id));
  const all = wanted.flatMap(({ instances }) => seeds.flatMap((seed) => instances(seed, settings)));
  return [...new Set(all.map(({ id }) => id))].filter((id) => !finished.has(id));
}

/** The seeds that finished instances are of, in order. @param seedOf the recipe's unless given */
export function seedsOf<File extends InstanceFile>(
  finished: Finished<File>,
  seedOf: (file: File) => number = ({ result }) => result.recipe.seed,
): number[] {
  const seeds = [...finished.values()].map(seedOf);
  return [...new Set(seeds)].sort((a, b) => a - b);
}
