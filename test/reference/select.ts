/** The greatest of many keys, by sorting. */

/** Places of the greatest keys, greatest first and equal ones in their order; a key of 0 is never chosen. */
export function rank(keys: readonly number[], keep: number): number[] {
  return keys
    .map((key, place) => ({ key, place }))
    .filter(({ key }) => key > 0)
    .sort((a, b) => b.key - a.key || a.place - b.place)
    .slice(0, keep)
    .map(({ place }) => place);
}
