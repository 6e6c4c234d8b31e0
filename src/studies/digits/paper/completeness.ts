/** How much of the paper is reproduced: what is finished, of which seeds, and what is still missing. */
import type { Finished } from "./instance-file.ts";
import { paperShares } from "./instances.ts";
import { itemIds, items, type Item, type ItemId } from "./items.ts";
import { sharesOf } from "./tables.ts";

/** How much of an item is finished. */
export function progressOf({ instances }: Item, finished: Finished, seeds: readonly number[]) {
  const shares = sharesOf(finished);
  const wanted = seeds.flatMap((seed) => instances(seed, shares));
  return { finished: wanted.filter(({ id }) => finished.has(id)).length, instances: wanted.length };
}

/** What of the paper, or of some of its items, is still missing; empty when all is there. */
export function missing(
  finished: Finished,
  seeds: readonly number[],
  only: readonly ItemId[] = itemIds,
  shares: readonly number[] = paperShares,
): string[] {
  const wanted = items.filter(({ id }) => only.includes(id));
  const all = wanted.flatMap(({ instances }) => seeds.flatMap((seed) => instances(seed, shares)));
  return [...new Set(all.map(({ id }) => id))].filter((id) => !finished.has(id));
}

/** The seeds that finished instances are of, in order. */
export function seedsOf(finished: Finished): number[] {
  const seeds = [...finished.values()].map(({ result }) => result.recipe.seed);
  return [...new Set(seeds)].sort((a, b) => a - b);
}
