/** The report's arithmetic, on instances whose errors are known. */
import { describe, expect, it } from "vitest";
import { csvTables } from "../../../../src/studies/digits/paper/csv.ts";
import {
  allToAll,
  allToOne,
  ancestorsOf,
  baseline,
  instanceNamed,
  instancesOf,
  itemIds,
  items,
  pairs,
  shardOf,
  shippedModels,
  singleTarget,
  TABLE_SHARE,
  type Instance,
} from "../../../../src/studies/digits/paper/instances.ts";
import { DIGIT_CLASSES } from "../../../../src/models/digit-net.ts";
import {
  markdownReport,
  pairMisses,
  pairSummary,
} from "../../../../src/studies/digits/paper/markdown.ts";
import {
  assertOneStudy,
  errorTable,
  inPercent,
  missing,
  pairTable,
  progressOf,
  seedsOf,
  shareTable,
  spread,
  type Finished,
} from "../../../../src/studies/digits/paper/report.ts";
import type { InstanceFile } from "../../../../src/studies/digits/paper/instance-file.ts";
import { madeUp } from "./instances.ts";

/** What others of a seed begin with. */
function beginnings(seed: number): Instance[] {
  const all = instancesOf(itemIds, [seed]);
  const ids = new Set(all.map(({ from }) => from?.id));
  return all.filter(({ id }) => ids.has(id));
}

const finishedOf = (...files: InstanceFile[]): Finished =>
  new Map(files.map((file) => [file.id, file]));

