/** What answers are worth where the attack is known, what all of them come to, and how long they will take. */
import { describe, expect, it } from "vitest";
import { assess } from "../../src/defences/assessment.ts";
import { estimateSeconds } from "../../src/defences/estimate.ts";
import type { Standing } from "../../src/defences/judge.ts";
import { defences } from "../../src/defences/table.ts";
import { overallVerdict } from "../../src/defences/verdict.ts";

const standing = (cleanAccuracy: number, attackSuccess: number | null): Standing => ({
  cleanAccuracy,
  attackSuccess,
  trueLabelAccuracy: null,
  otherClassesAccuracy: null,
  perClass: null,
});
const find = { kind: "find", blindSpots: "It is blind." } as const;
const mend = { kind: "remove", blindSpots: "It is blind." } as const;
const attacked = standing(0.99, 0.98);

describe("an answer, where the attack is known,", () => {
  it("fails where it finds nothing though images obey, and says what it cannot see", () => {
    expect(assess(find, { flagged: false, after: null }, attacked)).toEqual({
      fails: true,
      text: "Fails on this attack: 98.00 % of the triggered images obey. It is blind.",
    });
    expect(assess(find, { flagged: true, after: null }, attacked)).toMatchObject({ fails: false });
  });

  it("is a false alarm where the trigger that is tried does nothing", () => {
    const honest = standing(0.99, 0.01);
    expect(assess(find, { flagged: true, after: null }, honest)!.text).toContain("false alarm");
    expect(assess(find, { flagged: false, after: null }, honest)).toBeNull();
  });

  it("fails where it misses more than a tenth of what it looks for", () => {
    const of = (missed: number) => assess(find, { flagged: null, missed, after: null }, attacked)!;
    expect(of(1)).toMatchObject({ fails: true, text: expect.stringContaining("misses 100.0 %") });
    expect(of(0.1)).toMatchObject({ fails: false });
    // One that takes the network for backdoored is right, whatever it misses.
    const flagged = assess(find, { flagged: true, missed: 0.205, after: null }, attacked)!;
    expect(flagged).toMatchObject({ fails: false, text: expect.stringContaining("misses 20.5 %") });
  });

  it("is judged by what is left of the attack, and then of the network", () => {
    const of = (clean: number, success: number) =>
      assess(mend, { flagged: null, after: standing(clean, success) }, attacked)!;
    expect(of(0.695, 0.976)).toEqual({
      fails: true,
      text: "Fails on this attack: 97.60 % of the triggered images obey after it, 98.00 % before; clean accuracy fell by 29.50 points.",
    });
    expect(of(0.9, 0)).toMatchObject({ fails: true, text: expect.stringMatching(/^Ruins/) });
    expect(of(0.992, 0.002)).toMatchObject({
      fails: false,
      text: expect.stringContaining("rose by 0.20 points"),
    });
  });

  it("is worth nothing that is known where no trigger is", () => {
    const unknown = standing(0.99, null);
    expect(assess(find, { flagged: false, after: null }, unknown)).toBeNull();
    expect(assess(mend, { flagged: null, after: unknown }, unknown)).toBeNull();
    expect(assess(find, { flagged: false, after: null }, null)).toBeNull();
  });
});

describe("the verdict", () => {
  const [first, second, third] = defences;
  const result = (id: string, flagged: boolean | null) => ({ id, flagged, evidence: `of ${id}` });

  it("is open until a defence that judges has answered", () => {
    expect(overallVerdict(defences, [])).toMatchObject({ outcome: "open", evidence: [] });
    const { outcome, text, unasked } = overallVerdict(defences, [result(second.id, null)]);
    expect([outcome, text.slice(0, 11)]).toEqual(["open", "Not judged:"]);
    expect(unasked).toHaveLength(defences.length - 1);
    expect(unasked).not.toContain(second.name);
  });

  it("names first what takes it for backdoored, and the blind spots of all that do not", () => {
    const results = [result(first.id, false), result(second.id, null), result(third.id, true)];
    const { outcome, text, evidence, blindSpots } = overallVerdict(defences, results);
    expect(outcome).toBe("backdoored");
    expect(text).toContain("1 of 2 defences that judged takes this network for backdoored.");
    expect(evidence.map(({ id }) => id)).toEqual([third.id, first.id]);
    expect(blindSpots.map(({ text }) => text)).toEqual([first.blindSpots, second.blindSpots]);
  });

  it("is no proof where none finds anything", () => {
    const one = overallVerdict(defences, [result(first.id, false)]);
    expect(one.outcome).toBe("clear");
    expect(one.text).toContain("The one defence that judged finds no backdoor. That is no proof");
    const two = overallVerdict(defences, [result(first.id, false), result(third.id, false)]);
    expect(two.text).toContain("None of 2 defences that judged finds a backdoor.");
  });
});

describe("an estimate", () => {
  const images = { classes: 10, detect: 1000, repair: 3000, training: 20_000 };
  const of = (id: string) => defences.find((defence) => defence.id === id)!;
  const estimate = (id: string, pace: number | null, results: { id: string; seconds: number }[]) =>
    estimateSeconds(defences, of(id), images, pace, results);

  it("counts the images that go through the network, as the findings do afterwards", () => {
    expect(of("nc").work(images)).toEqual({ forward: 0, back: 80_000 });
    expect(of("pairs").work(images)).toEqual({ forward: 0, back: 108_000 });
    expect(of("untargeted").work(images).back).toBe(480 * 64);
    expect(of("mmbd").work(images).back).toBe(300 * 301);
    expect(of("clustering").work(images)).toEqual({ forward: 20_000, back: 0 });
  });

  it("takes three passes forward for one back, until one that has run tells better", () => {
    expect(estimate("nc", null, [])).toBeNull();
    expect(estimate("nc", 6000, [])).toBeCloseTo(40, 6);
    expect(estimate("nc", 6000, [{ id: "pairs", seconds: 108 }])).toBeCloseTo(80, 6);
    expect(estimate("nc", 6000, [{ id: "nc", seconds: 7 }])).toBe(7);
    expect(estimate("clp", 6000, [])).toBe(0);
  });
});
