/** Reference pooling agrees with values worked by hand and with finite differences. */
import { describe, expect, test } from "vitest";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import * as pool from "./pool.ts";

const h = 1e-6;

describe("worked by hand", () => {
  const s = { B: 1, C: 2, H: 2, W: 5, K: 2, stride: 2 };
  const x = Float64Array.of(1, 2, 3, 4, 99, 5, 6, 7, 8, 99, 0, -1, -2, -3, 99, -4, -5, -6, -7, 99);

  test("each window gives its mean or maximum and columns that fill none are left out", () => {
    expect(pool.forwardAverage(s, x)).toEqual(Float64Array.of(3.5, 5.5, -2.5, -4.5));
    expect(pool.forwardMax(s, x)).toEqual(Float64Array.of(6, 8, 0, -2));
  });

  test("the mean's gradient is shared equally and the maximum's goes to one pixel", () => {
    const dy = Float64Array.of(4, 8, 12, 16);
    expect(pool.backwardAverage(s, dy)).toEqual(
      Float64Array.of(1, 1, 2, 2, 0, 1, 1, 2, 2, 0, 3, 3, 4, 4, 0, 3, 3, 4, 4, 0),
    );
    expect(pool.backwardMax(s, x, dy)).toEqual(
      Float64Array.of(0, 0, 0, 0, 0, 0, 4, 0, 8, 0, 12, 0, 16, 0, 0, 0, 0, 0, 0, 0),
    );
  });

  test("the first of equal maxima in row-major order takes the gradient", () => {
    const square = { B: 1, C: 1, H: 2, W: 2, K: 2, stride: 2 };
    const dy = Float64Array.of(1);
    const gradient = (...x: number[]) => pool.backwardMax(square, Float64Array.from(x), dy);
    expect(gradient(0, 0, 0, 0)).toEqual(Float64Array.of(1, 0, 0, 0));
    expect(gradient(0, 5, 5, 0)).toEqual(Float64Array.of(0, 1, 0, 0));
    expect(gradient(0, 1, 5, 5)).toEqual(Float64Array.of(0, 0, 1, 0));
  });

  test("a pixel in several windows sums their gradients", () => {
    const overlap = { B: 1, C: 1, H: 1, W: 3, K: 1, stride: 1 };
    expect(pool.backwardAverage(overlap, Float64Array.of(1, 2, 3))).toEqual(
      Float64Array.of(1, 2, 3),
    );
    const square = { B: 1, C: 1, H: 2, W: 3, K: 2, stride: 1 };
    const dy = Float64Array.of(4, 8);
    expect(pool.backwardAverage(square, dy)).toEqual(Float64Array.of(1, 3, 2, 1, 3, 2));
    expect(pool.backwardMax(square, Float64Array.of(0, 9, 0, 0, 0, 0), dy)).toEqual(
      Float64Array.of(0, 12, 0, 0, 0, 0),
    );
  });

  test("what lies beyond the image counts in a mean as far as it is told to, and is zero", () => {
    const edge = { B: 1, C: 1, H: 1, W: 1, K: 3, stride: 1, pad: 1, padEnd: 1 };
    const mean = (counted: number) => pool.forwardAverage({ ...edge, counted }, Float64Array.of(9));
    expect(mean(0)).toEqual(Float64Array.of(9));
    expect(mean(1)).toEqual(Float64Array.of(1));
  });

  test("a window larger than the image is refused", () => {
    expect(() => pool.outputSize(2, 3, 1)).toThrow("window 3 does not fit");
  });
});

const cases: pool.PoolShape[] = [
  { B: 2, C: 3, H: 4, W: 3, K: 1, stride: 1 },
  { B: 1, C: 2, H: 5, W: 7, K: 1, stride: 2 },
  { B: 2, C: 2, H: 4, W: 6, K: 2, stride: 2 },
  { B: 1, C: 3, H: 7, W: 5, K: 2, stride: 3 },
  { B: 3, C: 2, H: 6, W: 7, K: 3, stride: 1 },
  { B: 2, C: 1, H: 7, W: 9, K: 3, stride: 2 },
  { B: 1, C: 2, H: 7, W: 8, K: 3, stride: 2, pad: 1, padEnd: 2, counted: 1 },
  { B: 2, C: 2, H: 3, W: 8, K: 3, stride: 3 }, // P = 1
  { B: 1, C: 2, H: 9, W: 5, K: 5, stride: 2 }, // Q = 1
  { B: 2, C: 3, H: 7, W: 7, K: 7, stride: 1 }, // P = Q = 1
];

describe.each(cases)("B$B C$C H$H W$W K$K stride $stride", (s) => {
  const P = pool.outputSize(s.H, s.K, s.stride, s.pad, s.padEnd);
  const Q = pool.outputSize(s.W, s.K, s.stride, s.pad, s.padEnd);
  const x = fill(s.B * s.C * s.H * s.W, 1);
  const dy = fill(s.B * s.C * P * Q, 2);
  const tolerance = { absolute: 1e-8, relative: 1e-6, label: "dx" };

  test("the gradient of the average agrees with finite differences", () => {
    const loss = (x: Float64Array) => dot(pool.forwardAverage(s, x), dy);
    expectClose(pool.backwardAverage(s, dy), finiteDifferences(loss, x, h), tolerance);
  });

  test("the gradient of the maximum agrees with finite differences", () => {
    // All values differ by more than 2h, so that no window's maximum changes place.
    const sorted = x.toSorted();
    const gaps = sorted.subarray(1).map((value, i) => value - sorted[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(2 * h);

    const loss = (x: Float64Array) => dot(pool.forwardMax(s, x), dy);
    expectClose(pool.backwardMax(s, x, dy), finiteDifferences(loss, x, h), tolerance);
  });
});
