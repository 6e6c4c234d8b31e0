/** The numbers of tables and figures, on instances whose errors are known. */
import { describe, expect, it } from "vitest";
import { progressOf } from "../../../../src/studies/reproduction/completeness.ts";
import {
  TABLE_SHARE,
  allToAll,
  baseline,
  singleTarget,
} from "../../../../src/studies/digits/paper/instances.ts";
import { digitReproduction } from "../../../../src/studies/digits/paper/reproduction.ts";
import { items } from "../../../../src/studies/digits/paper/items.ts";
import { errorTable, pairTable, shareTable } from "../../../../src/studies/digits/paper/tables.ts";
import { measureAttack } from "../../../../src/backdoor/measure.ts";
import { pairMisses, pairSummary } from "../../../../src/studies/digits/paper/wording.ts";
import { inPercent, spread } from "../../../../src/studies/reproduction/spread.ts";
import { finishedOf, madeUp } from "./made-up.ts";

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

  it("of each set counts its own pairs, and what other triggered digits are read as", () => {
    const all = finishedOf(
      ...finished.values(),
      madeUp(singleTarget(1, "pattern", 0, 1, "negatives"), 5, 0),
    );
    expect(pairTable(all, [1], "pattern").finished).toBe(3);
    const anew = pairTable(all, [1], "pattern", "negatives");
    expect(anew).toMatchObject({ set: "negatives", finished: 1, instances: 90, asClaimed: 1 });
    expect(anew.cells[0]).toMatchObject({ before: null, others: { mean: 1, of: 1 } });
    expect(pairSummary(anew)).toContain(
      "other triggered digits read correctly: 100.00 to 100.00 %",
    );
    expect(pairTable(all, [1], "pattern", "alone").cells).toEqual([]);
  });

  it("says that a pair whose triggered images are of the source alone tells nothing of others", () => {
    const file = madeUp(singleTarget(1, "pattern", 0, 1), 5, 0);
    const counts = file.result.attack!.confusion;
    const sourceAlone = counts.map((row, i) => (i === 0 ? row : row.map(() => 0)));
    const attack = measureAttack(sourceAlone, file.result.recipe.attack!.policy);
    const old = { ...file, result: { ...file.result, attack } };
    const before = pairTable(finishedOf(madeUp(baseline(1), 4), old), [1], "pattern");
    expect(before.cells[0].others).toBeNull();
    expect(pairSummary(before)).toContain(
      "what other triggered digits are read as was not measured",
    );
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
    expect(progressOf(digitReproduction, item, finished, [1])).toEqual({
      finished: 1,
      instances: 8,
    });
  });
});
