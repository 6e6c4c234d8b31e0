/** The mask of dropout leaves out its share, and keeps the mean. */
import { expect, test } from "vitest";
import { mask } from "./dropout.ts";

test("a mask is 0 in its share of the places, and keeps the mean in the others", () => {
  const options = { rate: 0.25, layer: 1, step: 3, key: [5, 7] as [number, number] };
  const values = mask(20_000, options);
  expect(new Set(values)).toEqual(new Set([0, 4 / 3]));
  const left = values.filter((value) => value === 0).length / values.length;
  // Five standard deviations.
  expect(Math.abs(left - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / values.length));
  expect(mask(20_000, { ...options, layer: 2 })).not.toEqual(values);
});
