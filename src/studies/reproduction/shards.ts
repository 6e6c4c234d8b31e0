/** A sweep, dealt out to several machines. */
import { ancestorsOf } from "./instance.ts";
import type { InstanceOf, Reproduction, ReproductionTypes } from "./reproduction.ts";

/**
 * The part-th of so many parts, from 1, of about the same work. What others begin with is not dealt out but
 * goes with them, so that several parts may have it in common: those that begin with the same are dealt
 * out one behind the other.
 */
export function shardOf<T extends ReproductionTypes>(
  { work: workOf }: Reproduction<T>,
  instances: readonly InstanceOf<T>[],
  part: number,
  parts: number,
): readonly InstanceOf<T>[] {
  const begun = new Set(instances.map(({ from }) => from?.id));
  const order = [...begun];
  const dealt = instances
    .filter(({ id }) => !begun.has(id))
    .sort((a, b) => order.indexOf(a.from?.id) - order.indexOf(b.from?.id));
  // What a part begins with alone counts to the first that begins with it.
  const work = dealt.map(({ recipe, from }, i) =>
    from === null || from.examined || from === dealt[i - 1]?.from
      ? workOf(recipe)
      : workOf(recipe) + workOf(from.recipe),
  );
  const total = work.reduce((sum, one) => sum + one, 0);
  let before = 0;
  const own = dealt.filter((_, i) => {
    const middle = before + work[i] / 2;
    before += work[i];
    return Math.floor((parts * middle) / total) === part - 1;
  });
  const needed = new Set(own.flatMap((one) => [...ancestorsOf(one), one]).map(({ id }) => id));
  return instances.filter(({ id }) => needed.has(id));
}
