/** Reference activation statistics agree with values worked by hand. */
import { expect, test } from "vitest";
import { fill } from "./numeric.ts";
import { statistics } from "./statistics.ts";

test("each channel gathers its own values from every image", () => {
  const s = { B: 2, C: 2, N: 2 };
  const result = statistics(s, Float64Array.of(1, 3, -1, 0, 5, 7, -2, -1));
  expect(result).toEqual({
    count: Float64Array.of(4, 4),
    mean: Float64Array.of(4, -1),
    squaredDeviations: Float64Array.of(9 + 1 + 1 + 9, 0 + 1 + 1 + 0),
    variance: Float64Array.of(5, 0.5),
    min: Float64Array.of(1, -2),
    max: Float64Array.of(7, 0),
    positiveShare: Float64Array.of(1, 0),
  });
});

test("zero is not positive", () => {
  const { positiveShare } = statistics({ B: 4, C: 1, N: 1 }, Float64Array.of(0, 0, 2, -2));
  expect(positiveShare).toEqual(Float64Array.of(0.25));
});

test("one value is its own mean, minimum and maximum and deviates by nothing", () => {
  const result = statistics({ B: 1, C: 1, N: 1 }, Float64Array.of(-3));
  expect([result.mean[0], result.min[0], result.max[0]]).toEqual([-3, -3, -3]);
  expect(result.squaredDeviations[0]).toBe(0);
});

test("the variance is the mean of squares less the square of the mean", () => {
  const { B, C, N } = { B: 3, C: 1, N: 35 };
  const x = fill(B * C * N, 1);
  const { mean, variance } = statistics({ B, C, N }, x);
  const meanOfSquares = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  expect(variance[0]).toBeCloseTo(meanOfSquares - mean[0] ** 2, 13);
});
