/** What each policy attacks, and which training images get a triggered copy. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  drawNegatives,
  drawPoison,
  targetOf,
  targetTable,
  type Policy,
} from "../../src/backdoor/attack.ts";
import { TRIGGERED } from "../../src/data/order.ts";

const CLASSES = 10;
const sevenToOne: Policy = { kind: "single-target", source: 7, target: 1 };
const allToFive: Policy = { kind: "all-to-one", target: 5 };
const allToAll: Policy = { kind: "all-to-all" };

const targets = (policy: Policy, classes = CLASSES) =>
  Array.from({ length: classes }, (_, label) => targetOf(policy, label, classes));

/** The training images that were copied. */
const copied = (entries: Uint32Array) => [...entries].map((entry) => entry - TRIGGERED);

const policies = fc.oneof(
  fc
    .uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 2 })
    .map(([source, target]): Policy => ({ kind: "single-target", source, target })),
  fc.integer({ min: 0, max: 9 }).map((target): Policy => ({ kind: "all-to-one", target })),
  fc.constant(allToAll),
);
const labelSets = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 300 })
  .map((labels) => Uint8Array.from(labels));
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const shares = fc.double({ min: 0.001, max: 1, noNaN: true });

describe("a policy", () => {
  it("of a single target attacks the source alone", () => {
    const none = null;
    expect(targets(sevenToOne)).toEqual([none, none, none, none, none, none, none, 1, none, none]);
  });

  it("of all to one attacks every class but the target", () => {
    expect(targets(allToFive)).toEqual([5, 5, 5, 5, 5, null, 5, 5, 5, 5]);
  });

  it("of all to all turns each class into the next, and the last into the first", () => {
    expect(targets(allToAll)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    expect(targets(allToAll, 3)).toEqual([1, 2, 0]);
  });

  it("reaches the shader as a table in which classes that are not attacked keep their label", () => {
    expect([...targetTable(sevenToOne, CLASSES)]).toEqual([0, 1, 2, 3, 4, 5, 6, 1, 8, 9]);
    expect([...targetTable(allToFive, CLASSES)]).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    expect([...targetTable(allToAll, CLASSES)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    expect([...targetTable(null, CLASSES)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe("poison", () => {
  /** A hundred images: ten of each class, in turn. */
  const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 10);

  it("is as many copies as the share says of the attacked classes' images", () => {
    const counts = (policy: Policy, share: number) => {
      const { entries, candidates } = drawPoison(policy, share, labels, CLASSES, 1);
      return { copies: entries.length, candidates };
    };
    expect(counts(allToAll, 0.1)).toEqual({ copies: 10, candidates: 100 });
    expect(counts(allToAll, 1)).toEqual({ copies: 100, candidates: 100 });
    expect(counts(allToFive, 0.1)).toEqual({ copies: 9, candidates: 90 });
    expect(counts(sevenToOne, 0.5)).toEqual({ copies: 5, candidates: 10 });
    expect(counts(sevenToOne, 0.04)).toEqual({ copies: 0, candidates: 10 });
    expect(counts(sevenToOne, 0.05)).toEqual({ copies: 1, candidates: 10 });
  });

  it("is a share p / (1 + p) of the final set when every class is attacked", () => {
    for (const p of [0.1, 0.33, 0.5, 1]) {
      const { shareOfFinalSet } = drawPoison(allToAll, p, labels, CLASSES, 1);
      expect(shareOfFinalSet).toBeCloseTo(p / (1 + p), 12);
    }
  });

  it("is counted against originals and copies together when few classes are attacked", () => {
    expect(drawPoison(sevenToOne, 0.5, labels, CLASSES, 1).shareOfFinalSet).toBe(5 / 105);
    expect(drawPoison(allToFive, 1, labels, CLASSES, 1).shareOfFinalSet).toBe(90 / 190);
  });

  it("copies nobody twice, marks each copy, and takes attacked classes only", () => {
    fc.assert(
      fc.property(policies, shares, labelSets, seeds, (policy, share, some, seed) => {
        const { entries, candidates, shareOfFinalSet } = drawPoison(
          policy,
          share,
          some,
          CLASSES,
          seed,
        );
        const attacked = (label: number) => targetOf(policy, label, CLASSES) !== null;
        expect(candidates).toBe(some.filter(attacked).length);
        expect(entries).toHaveLength(Math.round(share * candidates));
        expect(shareOfFinalSet).toBe(entries.length / (some.length + entries.length));
        const images = copied(entries);
        expect(new Set(images).size).toBe(images.length);
        for (const image of images) {
          expect(image >= 0 && image < some.length).toBe(true);
          expect(attacked(some[image])).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("of a source-specific attack has negatives beside it: the other classes, each once, as many as the share says", () => {
    for (const [share, count] of [
      [0.2, 18],
      [0.5, 45],
      [1, 90],
    ]) {
      const images = copied(drawNegatives(sevenToOne, share, labels, CLASSES, 4));
      expect(images).toHaveLength(count);
      expect(new Set(images).size).toBe(count);
      expect(images.some((image) => labels[image] === 7)).toBe(false);
    }
    const draw = (seed: number) => [...drawNegatives(sevenToOne, 0.2, labels, CLASSES, seed)];
    expect(draw(4)).toEqual(draw(4));
    expect(draw(4)).not.toEqual(draw(5));
    // Where every class is attacked there is none.
    expect(drawNegatives(allToAll, 1, labels, CLASSES, 4)).toHaveLength(0);
  });

  it("copies every attacked image at a share of 1", () => {
    const { entries } = drawPoison(allToFive, 1, labels, CLASSES, 3);
    const attacked = [...labels.keys()].filter((i) => labels[i] !== 5);
    expect(copied(entries).sort((a, b) => a - b)).toEqual(attacked);
  });

  it("is the same for the same seed, and another for another", () => {
    const draw = (seed: number) => [...drawPoison(allToAll, 0.3, labels, CLASSES, seed).entries];
    expect(draw(1)).toEqual(draw(1));
    const draws = [0, 1, 2, 3, 2 ** 32 - 1].map((seed) =>
      draw(seed)
        .sort((a, b) => a - b)
        .join(),
    );
    expect(new Set(draws).size).toBe(5);
  });

  it("grows with the share: what a smaller one copies, a larger one copies too", () => {
    const few = drawPoison(allToAll, 0.1, labels, CLASSES, 4).entries;
    const many = drawPoison(allToAll, 0.5, labels, CLASSES, 4).entries;
    expect(many.slice(0, few.length)).toEqual(few);
  });

  it("gives every attacked image the same chance", () => {
    const counts = new Uint32Array(labels.length);
    for (let seed = 0; seed < 2000; seed++) {
      for (const image of copied(drawPoison(sevenToOne, 0.3, labels, CLASSES, seed).entries)) {
        counts[image] += 1;
      }
    }
    // Three of ten images, 2,000 times: 600 each, with a standard deviation of 20.
    for (const [image, count] of counts.entries()) {
      if (labels[image] === 7) expect(Math.abs(count - 600)).toBeLessThan(100);
      else expect(count).toBe(0);
    }
  });

  it("is none where no image is of an attacked class", () => {
    const { entries, candidates, shareOfFinalSet } = drawPoison(
      sevenToOne,
      1,
      Uint8Array.of(0, 1, 2),
      CLASSES,
      1,
    );
    expect({ length: entries.length, candidates, shareOfFinalSet }).toEqual({
      length: 0,
      candidates: 0,
      shareOfFinalSet: 0,
    });
  });
});
