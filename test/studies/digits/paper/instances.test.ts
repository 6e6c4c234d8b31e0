/** The paper's networks: what each begins with, and how they are dealt out to several machines. */
import { describe, expect, it } from "vitest";
import { DIGIT_CLASSES } from "../../../../src/models/digit-net.ts";
import {
  type Instance,
  TABLE_SHARE,
  allToAll,
  allToOne,
  baseline,
  pairs,
  singleTarget,
} from "../../../../src/studies/digits/paper/instances.ts";
import {
  instanceNamed,
  instancesOf,
  itemIds,
  shippedModels,
} from "../../../../src/studies/digits/paper/items.ts";
import { digitReproduction } from "../../../../src/studies/digits/paper/reproduction.ts";
import { ancestorsOf } from "../../../../src/studies/reproduction/instance.ts";
import { shardOf } from "../../../../src/studies/reproduction/shards.ts";

/** What others of a seed begin with. */
function beginnings(seed: number): Instance[] {
  const all = instancesOf(itemIds, [seed]);
  const ids = new Set(all.map(({ from }) => from?.id));
  return all.filter(({ id }) => ids.has(id));
}

describe("the paper's instances", () => {
  it("are a baseline, three shares, all to one and three sets of 90 pairs of both triggers, for each seed", () => {
    const all = instancesOf(itemIds, [1, 2]);
    expect(all).toHaveLength(2 * (1 + 2 * (3 + 10 + 3 * 90)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it("stand behind the one that they begin with", () => {
    for (const only of itemIds) {
      const order = instancesOf([only], [3]).map(({ id }) => id);
      for (const { id, from } of instancesOf([only], [3])) {
        if (!from) continue;
        expect(order).toContain(from.id);
        expect(order.indexOf(from.id)).toBeLessThan(order.indexOf(id));
      }
    }
  });

  it("of a pair begin with all to one, that with all to all, and that with the baseline", () => {
    const chain = ancestorsOf(singleTarget(2, "pattern", 4, 9)).map(({ id }) => id);
    expect(chain).toEqual([
      baseline(2).id,
      allToAll(2, "pattern", TABLE_SHARE).id,
      allToOne(2, "pattern", 9).id,
    ]);
    expect(beginnings(2)).toHaveLength(1 + 2 + 2 * DIGIT_CLASSES);
    expect(beginnings(2).every(({ kept }) => kept)).toBe(true);
    // What a pair begins with can be made again from what ships.
    const ids = shippedModels(2).map(({ id }) => id);
    expect(ids).toHaveLength(1 + 2);
    expect(ids).toEqual(expect.arrayContaining(chain.slice(0, 2)));
  });

  it("of a pair that does not begin all to one begin with table 2's BadNet, or with nothing", () => {
    const chain = (...of: Parameters<typeof singleTarget>) =>
      ancestorsOf(singleTarget(...of)).map(({ id }) => id);
    for (const trigger of ["single-pixel", "pattern"] as const) {
      const tableTwo = allToAll(2, trigger, TABLE_SHARE).id;
      expect(chain(2, trigger, 4, 9, "negatives")).toEqual([baseline(2).id, tableTwo]);
    }
    expect(chain(2, "pattern", 4, 9, "alone")).toEqual([]);
    expect(chain(2, "single-pixel", 4, 9, "alone")).not.toContain("all-to-one-single-pixel-9-s2");
    const { attack } = singleTarget(2, "pattern", 4, 9, "negatives").recipe;
    expect(attack).toMatchObject({ share: 1, adaptive: { kind: "negatives", share: 0.2 } });
    expect(singleTarget(2, "pattern", 4, 9, "alone").recipe.attack).not.toHaveProperty("adaptive");
  });

  it("are dealt out to shards of about the same work", () => {
    const common = new Set(shippedModels(1).map(({ id }) => id));
    const all = instancesOf(itemIds, [1]);
    const work = (shard: readonly Instance[]) =>
      shard.filter(({ id }) => !common.has(id)).reduce((sum, { recipe }) => sum + recipe.epochs, 0);
    for (const parts of [2, 4, 8]) {
      const shards = Array.from({ length: parts }, (_, i) =>
        shardOf(digitReproduction, all, i + 1, parts),
      );
      // Nothing is smaller than a network: those of figure 6 are seven epochs long. And a part that begins
      // in the middle of a target's pairs trains what they begin with once more.
      const most = work(all) / parts + 7 + 0.6;
      expect(Math.max(...shards.map(work))).toBeLessThanOrEqual(most);
      // The pairs of a target stay together as far as can be, so that few shards train all to one for it.
      const targets = shards.map((shard) => shard.filter(({ id }) => id.startsWith("all-to-one")));
      expect(targets.flat().length).toBeLessThanOrEqual(20 + parts);
    }
  });

  it("are known by name, of figure 6 with any share in whole percent", () => {
    const other = allToAll(3, "pattern", 0.29);
    expect(instanceNamed(other.id, other.recipe)).toBe(other);
    expect(instanceNamed("all-to-all-pattern-29-s4", other.recipe)).toBeNull();
    const pair = singleTarget(2, "pattern", 4, 9);
    expect(instanceNamed(pair.id, pair.recipe)).toBe(pair);
    expect(instanceNamed("single-target-pattern-4-4-s2", pair.recipe)).toBeNull();
  });

  it("are dealt out to shards, each once, and every shard has what its own begin with", () => {
    const all = instancesOf(itemIds, [1]);
    const shards = [1, 2, 3, 4, 5, 6, 7].map((part) => shardOf(digitReproduction, all, part, 7));
    const begun = new Set(beginnings(1).map(({ id }) => id));
    const dealt = shards.flat().filter(({ id }) => !begun.has(id));
    expect(new Set(shards.flat().map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(dealt.map(({ id }) => id)).size).toBe(dealt.length);
    for (const shard of shards) {
      const ids = shard.map(({ id }) => id);
      for (const one of shard) {
        for (const { id } of ancestorsOf(one)) {
          expect(ids.indexOf(id)).toBeGreaterThanOrEqual(0);
          expect(ids.indexOf(id)).toBeLessThan(ids.indexOf(one.id));
        }
      }
    }
  });

  it("are of all ordered pairs of two digits", () => {
    expect(pairs).toHaveLength(90);
    expect(pairs.some(([source, target]) => source === target)).toBe(false);
  });
});
