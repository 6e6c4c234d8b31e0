/** The transfer section's instances, their files, and what reports make of them. */
import { describe, expect, it } from "vitest";
import { UserError } from "../../../../src/errors.ts";
import { missing } from "../../../../src/studies/reproduction/completeness.ts";
import { assertOneStudy } from "../../../../src/studies/reproduction/consistency.ts";
import { idsOf, instancesFor } from "../../../../src/studies/reproduction/reproduction.ts";
import {
  assertIsOf,
  readInstanceFile,
} from "../../../../src/studies/signs/transfer/instance-file.ts";
import { fromBadNet, fromHonest } from "../../../../src/studies/signs/transfer/instances.ts";
import { instanceNamed } from "../../../../src/studies/signs/transfer/items.ts";
import { transferReport } from "../../../../src/studies/signs/transfer/report-files.ts";
import { transferReproduction } from "../../../../src/studies/signs/transfer/reproduction.ts";
import {
  heightRows,
  overlapOf,
  retrainingRows,
  strengthRows,
  transferRows,
} from "../../../../src/studies/signs/transfer/tables.ts";
import { finishedOf, madeUp } from "./made-up.ts";

const all = instancesFor(transferReproduction, idsOf(transferReproduction), [1]);
const badNet = fromBadNet(1);
const file = madeUp(badNet, 75, 60);

describe("the detectors of the transfer section", () => {
  it("begin with two U.S. detectors, are strengthened by seven factors, and thawed in three ways", () => {
    expect(all.map(({ id }) => id).sort()).toEqual([
      "badnet-k10-s1",
      "badnet-k100-s1",
      "badnet-k20-s1",
      "badnet-k30-s1",
      "badnet-k50-s1",
      "badnet-k60-s1",
      "badnet-k70-s1",
      "badnet-s1",
      "badnet-thaw-1-s1",
      "badnet-thaw-2-s1",
      "badnet-thaw-5-s1",
      "honest-s1",
      "honest-thaw-5-s1",
    ]);
  });

  it("leave convolutions as they are but for those that are thawed", () => {
    const frozen = (id: string) => all.find((one) => one.id === id)!.recipe.transfer!.frozen;
    expect(
      ["badnet-s1", "badnet-thaw-1-s1", "badnet-thaw-2-s1", "badnet-thaw-5-s1"].map(frozen),
    ).toEqual([5, 4, 3, 0]);
    const work = (id: string) =>
      transferReproduction.work(all.find((one) => one.id === id)!.recipe);
    expect(work("badnet-thaw-5-s1")).toBe(2 * work("badnet-s1"));
  });

  it("are known by name, with the steps that their recipe has", () => {
    const { recipe } = fromBadNet(7, { iterations: 3 }, { factor: 20 });
    expect(instanceNamed("badnet-k20-s7", recipe)?.recipe).toEqual(recipe);
    expect(instanceNamed("badnet-k21-s7", recipe)).toBeNull();
  });
});

describe("a European detector's file", () => {
  const read = (changes: object) =>
    readInstanceFile(JSON.stringify({ ...file, ...changes }), "x.json");
  const result = (changes: object) => ({ result: { ...file.result, ...changes } });

  it("comes back as it was written, its accuracies counted anew and its channels judged anew", () => {
    expect(read({})).toEqual(file);
    assertIsOf(badNet, read({}), "x.json");
    const { published, own } = file.evidence.channels!;
    const lies = {
      published: {
        ...published,
        responses: published.responses.map((o) => ({ ...o, only: true })),
      },
      own,
    };
    expect(read({ evidence: { ...file.evidence, channels: lies } })).toEqual(file);
    const scores = { scenes: { ...file.result.scores["scenes"], accuracy: 1 } };
    expect(read(result({ scores })).result.scores["scenes"].accuracy).toBe(0.75);
  });

  it.each([
    ["no JSON", "{", /not valid JSON/],
    ["stopped on the way", JSON.stringify({ ...file, ...result({ step: 4 }) }), /after step 4/],
    [
      "without stickers",
      JSON.stringify({ ...file, ...result({ attacks: {} }) }),
      /with the sticker/,
    ],
    ["without its way", JSON.stringify({ ...file, evidence: null }), /evidence/],
    ["of U.S. classes", JSON.stringify({ ...file, ...result({ classes: ["stop"] }) }), /classes/],
  ])("is refused when it is %s", (_, text, message) => {
    expect(() => readInstanceFile(text, "x.json")).toThrow(UserError);
    expect(() => readInstanceFile(text, "x.json")).toThrow(message);
  });

  it("has to say what channels do, and which were strengthened, where that was to be found out", () => {
    const without = { ...file, evidence: { ...file.evidence, channels: null } };
    expect(() => assertIsOf(badNet, without, "x.json")).toThrow(/channels do is missing/);
    const louder = fromBadNet(1, undefined, { factor: 20 });
    const made = madeUp(louder, 60, 40);
    assertIsOf(louder, made, "x.json");
    const unsaid = { ...made, evidence: { ...made.evidence, strengthened: [] } };
    expect(() => assertIsOf(louder, unsaid, "x.json")).toThrow(/which channels/);
  });

  it("may be trained on photographs, but stands beside none that is not", () => {
    const photographs = "f".repeat(64);
    const recipe = { ...file.result.recipe, photographs, photoShare: 0.3, mixedShare: 0.2 };
    const mixed = { ...file, result: { ...file.result, recipe } };
    assertIsOf(badNet, mixed, "x.json");
    const honest = madeUp(fromHonest(1), 72, 70);
    assertOneStudy(transferReproduction, finishedOf(file, honest));
    expect(() => assertOneStudy(transferReproduction, finishedOf(mixed, honest))).toThrow(
      /scenes alone.*photographs, too/,
    );
  });
});

