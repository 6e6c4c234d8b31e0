/** Defences of the table on a network, and how what they leave is judged. */
import { describe, expect, it } from "vitest";
import { defend } from "../../src/defences/defend.ts";
import type { Defence } from "../../src/defences/defence.ts";
import { Judge } from "../../src/defences/judge.ts";
import { defences } from "../../src/defences/table.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { useGpu } from "../gpu.ts";
import { shippedAttack, shippedBadNet, testImages } from "./shipped.ts";

const device = useGpu();
const classes = 10;
const kept = Uint32Array.from({ length: 50 }, (_, i) => i);

const judgeOf = async (attack: typeof shippedAttack | null) =>
  await Judge.build(device.gpu, digitNet, { classes, images: await testImages(60), kept, attack });

const materials = async () => {
  const images = await testImages(60);
  const features = () => Promise.resolve([]);
  return { classes, detect: images, repair: images, features, attack: shippedAttack, seed: 1 };
};

/** A row that does nothing but say so. */
const still = (id: string, answer: Defence["answer"]): Defence => ({ ...defences[0], id, answer });

describe("the table of defences", () => {
  it("has each once, in order of cost, with all that is said of it", () => {
    const ids = defences.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(["clp", "strip", "clustering", "spectral", "pruning", "tuning"]),
    );
    const costs = defences.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    for (const { question, blindSpots } of defences) {
      expect(question).toMatch(/\?$/);
      expect(blindSpots).toMatch(/\.$/);
    }
  });
});

describe("a judge", () => {
  it("counts the attacker's success and the other classes by the policy that is tried", async () => {
    const subject = await shippedBadNet();
    const all = await (await judgeOf(shippedAttack)).stands(subject.parameters);
    expect(all.cleanAccuracy).toBeGreaterThan(0.9);
    expect(all.attackSuccess).toBeGreaterThan(0.9);
    expect(all.otherClassesAccuracy).toBeNull();
    expect(all.perClass).toHaveLength(10);
    // The same trigger, taken for one of 7 to 8 alone: what else it turns are other classes that are wrong.
    const policy = { kind: "single-target", source: 7, target: 8 } as const;
    const one = await (await judgeOf({ ...shippedAttack, policy })).stands(subject.parameters);
    expect(one.cleanAccuracy).toBe(all.cleanAccuracy);
    expect(one.attackSuccess).toBe(all.perClass!.find(({ label }) => label === 7)!.success);
    expect(one.otherClassesAccuracy).toBeLessThan(0.1);
  });

  it("knows no success without a trigger", async () => {
    const judge = await judgeOf(null);
    expect(await judge.stands((await shippedBadNet()).parameters)).toMatchObject({
      attackSuccess: null,
      trueLabelAccuracy: null,
      perClass: null,
    });
  });
});

describe("defending", () => {
  it("judges before, and after what was mended", async () => {
    const subject = await shippedBadNet();
    const dark = new Map(subject.parameters).set("fc2.w", new Float32Array(5120));
    const row = { findings: {}, flagged: null, evidence: "" };
    const told: string[] = [];
    const { before, results } = await defend(
      device.gpu,
      subject,
      await materials(),
      [
        still("idle", () => Promise.resolve({ ...row, mended: null })),
        still("dark", () => Promise.resolve({ ...row, mended: dark })),
      ],
      await judgeOf(shippedAttack),
      { onResult: ({ id }) => void told.push(id) },
    );
    expect(before!.attackSuccess).toBeGreaterThan(0.9);
    expect(results.map(({ id }) => id)).toEqual(["idle", "dark"]);
    expect(told).toEqual(["idle", "dark"]);
    expect(results[0].after).toBeNull();
    expect(results[1].after!.cleanAccuracy).toBeLessThan(0.3);
  });

  it("keeps what was finished when it is told to end, and passes on what went wrong", async () => {
    const [subject, own] = [await shippedBadNet(), await materials()];
    const judge = await judgeOf(null);
    const stop = new AbortController();
    const row = { findings: {}, flagged: true, evidence: "", mended: null };
    const chosen = [
      still("first", () => Promise.resolve(row)),
      still("second", () => Promise.reject(new Error("broken"))),
    ];
    const hooks = { signal: stop.signal, onResult: () => stop.abort() };
    const { results } = await defend(device.gpu, subject, own, chosen, judge, hooks);
    expect(results.map(({ id }) => id)).toEqual(["first"]);
    await expect(defend(device.gpu, subject, own, chosen, judge)).rejects.toThrow("broken");
  });
});
