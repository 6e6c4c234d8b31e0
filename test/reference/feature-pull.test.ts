/** The reference of the pull, against values worked by hand and finite differences. */
import { expect, it } from "vitest";
import { centre, pulled } from "./feature-pull.ts";
import { fill } from "./numeric.ts";

const hand = { I: 2, weight: 0.5, labels: [1, 1, 1, 0], poisoned: [false, false, true, true] };
// Clean images of class 1: (1, 2) and (3, 2), their mean (2, 2), its square 8. Class 0 has no clean image.
const features = Float64Array.of(1, 2, 3, 2, 4, 0, 5, 5);
const centres = [0, 1].map((c) => centre(hand, features, c));

it("is as worked by hand: half the squared distance by the centre's square, nothing without a clean image", () => {
  expect(centres.map((m) => [...m])).toEqual([
    [0, 0],
    [2, 2],
  ]);
  const { distance, dh } = pulled(hand, features, centres);
  // (4, 0) lies (2, -2) away: 0.5 * 8 / 8. Its second feature is dark, and has no gradient.
  expect([...distance]).toEqual([0, 0, 0.5, 0]);
  expect([...dh]).toEqual([0, 0, 0, 0, (2 * 0.5 * 2) / (4 * 8), 0, 0, 0]);
});

it("has the gradient of its mean by finite differences, the centres held", () => {
  const some = {
    I: 5,
    weight: 0.7,
    labels: [0, 2, 2, 1, 0, 2, 0],
    poisoned: [false, true, false, false, true, true, false],
  };
  const h = Float64Array.from(fill(7 * 5, 3), (value) => Math.abs(value) + 0.1);
  const held = [0, 1, 2].map((c) => centre(some, h, c));
  const mean = (at: Float64Array) =>
    pulled(some, at, held).distance.reduce((sum, value) => sum + value, 0) / 7;
  const { dh } = pulled(some, h, held);
  expect(dh.some((value) => value !== 0)).toBe(true);
  const step = 1e-5;
  for (let i = 0; i < h.length; i++) {
    const moved = (by: number) => h.map((value, j) => (i === j ? value + by : value));
    expect(dh[i]).toBeCloseTo((mean(moved(step)) - mean(moved(-step))) / (2 * step), 8);
  }
});