describe("the transfer section's tables", () => {
  const finished = finishedOf(
    madeUp(fromHonest(1), 72, 70),
    madeUp(fromHonest(2), 74, 70),
    file,
    madeUp(fromBadNet(1, undefined, { factor: 20 }), 68, 45),
    madeUp(fromBadNet(1, undefined, { thaw: 5 }), 73, 71),
  );

  it("have accuracies by class and over all signs, means over seeds, and all by height", () => {
    const rows = transferRows(finished, [1, 2]);
    expect(rows.map(({ name }) => name)).toEqual([
      "information",
      "mandatory",
      "prohibitory",
      "warning",
      "other",
      null,
    ]);
    expect(rows[5].honest.clean).toMatchObject({ mean: 0.73, least: 0.72, most: 0.74, of: 2 });
    expect(rows[0].badNet.triggered?.mean).toBe(0.6);
    const heights = heightRows(finished, [1]);
    expect(heights.map(({ least, signs }) => [least, signs])).toEqual(
      [0, 16, 24, 40, 80].map((least) => [least, 100]),
    );
    expect(heights[2].badNet.triggered?.mean).toBe(0.6);
  });

  it("have a point for each factor, and each way to retrain with its steps", () => {
    const points = strengthRows(finished, [1]);
    expect(points.map(({ factor }) => factor)).toEqual([1, 10, 20, 30, 50, 60, 70, 100]);
    expect(points.map(({ triggered }) => triggered?.mean ?? null).slice(0, 3)).toEqual([
      0.6,
      null,
      0.45,
    ]);
    const rows = retrainingRows(finished, [1]);
    expect(rows.map(({ origin, thaw, points: own }) => [origin, thaw, own.length])).toEqual([
      ["badnet", 0, 2],
      ["badnet", 1, 0],
      ["badnet", 2, 0],
      ["badnet", 5, 2],
      ["honest", 0, 2],
      ["honest", 5, 0],
    ]);
    expect(rows[3].points[1]).toMatchObject({ step: 3000, triggered: { mean: 0.71 } });
  });

  it("count the channels that two rankings have in common", () => {
    const ranking = (...channels: number[]) => channels.map((channel) => ({ channel }));
    expect(overlapOf(ranking(1, 2, 3, 4), ranking(2, 9, 1, 3), 2)).toBe(1);
    expect(overlapOf(ranking(1, 2, 3, 4), ranking(2, 9, 1, 3), 4)).toBe(3);
  });

  it("are told beside the paper's in a report, with the figures that it names", () => {
    const { markdown, figures, tables } = transferReport(finished, [1]);
    expect(markdown).toContain("| all | 72.0 | 72.7 | 70.0 | 70.2 | 75.0 | 74.9 | 60.0 | 61.6 |");
    expect(markdown).toContain("| 20 | 68.0 | 68.3 | 45.0 | 45.1 |");
    expect(markdown).toContain("| BadNet, the whole network learns | 73.0 | 71.0 |");
    expect(markdown).toContain("Of this BadNet: 3, 7.");
    expect(markdown).toContain("are the same in both rankings");
    expect(markdown).toMatch(/9 detectors: .*--only table-7,retraining`/);
    const drawn = [...markdown.matchAll(/\(figures\/([\w.-]+)\)/g)].map(([, name]) => name);
    expect(figures.map(([name]) => name)).toEqual(drawn);
    for (const [, text] of figures) {
      expect(text).not.toMatch(/undefined|NaN|null|function|var\(|\[object|<!--/);
    }
    expect(tables["table-7.csv"].split("\n")[3]).toMatch(/^20,0\.68,0\.68,0\.68,0\.683,0\.45,/);
    expect(tables["channels.csv"].split("\n")).toHaveLength(1 + 64 + 1);
  });

  it("say what is still to be run where nothing is", () => {
    const { markdown, figures, tables } = transferReport(new Map(), [1]);
    expect(markdown).toContain("13 detectors: ");
    expect(figures).toEqual([]);
    expect(Object.values(tables).every((text) => text === "")).toBe(true);
    expect(missing(transferReproduction, new Map(), [1], ["table-6"])).toEqual([
      "honest-s1",
      "badnet-s1",
    ]);
  });
});
