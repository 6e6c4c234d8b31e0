/** What of the paper is finished, and what may stand in one report. */
import { describe, expect, it } from "vitest";
import { missing, progressOf, seedsOf } from "../../../../src/studies/reproduction/completeness.ts";
import { assertOneStudy } from "../../../../src/studies/reproduction/consistency.ts";
import { type InstanceFile } from "../../../../src/studies/digits/paper/instance-file.ts";
import {
  TABLE_SHARE,
  allToAll,
  baseline,
  singleTarget,
} from "../../../../src/studies/digits/paper/instances.ts";
import { items } from "../../../../src/studies/digits/paper/items.ts";
import { digitReproduction } from "../../../../src/studies/digits/paper/reproduction.ts";
import { finishedOf, madeUp } from "./made-up.ts";

const finished = finishedOf(
  madeUp(baseline(1), 5),
  madeUp(allToAll(1, "pattern", TABLE_SHARE), 4, 6),
  madeUp(singleTarget(1, "pattern", 0, 1), 5, 0),
);

describe("a reproduction", () => {
  it("knows what is missing", () => {
    const lacking = missing(digitReproduction, finished, [1]);
    expect(lacking).toHaveLength(547 - 3);
    expect(lacking).toContain(singleTarget(1, "single-pixel", 9, 8).id);
    expect(
      progressOf(
        digitReproduction,
        items.find(({ id }) => id === "figure-4")!,
        finished,
        [1],
      ),
    ).toEqual({ finished: 1, instances: 180 });
    expect(seedsOf(finished)).toEqual([1]);
  });

  it("is one study only with one version, one set of data, and the baseline it began with", () => {
    assertOneStudy(digitReproduction, finished);
    const [honest, badNet] = finished.values();
    const other = (changes: object): InstanceFile => ({
      ...badNet,
      result: { ...badNet.result, ...changes },
    });
    const refused = (file: InstanceFile) => () =>
      assertOneStudy(digitReproduction, finishedOf(honest, file));
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
    assertOneStudy(digitReproduction, finishedOf(honest, made(badNet, a)));
    assertOneStudy(digitReproduction, finishedOf(made(honest, a), made(badNet, a)));
    assertOneStudy(digitReproduction, finishedOf(made(honest, a), made(badNet, b, "workgroup")));
    expect(() =>
      assertOneStudy(digitReproduction, finishedOf(made(honest, a), made(badNet, b))),
    ).toThrow(/made by the kernels bbbbbbbbbbbb.*cannot be joined/);
  });

  it("is one study only if those that begin with the same instance begin with the same parameters", () => {
    // The instance itself is in another folder.
    const [one, two] = [1, 2].map((source) => madeUp(singleTarget(1, "pattern", source, 0), 4));
    assertOneStudy(digitReproduction, finishedOf(one, two));
    const recipe = { ...two.result.recipe, start: { parametersSha256: "c".repeat(64) } };
    expect(() =>
      assertOneStudy(
        digitReproduction,
        finishedOf(one, { ...two, result: { ...two.result, recipe } }),
      ),
    ).toThrow(/begins with the parameters cccccccccccc.*which begins with the same all-to-one/);
  });
});
