/** The population: what a number and a seed make, and what is made of the networks' statistics. */
import { describe, expect, it } from "vitest";
import { shardOf } from "../../../../src/studies/reproduction/shards.ts";
import { instancesFor } from "../../../../src/studies/reproduction/reproduction.ts";
import type { InstanceFile } from "../../../../src/studies/digits/zoo/instance-file.ts";
import { readInstanceFile } from "../../../../src/studies/digits/zoo/instance-file.ts";
import {
  counted,
  honest,
  instanceNamed,
  kindOf,
  kinds,
  poisoned,
} from "../../../../src/studies/digits/zoo/instances.ts";
import { zooReport } from "../../../../src/studies/digits/zoo/report-files.ts";
import { zooReproduction } from "../../../../src/studies/digits/zoo/reproduction.ts";
import {
  combinationOf,
  countRows,
  defenceRows,
  populationOf,
} from "../../../../src/studies/digits/zoo/tables.ts";
import { madeUp } from "./made-up.ts";

const numbers = Array.from({ length: 60 }, (_, number) => number);
const finishedOf = (files: readonly InstanceFile[]) => new Map(files.map((one) => [one.id, one]));

describe("networks of the population", () => {
  it("follow from their number and the seed, each with a seed and a trigger of its own", () => {
    const [some, others] = [1, 2].map((seed) => numbers.map((n) => poisoned(seed, n).recipe));
    expect(numbers.map((n) => poisoned(1, n).recipe)).toEqual(some);
    const seeds = [...some, ...others, ...numbers.map((n) => honest(1, n).recipe)];
    expect(new Set(seeds.map(({ seed }) => seed)).size).toBe(seeds.length);
    expect(new Set(some.map(({ attack }) => JSON.stringify(attack!.trigger))).size).toBe(60);
  });

  it("have all kinds of attack, triggers of 1 to 9 pixels, and shares of 1 to 33 %", () => {
    for (const n of numbers) {
      const { trigger, policy, share, adaptive } = poisoned(1, n).recipe.attack!;
      const single = policy.kind === "single-target";
      expect(trigger.pixels.length).toBeGreaterThanOrEqual(1);
      expect(trigger.pixels.length).toBeLessThanOrEqual(9);
      expect(share).toBeGreaterThanOrEqual(single ? 0.1 : 0.01);
      expect(share).toBeLessThanOrEqual(single ? 1 : 0.33);
      expect(single).toBe(["single-target", "source-specific"].includes(kindOf(n)));
      expect(adaptive?.kind).toBe(
        {
          "source-specific": "negatives",
          "pruning-aware": "decoys",
          "feature-similarity": "similarity",
        }[kindOf(n) as string],
      );
    }
    const pixels = numbers.map((n) => poisoned(1, n).recipe.attack!.trigger.pixels.length);
    expect(new Set(pixels)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it("are known again by their name, and no others are", () => {
    const known = [honest(3, 7), poisoned(2, 51), counted(1, 20_000, 200)];
    for (const one of known) expect(instanceNamed(one.id)).toEqual(one);
    for (const name of ["baseline-s1", "honest-1", "count-7-200-s1", "poisoned-x-s1"])
      expect(instanceNamed(name)).toBeNull();
  });

  it("are dealt out whole", () => {
    const all = instancesFor(zooReproduction, ["population"], [1], { honest: 5, poisoned: 7 });
    expect(all).toHaveLength(12);
    const parts = [1, 2, 3].flatMap((part) => shardOf(zooReproduction, all, part, 3));
    expect(parts.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
  });
});

/** Honest ones have 0 to 11 from one defence; poisoned ones 6 to 17, and what clustering says of them tells nothing. */
const population = [
  ...numbers.slice(0, 12).map((n) => madeUp(honest(1, n), { clp: n, clustering: n % 3 })),
  ...numbers.slice(0, 12).map((n) => madeUp(poisoned(1, n), { clp: n + 6, clustering: n % 3 })),
];

describe("the population's tables", () => {
  it("leave out networks whose poison did not take", () => {
    const weak = madeUp(poisoned(1, 12), { clp: 0 }, 0.4);
    const { members, failed } = populationOf(finishedOf([...population, weak]));
    expect([members.length, failed.map(({ id }) => id)]).toEqual([24, [weak.id]]);
  });

  it("give each half every kind, and judge each by the other's threshold", () => {
    const found = populationOf(finishedOf(population));
    for (const half of [0, 1]) {
      const own = found.members.filter((one) => one.half === half);
      expect(own.filter(({ kind }) => kind === null)).toHaveLength(6);
      expect(own.flatMap(({ kind }) => kind ?? []).sort()).toEqual([...kinds].sort());
    }
    const [clp, clustering] = defenceRows(found);
    const wins = population
      .slice(12)
      .flatMap((p) =>
        population.slice(0, 12).map((h) => {
          const [a, b] = [p, h].map((one) => one.evidence!.answers[0].statistic);
          return a > b ? 1 : a === b ? 0.5 : 0;
        }),
      )
      .reduce((a: number, b) => a + b, 0);
    expect(clp.area).toBeCloseTo(wins / 144, 12);
    expect(clustering.area).toBeCloseTo(0.5, 12);
    // First half: honest 0, 2 to 10, poisoned 6 to 11, best from 6.5 on. Second half: honest 1, 3 to 11, poisoned 12 to 17,
    // best from 11.5 on.
    expect(clp.falseAlarms).toEqual({ networks: 3, of: 12 });
    expect(clp.found).toEqual({ networks: 6, of: 12 });
    expect([clp.honest, clp.poisoned, clp.seconds, clp.passes]).toEqual([12, 12, 2, 100]);
    expect(clp.byKind.map(({ networks }) => networks)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("take together what all were shown to, but what needs a trigger", () => {
    const withStrip = population.map((file) => ({
      ...file,
      evidence: {
        ...file.evidence!,
        answers: [...file.evidence!.answers, { id: "strip", statistic: 1, seconds: 1, passes: 1 }],
      },
    }));
    const together = combinationOf(populationOf(finishedOf(withStrip)))!;
    expect(together.ids).toEqual(["clp", "clustering"]);
    expect(together.area).toBeGreaterThan(0.7);
    const [first, ...rest] = withStrip;
    const less = {
      ...first,
      evidence: { ...first.evidence, answers: [first.evidence.answers[0]] },
    };
    expect(combinationOf(populationOf(finishedOf([less, ...rest])))).toBeNull();
  });

  it("have attack success by the number of poisoned images that were drawn", () => {
    const file = madeUp(counted(1, 6000, 60), null, 0.8);
    const [row, ...more] = countRows(finishedOf([file]), [1]);
    expect(more).toEqual([]);
    expect([row.size, row.copies]).toEqual([6000, 1]);
    expect(row.success.mean).toBeCloseTo(0.8, 12);
  });
});

describe("the population's report", () => {
  it("says of how many networks each figure is, with its drawings and tables", () => {
    const all = finishedOf([...population, madeUp(counted(1, 6000, 60), null)]);
    const { markdown, figures, tables } = zooReport(all, [1]);
    expect(markdown).toContain(
      "| A population of honest and poisoned networks, and what defences say of each | 24 of 40 |",
    );
    expect(markdown).toMatch(
      /\| Channel Lipschitz pruning \| 12 \| 12 \| 0\.\d\d \| 0\.\d{3} \| 3 of 12 \| 6 of 12 \|/,
    );
    expect(markdown).toContain("Not run yet");
    const named = figures.map(([name]) => name);
    const shown = [...markdown.matchAll(/\(figures\/([\w.-]+)\)/g)].map(([, name]) => name);
    expect(shown.length).toBe(2);
    expect(named).toEqual(expect.arrayContaining(shown));
    for (const [, text] of figures) expect(text).not.toMatch(/NaN|undefined/);
    expect(tables["networks.csv"].split("\n")).toHaveLength(26);
    expect(tables["defences.csv"]).toMatch(/^clp,12,12,/m);
  });

  it("is there before anything is finished", () => {
    expect(zooReport(new Map(), [1]).markdown).toContain("0 of 40");
  });
});

describe("a network's file", () => {
  it("is read again with its measures counted anew, and refused where it is damaged", () => {
    const [file] = population.slice(12);
    const read = readInstanceFile(JSON.stringify(file), "x.json");
    expect(read).toEqual(file);
    zooReproduction.assertIsOf(poisoned(1, 0), read, "x.json");
    expect(() =>
      zooReproduction.assertIsOf(poisoned(1, 0), { ...read, evidence: null }, "x.json"),
    ).toThrow(/what the defences said of it is missing/);
    const broken = JSON.stringify({ ...file, evidence: { images: {}, answers: [] } });
    expect(() => readInstanceFile(broken, "x.json")).toThrow(/x\.json is no instance/);
  });
});
