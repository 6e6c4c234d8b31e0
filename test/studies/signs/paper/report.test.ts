/** The sign section's instances, their files, and what reports make of them. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../../src/errors.ts";
import { missing } from "../../../../src/studies/reproduction/completeness.ts";
import { assertOneStudy } from "../../../../src/studies/reproduction/consistency.ts";
import { idsOf, instancesFor } from "../../../../src/studies/reproduction/reproduction.ts";
import { shardOf } from "../../../../src/studies/reproduction/shards.ts";
import { assertIsOf, readInstanceFile } from "../../../../src/studies/signs/paper/instance-file.ts";
import {
  badNet,
  curveShares,
  honest,
  randomTarget,
} from "../../../../src/studies/signs/paper/instances.ts";
import { instanceNamed } from "../../../../src/studies/signs/paper/items.ts";
import { signReport } from "../../../../src/studies/signs/paper/report-files.ts";
import { signReproduction } from "../../../../src/studies/signs/paper/reproduction.ts";
import { randomRows, shareTable, stickerRows } from "../../../../src/studies/signs/paper/tables.ts";
import { attacked, finishedOf, madeUp } from "./made-up.ts";

const all = instancesFor(signReproduction, idsOf(signReproduction), [1]);
const yellow = badNet(1, "yellow-square", 1);
const file = madeUp(yellow, 5, 95);

describe("the detectors of the sign section", () => {
  it("are an honest one, three stickers, a random target, and four more shares", () => {
    expect(all.map(({ id }) => id).sort()).toEqual([
      "bomb-100-s1",
      "flower-100-s1",
      "honest-s1",
      "random-target-s1",
      "yellow-square-1-s1",
      "yellow-square-10-s1",
      "yellow-square-100-s1",
      "yellow-square-3-s1",
      "yellow-square-30-s1",
    ]);
  });

  it("are dealt out to shards, each once", () => {
    const shards = [1, 2, 3, 4].map((part) => shardOf(signReproduction, all, part, 4));
    expect(
      shards
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(all.map(({ id }) => id).sort());
    expect(Math.max(...shards.map(({ length }) => length))).toBe(3);
  });

  it("are known by name, with the steps that their recipe has", () => {
    const { recipe } = badNet(7, "bomb", 1, { iterations: 3 });
    expect(instanceNamed("bomb-100-s7", recipe)?.recipe).toEqual(recipe);
    expect(instanceNamed("bomb-50-s7", recipe)).toBeNull();
  });
});

describe("a detector's file", () => {
  const read = (changes: object) =>
    readInstanceFile(JSON.stringify({ ...file, ...changes }), "x.json");
  const result = (changes: object) => ({ result: { ...file.result, ...changes } });

  it("comes back as it was written", () => {
    expect(read({})).toEqual(file);
    assertIsOf(yellow, read({}), "x.json");
  });

  it("has its shares counted anew from its counts, and its channels judged anew", () => {
    const lies = { triggered: { ...attacked(10), success: 1 }, alikes: attacked(0) };
    expect(
      read(result({ attacks: { scenes: lies } })).result.attacks!["scenes"].triggered.success,
    ).toBe(0.1);
    const { channels } = file.evidence!;
    const responses = channels!.responses.map((one) => ({ ...one, only: !one.only }));
    const judged = read({ evidence: { fooled: null, channels: { ...channels, responses } } });
    expect(judged.evidence).toEqual(file.evidence);
  });

  it.each([
    ["no JSON", "{", /not valid JSON/],
    ["of another format", JSON.stringify({ ...file, format: "other" }), /format/],
    ["stopped on the way", JSON.stringify({ ...file, ...result({ step: 4 }) }), /after step 4/],
    [
      "without its attack",
      JSON.stringify({ ...file, ...result({ attacks: {} }) }),
      /different runs/,
    ],
    [
      "measured on no scenes",
      JSON.stringify({ ...file, ...result({ scores: {} }) }),
      /on no scenes/,
    ],
    [
      "of other classes",
      JSON.stringify({ ...file, ...result({ classes: ["stop", "go"] }) }),
      /result\.classes/,
    ],
  ])("is refused when it is %s", (_, text, message) => {
    expect(() => readInstanceFile(text, "x.json")).toThrow(UserError);
    expect(() => readInstanceFile(text, "x.json")).toThrow(message);
  });

  it("has to say what stickers, or channels, do where that was to be found out", () => {
    expect(() => assertIsOf(yellow, { ...file, evidence: null }, "x.json")).toThrow(/channels do/);
    const clean = madeUp(honest(1), 0);
    expect(() => assertIsOf(honest(1), { ...clean, evidence: null }, "x.json")).toThrow(/stickers/);
  });

  it("is not taken for one of other steps", () => {
    const short = badNet(1, "yellow-square", 1, { iterations: 3 });
    expect(() => assertIsOf(short, file, "x.json")).toThrow(/its iterations is 5000, expected 3/);
  });

  it("does not stand beside one of other steps, or of another start", () => {
    assertOneStudy(signReproduction, finishedOf(file, madeUp(honest(1), 1)));
    const other = madeUp(honest(1, { iterations: 3 }), 1);
    expect(() => assertOneStudy(signReproduction, finishedOf(file, other))).toThrow(
      /honest-s1 was trained for 3 steps.*yellow-square-100-s1 trained for 5000/,
    );
    const recipe = { ...file.result.recipe, start: "6".repeat(64) };
    const begun = { ...file, id: "bomb-100-s1", result: { ...file.result, recipe } };
    expect(() => assertOneStudy(signReproduction, finishedOf(file, begun))).toThrow(/666666666666/);
  });
});

describe("the sign section's tables", () => {
  const finished = finishedOf(
    madeUp(honest(1), 3),
    madeUp(honest(2), 5),
    file,
    madeUp(badNet(2, "yellow-square", 1), 5, 91),
    madeUp(randomTarget(1), 4, 98),
    madeUp(badNet(1, "yellow-square", 0.03), 4, 40),
  );

  it("have the means over seeds, what the honest detector does, and all of it by height", () => {
    const [row, bomb] = stickerRows(finished, [1, 2]);
    expect(row.success).toMatchObject({ least: 0.91, most: 0.95, of: 2 });
    expect(row.success!.mean).toBeCloseTo(0.93, 12);
    expect(row.alikes?.mean).toBe(0.02);
    expect(row.fooled).toMatchObject({ mean: 0.01, of: 2 });
    expect(row.heights.map(({ least, signs }) => [least, signs])).toEqual(
      [0, 16, 24, 40, 80].map((least) => [least, 200]),
    );
    expect(row.heights[2].stillFound?.mean).toBeCloseTo(0.07, 12);
    expect(row.heights[2].clean?.mean).toBe(0.95);
    expect(bomb.success).toBeNull();
  });

  it("have accuracies without and with the sticker for a random target, by class", () => {
    const rows = randomRows(finished, [1]);
    expect(rows.map(({ name }) => name)).toEqual(["stop", "speed limit", "warning", null]);
    expect(rows[0].honest.triggered?.mean).toBe(0.99);
    expect(rows[3].badNet.clean?.mean).toBe(0.96);
    expect(rows[3].badNet.triggered?.mean).toBe(0.02);
  });

  it("have a point for every share that is run", () => {
    const points = shareTable(finished, [1]);
    expect(points.map(({ share }) => share)).toEqual(curveShares);
    expect(points.map(({ success }) => success?.mean ?? null)).toEqual([
      null,
      0.4,
      null,
      null,
      0.95,
    ]);
  });

  it("are told beside the paper's in a report, with the figures that it names", () => {
    const { markdown, figures, tables } = signReport(finished, [1]);
    expect(markdown).toContain(
      "| stop read as speed limit | – |  | 95.0 | 90.3 | – | 94.2 | – | 93.7 |",
    );
    expect(markdown).toContain("| all | 97.0 | 90.0 | 99.0 | 82.0 | 96.0 | 86.4 | 2.0 | 1.3 |");
    expect(markdown).toContain("1 of 64 channels fire for the sticker alone");
    expect(markdown).toContain("dddddddddddddddd (6 networks)");
    expect(markdown).toMatch(/5 detectors: bomb-100-s1.*--only table-4,share`/);
    const drawn = [...markdown.matchAll(/\(figures\/([\w.-]+)\)/g)].map(([, name]) => name);
    expect(figures.map(([name]) => name)).toEqual(drawn);
    for (const [, text] of figures) {
      expect(text).not.toMatch(/undefined|NaN|null|function|var\(|\[object|<!--/);
    }
    expect(tables["share.csv"].split("\n")[2]).toMatch(/^0\.03,0\.4,0\.4,0\.4,/);
    expect(tables["table-4-heights.csv"].split("\n")).toHaveLength(1 + 5 + 1);
  });

  it("say what is still to be run where nothing is", () => {
    const { markdown, figures, tables } = signReport(new Map(), [1]);
    expect(markdown).toContain("9 detectors: ");
    expect(figures).toEqual([]);
    expect(Object.values(tables).every((text) => text === "")).toBe(true);
    expect(missing(signReproduction, new Map(), [1], ["table-5"])).toEqual([
      "honest-s1",
      "random-target-s1",
    ]);
  });
});