describe("the paper's instances", () => {
  it("are a baseline, three shares, all to one and 90 pairs of both triggers, for each seed", () => {
    const all = instancesOf(itemIds, [1, 2]);
    expect(all).toHaveLength(2 * (1 + 2 * (3 + 10 + 90)));
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

  it("are dealt out to shards of about the same work", () => {
    const common = new Set(shippedModels(1).map(({ id }) => id));
    const all = instancesOf(itemIds, [1]);
    const work = (shard: readonly Instance[]) =>
      shard.filter(({ id }) => !common.has(id)).reduce((sum, { recipe }) => sum + recipe.epochs, 0);
    for (const parts of [2, 4, 8]) {
      const shards = Array.from({ length: parts }, (_, i) => shardOf(all, i + 1, parts));
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
    const shards = [1, 2, 3, 4, 5, 6, 7].map((part) => shardOf(all, part, 7));
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
});

describe("a figure over seeds", () => {
  it("is its mean with its range, and nothing where nothing was run", () => {
    expect(spread([0.3, null, 0.1, undefined])).toEqual({
      mean: 0.2,
      least: 0.1,
      most: 0.3,
      of: 2,
    });
    expect(spread([null])).toBeNull();
  });

  it("is given in percent with the paper's two decimals", () => {
    expect(inPercent(0.00094)).toBe(0.09);
    expect(inPercent(0.00095)).toBe(0.1);
  });
});

describe("table 2", () => {
  const finished = finishedOf(
    madeUp(baseline(1), 5),
    madeUp(baseline(2), 7),
    madeUp(allToAll(1, "pattern", TABLE_SHARE), 4, 6),
    madeUp(allToAll(2, "pattern", TABLE_SHARE), 8, 2),
  );

  it("has the means of all seeds for every digit and for all of them", () => {
    const rows = errorTable(finished, [1, 2], "pattern");
    expect(rows.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, null]);
    for (const row of rows) {
      expect(row.baselineClean!.mean).toBeCloseTo(0.006, 10);
      expect(row.clean!.least).toBeCloseTo(0.004, 10);
      expect(row.clean!.most).toBeCloseTo(0.008, 10);
      expect(row.backdoor!.mean).toBeCloseTo(0.004, 10);
    }
  });

  it("leaves empty what was not run", () => {
    const [row] = errorTable(finished, [1, 2], "single-pixel");
    expect(row.baselineClean).not.toBeNull();
    expect(row.clean).toBeNull();
    expect(row.backdoor).toBeNull();
  });
});

describe("figure 4", () => {
  // 1.7 of 1,000 above the baseline are what the paper allows, and 0.9 triggered images.
  const finished = finishedOf(
    madeUp(baseline(1), 4),
    madeUp(singleTarget(1, "pattern", 0, 1), 5, 0),
    madeUp(singleTarget(1, "pattern", 2, 1), 6, 0),
    madeUp(singleTarget(1, "pattern", 3, 4), 4, 1),
  );
  const table = pairTable(finished, [1], "pattern");

  it("counts the instances that are done and the pairs that keep the paper's claims", () => {
    expect(table).toMatchObject({ finished: 3, instances: 90, asClaimed: 1 });
    expect(
      table.cells.map(({ cleanAsClaimed, backdoorAsClaimed }) => [
        cleanAsClaimed,
        backdoorAsClaimed,
      ]),
    ).toEqual([
      [true, true],
      [false, true],
      [true, false],
    ]);
  });

  it("names the misses, and extrapolates nothing", () => {
    const summary = pairSummary(table);
    expect(summary).toContain("3 of 90 instances are done");
    expect(summary).toContain("1 of 3 pairs");
    expect(pairMisses(table)).toMatch(
      /Misses: 2 to 1 \(clean \+0\.20.*3 to 4 \(.*backdoor 0\.10\)/,
    );
  });

  it("compares each seed with its own baseline", () => {
    const two = finishedOf(
      ...finished.values(),
      madeUp(baseline(2), 8),
      madeUp(singleTarget(2, "pattern", 0, 1), 7, 0),
    );
    const [cell] = pairTable(two, [1, 2], "pattern").cells;
    expect(cell.clean.of).toBe(2);
    expect(cell.above).toBeCloseTo(0, 10);
  });

  it("leaves a seed out of the comparison whose baseline is missing, and still counts it as done", () => {
    const two = finishedOf(...finished.values(), madeUp(singleTarget(2, "pattern", 0, 1), 90, 0));
    const table = pairTable(two, [1, 2], "pattern");
    const [cell] = table.cells;
    expect(cell.clean.of).toBe(1);
    expect(inPercent(cell.above)).toBe(0.1);
    expect(table.finished).toBe(4);
  });

  it("gives the backdoor error of the network that a pair begins with, on the same digit", () => {
    const pair = singleTarget(1, "pattern", 0, 1);
    const all = finishedOf(...finished.values(), madeUp(pair.from!, 4, 3));
    const [cell, other] = pairTable(all, [1], "pattern").cells;
    expect(inPercent(cell.before!.mean)).toBe(0.3);
    expect(inPercent(other.before!.mean)).toBe(0.3);
    expect(pairTable(finished, [1], "pattern").cells[0].before).toBeNull();
    expect(pairSummary(pairTable(all, [1], "pattern"))).toContain("begin with: 0.30 to 0.30 %");
  });
});

describe("figure 6", () => {
  it("has a point for each share", () => {
    const finished = finishedOf(
      madeUp(allToAll(1, "pattern", 0.1), 4, 6),
      madeUp(allToAll(1, "pattern", 0.5), 6, 3),
    );
    const points = shareTable(finished, [1], "pattern");
    expect(
      points.map(({ share, backdoor }) => [share, backdoor && inPercent(backdoor.mean)]),
    ).toEqual([
      [0.1, 0.6],
      [0.33, null],
      [0.5, 0.3],
    ]);
  });

  it("has a point for every other share that was run", () => {
    const finished = finishedOf(madeUp(allToAll(1, "pattern", 0.2), 4, 6));
    const points = shareTable(finished, [1], "single-pixel");
    expect(points.map(({ share }) => share)).toEqual([0.1, 0.2, 0.33, 0.5]);
    const item = items.find(({ id }) => id === "figure-6")!;
    expect(progressOf(item, finished, [1])).toEqual({ finished: 1, instances: 8 });
  });
});

describe("the whole", () => {
  const finished = finishedOf(
    madeUp(baseline(1), 5),
    madeUp(allToAll(1, "pattern", TABLE_SHARE), 4, 6),
    madeUp(singleTarget(1, "pattern", 0, 1), 5, 0),
  );

  it("knows what is missing", () => {
    const lacking = missing(finished, [1]);
    expect(lacking).toHaveLength(187 - 3);
    expect(lacking).toContain(singleTarget(1, "single-pixel", 9, 8).id);
    expect(
      progressOf(
        items.find(({ id }) => id === "figure-4")!,
        finished,
        [1],
      ),
    ).toEqual({ finished: 1, instances: 180 });
    expect(seedsOf(finished)).toEqual([1]);
  });

  it("is one study only with one version, one set of data, and the baseline it began with", () => {
    assertOneStudy(finished);
    const [honest, badNet] = finished.values();
    const other = (changes: object): InstanceFile => ({
      ...badNet,
      result: { ...badNet.result, ...changes },
    });
    const refused = (file: InstanceFile) => () => assertOneStudy(finishedOf(honest, file));
    expect(refused(other({ software: "badnets-lab 9" }))).toThrow(
      /badnets-lab 9.*cannot be joined/,
    );
    expect(refused(other({ data: { name: "own", sha256: "e".repeat(64) } }))).toThrow(/other data/);
    const start = { parametersSha256: "c".repeat(64) };
    expect(refused(other({ recipe: { ...badNet.result.recipe, start } }))).toThrow(/cccc/);
    const [{ confusion }] = [badNet.result.clean];
    const fewer = confusion.map((row, i) => (i === 0 ? row.map((count) => count >> 1) : row));
    expect(refused(other({ clean: { ...badNet.result.clean, confusion: fewer } }))).toThrow(
      /measured on 500, 1000.*cannot be joined/,
    );
  });

  it("is one study only with the same kernels, where they are recorded and the tiling is the same", () => {
    const [honest, badNet] = finished.values();
    const made = (file: InstanceFile, kernelsSha256: string, tiling = "registers") =>
      ({ ...file, result: { ...file.result, kernelsSha256, tiling } }) as InstanceFile;
    const [a, b] = ["a".repeat(64), "b".repeat(64)];
    assertOneStudy(finishedOf(honest, made(badNet, a)));
    assertOneStudy(finishedOf(made(honest, a), made(badNet, a)));
    assertOneStudy(finishedOf(made(honest, a), made(badNet, b, "workgroup")));
    expect(() => assertOneStudy(finishedOf(made(honest, a), made(badNet, b)))).toThrow(
      /made by the kernels bbbbbbbbbbbb.*cannot be joined/,
    );
  });

  it("is one study only if those that begin with the same instance begin with the same parameters", () => {
    // The instance itself is in another folder.
    const [one, two] = [1, 2].map((source) => madeUp(singleTarget(1, "pattern", source, 0), 4));
    assertOneStudy(finishedOf(one, two));
    const recipe = { ...two.result.recipe, start: { parametersSha256: "c".repeat(64) } };
    expect(() =>
      assertOneStudy(finishedOf(one, { ...two, result: { ...two.result, recipe } })),
    ).toThrow(/begins with the parameters cccccccccccc.*which begins with the same all-to-one/);
  });

  it("reads as a report where nothing is finished", () => {
    expect(markdownReport(new Map(), [1], "figures")).not.toMatch(/undefined|NaN|null/);
  });

  it("reads as a report that says how much of each item is done, with the paper's figures beside", () => {
    const text = markdownReport(finished, [1], "figures");
    expect(text).toContain("| 1 of 180 |");
    expect(text).toContain("| all | 0.50 | 0.50 | 0.40 | 0.48 | 0.60 | 0.56 |");
    expect(text).toContain("184 instances:");
    expect(text).not.toMatch(/undefined|NaN|null/);
  });

  it("says once how networks that are alike were trained, and those that they begin with", () => {
    const pairsDone = [singleTarget(1, "pattern", 0, 1), singleTarget(1, "pattern", 0, 2)];
    const text = markdownReport(
      finishedOf(madeUp(baseline(1), 5), ...pairsDone.map((pair) => madeUp(pair, 5))),
      [1],
      "figures",
    );
    expect(text.match(/^- “0 to .*$/gm)).toEqual([
      expect.stringMatching(
        /^- “0 to 1, pattern” and 1 more: retrained from “All to 1, pattern” and 1 more, 0\.2 epochs/,
      ),
    ]);
    expect(text).toMatch(
      /^- “All to 1, pattern” and 1 more: retrained from “All to all, pattern, 33 %”, /m,
    );
  });

  it("becomes tables with a line a record", () => {
    const { "figure-4.csv": csv } = csvTables(finished, [1]);
    const [head, line, ...rest] = csv.trim().split("\n");
    expect(rest).toHaveLength(0);
    const record = Object.fromEntries(head.split(",").map((name, i) => [name, line.split(",")[i]]));
    expect(record).toMatchObject({
      trigger: "pattern",
      source: "0",
      target: "1",
      as_claimed: "yes",
    });
    expect(Number(record["clean_error_mean"])).toBeCloseTo(0.005, 10);
  });

  it("knows all pairs", () => {
    expect(pairs).toHaveLength(90);
    expect(pairs.some(([source, target]) => source === target)).toBe(false);
  });
});
