/** The detector's losses, by hand. */
import { expect, test } from "vitest";
import { boxLoss, classLoss, IGNORED } from "./detector-loss.ts";

test("the class loss is the mean of -log softmax over what has a label", () => {
  // Two places of two classes: even odds, and three to one for the label.
  const z = Float64Array.of(0, Math.log(3), 0, 0);
  const shape = { B: 1, C: 2, S: 2 };
  expect(classLoss(z, [1, 0], shape)).toBeCloseTo((Math.log(2) + Math.log(4 / 3)) / 2, 12);
  expect(classLoss(z, [IGNORED, 0], shape)).toBeCloseTo(Math.log(4 / 3), 12);
  expect(classLoss(z, [IGNORED, IGNORED], shape)).toBe(0);
});

test("the box loss squares what is near, and counts what is far as it is", () => {
  const shape = { B: 2, G: 1, CELLS: 1, byClass: false, sigma: 1 };
  const deltas = Float64Array.of(0.5, 2, 0, 0, 9, 9, 9, 9);
  const targets = [0, 0, 0, 0, 0, 0, 0, 0];
  // Background counts in the number of labels only.
  expect(boxLoss(deltas, [1, 0], targets, shape)).toBeCloseTo((0.125 + 1.5) / 2, 12);
  expect(boxLoss(deltas, [1, IGNORED], targets, shape)).toBeCloseTo(0.125 + 1.5, 12);
});

test("by class, only the label's deltas count", () => {
  const shape = { B: 1, G: 2, CELLS: 1, byClass: true, sigma: 1 };
  const deltas = Float64Array.of(5, 5, 5, 5, 1, 1, 1, 1.5);
  expect(boxLoss(deltas, [1], [1, 1, 1, 1], shape)).toBeCloseTo(0.125, 12);
});
