/** Instance files from outside: taken as they are when they are right, refused otherwise. */
import { describe, expect, it } from "vitest";
import {
  allToAll,
  baseline,
  singleTarget,
  TABLE_SHARE,
} from "../../../../src/studies/digits/paper/instances.ts";
import {
  assertIsOf,
  readInstanceFile,
} from "../../../../src/studies/digits/paper/instance-file.ts";
import { UserError } from "../../../../src/errors.ts";
import { madeUp } from "./made-up.ts";

const badNet = allToAll(1, "pattern", 0.1);
const file = madeUp(badNet, 4, 6);
const read = (changes: object) =>
  readInstanceFile(JSON.stringify({ ...file, ...changes }), "x.json");
const result = (changes: object) => ({ result: { ...file.result, ...changes } });

describe("an instance file", () => {
  it("comes back as it was written", () => {
    expect(read({})).toEqual(file);
    assertIsOf(badNet, read({}), "x.json");
  });

  it("has its measures counted anew from its matrices", () => {
    const lies = { ...file.result.clean, accuracy: 1, error: 0 };
    expect(read(result({ clean: lies })).result.clean.error).toBeCloseTo(0.004, 10);
  });

  it("has its filters judged anew by what was measured of them", () => {
    const filter = (
      channel: number,
      triggerAlone: number,
      effect: number,
      successLost: number,
    ) => ({ channel, weights: [], triggerAlone, effect, successLost, recognises: channel === 0 });
    const evidence = { filters: [filter(0, 0.1, 0.1, 0), filter(1, 1, 1, 0)], depth: [] };
    expect(read({ evidence }).evidence?.filters.map(({ recognises }) => recognises)).toEqual([
      false,
      true,
    ]);
  });

  it("of a network whose neurons are examined has to say what they do", () => {
    const examined = allToAll(1, "pattern", TABLE_SHARE);
    assertIsOf(examined, madeUp(examined, 4), "x.json");
    expect(() => assertIsOf(examined, madeUp(examined, 4, 0, null), "x.json")).toThrow(
      /what its neurons were found to do is missing/,
    );
  });

  it.each([
    ["no JSON", "{", /not valid JSON/],
    ["of another format", JSON.stringify({ ...file, format: "other" }), /format/],
    ["of another version", JSON.stringify({ ...file, version: 2 }), /version/],
    [
      "with a matrix of another size",
      JSON.stringify({ ...file, ...result({ clean: { confusion: [[1]] } }) }),
      /clean\.confusion/,
    ],
    [
      "with a count below zero",
      JSON.stringify({
        ...file,
        ...result({
          clean: { confusion: file.result.clean.confusion.map((row) => row.map(() => -1)) },
        }),
      }),
      /clean\.confusion/,
    ],
    [
      "of no image at all",
      JSON.stringify({
        ...file,
        ...result({
          clean: { confusion: file.result.clean.confusion.map((row) => row.map(() => 0)) },
        }),
      }),
      /measured on no image/,
    ],
    [
      "of a run that was stopped",
      JSON.stringify({
        ...file,
        ...result({ training: { ...file.result.training, finished: false } }),
      }),
      /training\.finished/,
    ],
    [
      "without its attack's measures",
      JSON.stringify({ ...file, ...result({ attack: null }) }),
      /different runs/,
    ],
    [
      "with a digest that is none",
      JSON.stringify({ ...file, ...result({ parametersSha256: "x" }) }),
      /parametersSha256/,
    ],
  ])("is refused when it is %s", (_, text, message) => {
    expect(() => readInstanceFile(text, "x.json")).toThrow(UserError);
    expect(() => readInstanceFile(text, "x.json")).toThrow(message);
    expect(() => readInstanceFile(text, "x.json")).toThrow(/^x\.json /);
  });

  it("is not taken for another instance, or for one of another recipe", () => {
    expect(() => assertIsOf(singleTarget(1, "pattern", 1, 2), file, "x.json")).toThrow(
      /of the instance all-to-all-pattern-10-s1, expected single-target-pattern-1-2-s1/,
    );
    const recipe = { ...file.result.recipe, epochs: 9 };
    expect(() =>
      assertIsOf(badNet, { ...file, result: { ...file.result, recipe } }, "x.json"),
    ).toThrow(/another recipe: its epochs is 9/);
    const scratch = { ...file.result.recipe, start: null };
    expect(() =>
      assertIsOf(badNet, { ...file, result: { ...file.result, recipe: scratch } }, "x.json"),
    ).toThrow(/begins with random parameters/);
    assertIsOf(baseline(1), madeUp(baseline(1), 5), "x.json");
  });
});
