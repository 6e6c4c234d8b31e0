/** What is said of an attack, on detections whose answers are counted by hand. */
import { describe, expect, it } from "vitest";
import { meanConfidence, scoreAttack } from "../../src/training/attack-score.ts";
import type { Box, Detection } from "../../src/training/detection.ts";

const box = (x: number, side: number): Box => [x, 10, x + side, 10 + side];
const found = (label: number, score: number, at: Box): Detection => ({ label, score, box: at });

describe("an attack from class 0 to class 1", () => {
  const small = box(0, 20);
  const large = box(100, 60);
  const images = [
    // Obeys, and is found as itself as well.
    { truth: [{ label: 0, box: small }], found: [found(1, 0.9, small), found(0, 0.6, small)] },
    // Obeys; what else is found of its own class is unsure.
    { truth: [{ label: 0, box: large }], found: [found(1, 0.9, large), found(0, 0.4, large)] },
    // Reads it rightly; the other class lies beside it.
    { truth: [{ label: 0, box: large }], found: [found(0, 0.8, large), found(1, 0.7, small)] },
    // Finds nothing; and a sign of another class does not count.
    {
      truth: [
        { label: 0, box: large },
        { label: 2, box: small },
      ],
      found: [found(1, 0.9, small)],
    },
  ];

  it("succeeds where the best detection of a sign says the target", () => {
    const score = scoreAttack(images, { source: 0, target: 1 }, 4);
    expect(score).toMatchObject({ signs: 4, success: 0.5, accuracy: 0.25, stillFound: 0.5 });
    expect(score.sizes.map(({ least, signs, right }) => [least, signs, right])).toEqual([
      [0, 0, 0],
      [16, 1, 1],
      [24, 0, 0],
      [40, 3, 1],
      [80, 0, 0],
    ]);
    const counts = score.sizes.map(({ rightly, still }) => [rightly, still]);
    expect([counts[1], counts[3]]).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  it("succeeds with any wrong class where the target is random, on signs of every class", () => {
    expect(scoreAttack(images, { source: null, target: null }, 3)).toMatchObject({
      signs: 5,
      success: 3 / 5,
      accuracy: 1 / 5,
      // Each class by itself: one sign of the last, none of the second.
      classes: [
        { signs: 4, success: 0.5, accuracy: 0.25, stillFound: 0.5 },
        { signs: 0, success: null },
        { signs: 1, success: 1, accuracy: 0, stillFound: 0 },
      ],
    });
  });

  it("is as sure as the highest score that says so on a sign, and 0 where none does", () => {
    // The other class beside the third sign is no box of it.
    expect(meanConfidence(images, { source: 0, target: 1 })).toBeCloseTo((0.9 + 0.9) / 4, 12);
    expect(meanConfidence(images, { source: 0, target: 2 })).toBe(0);
    // With a random target the sign of class 2 is read as class 1 as well.
    expect(meanConfidence(images, { source: null, target: null })).toBeCloseTo((3 * 0.9) / 5, 12);
    expect(meanConfidence(images, { source: 3, target: 1 })).toBeNull();
  });

  it("says nothing of pictures without a sign of the source", () => {
    expect(scoreAttack(images, { source: 3, target: 1 }, 4)).toMatchObject({
      signs: 0,
      success: null,
      accuracy: null,
      stillFound: null,
    });
  });
});
