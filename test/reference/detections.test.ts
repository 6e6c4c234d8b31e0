/** What the head says of a region, by hand. */
import { expect, test } from "vitest";
import { detect } from "./detections.ts";

test("a class has its share of the softmax, and the region moved by its deltas and cut", () => {
  const shape = { R: 1, C: 3, height: 30, width: 30 };
  const scores = Float64Array.of(0, Math.log(2), 0);
  const deltas = Float64Array.of(7, 7, 7, 7, 0, 0, 0, 0, 5, 0, 5 * Math.log(2), 0);
  const [[first], [second]] = detect(shape, scores, deltas, [[0, 0, 20, 10]]);
  expect(first.score).toBeCloseTo(0.5, 12);
  expect(first.box).toEqual([0, 0, 20, 10]);
  expect(second.score).toBeCloseTo(0.25, 12);
  // Half a width to the right, twice as wide: from 0 to 40.
  expect(second.box).toEqual([0, 0, 30, 10]);
});
