/** The helpers that judge the other tests are themselves right. */
import { describe, expect, test } from "vitest";
import { dot, expectClose, fill, finiteDifference, finiteDifferences } from "./numeric.ts";

const cubes = (x: Float64Array): number => x.reduce((sum, value) => sum + value ** 3, 0);

describe("fill", () => {
  test("a seed always gives the same values and another seed gives others", () => {
    expect(fill(100, 7)).toEqual(fill(100, 7));
    expect(fill(100, 7)).not.toEqual(fill(100, 8));
  });

  test("every value is a float32 within the scale, spread over both signs", () => {
    const values = fill(10_000, 1, 3);
    expect(values).toEqual(Float64Array.from(new Float32Array(values)));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 3)).toBeLessThan(0.15); // (2 * 3)^2 / 12
  });
});

describe("finite differences", () => {
  test("the central difference of a cube is 3x^2 + h^2", () => {
    expect(finiteDifference(cubes, Float64Array.of(5, 2), 1, 0.5)).toBe(12.25);
  });

  test("the gradient has one element per input and leaves the input alone", () => {
    const x = Float64Array.of(1, -2, 3);
    const gradient = finiteDifferences(cubes, x, 1e-5);
    expectClose(gradient, [3, 12, 27], { relative: 1e-8, label: "3x^2" });
    expect(x).toEqual(Float64Array.of(1, -2, 3));
  });

  test("dot multiplies element by element and refuses different lengths", () => {
    expect(dot(Float64Array.of(1, 2), Float64Array.of(3, 4))).toBe(11);
    expect(() => dot(Float64Array.of(1), Float64Array.of(3, 4))).toThrow("dot: 1 against 2 values");
  });
});

describe("expectClose", () => {
  test("an error up to absolute + relative * |expected| passes", () => {
    const actual = Float64Array.of(100.5, -10.25);
    expectClose(actual, [100, -10], { absolute: 0.25, relative: 0.0025, label: "y" });
    expectClose(new Float32Array([1, 2]), [1, 2], { label: "y" });
  });

  test("the message names the worst element, both its values and how many are out", () => {
    expect(() =>
      expectClose(Float64Array.of(1, 2.5, 7, 4), [1, 2, 3, 4], { label: "conv.y" }),
    ).toThrow("conv.y: 2 of 4 values are out; worst at [2]: got 7, expected 3 (off by 4");
  });

  test.each([
    ["a NaN in the actual values", [1, NaN], [1, 2]],
    ["a NaN in the expected values", [1, 2], [1, NaN]],
    ["a NaN on both sides", [1, NaN], [1, NaN]],
    ["an infinity for a number", [1, Infinity], [1, 2]],
    ["a number for an infinity", [1, 2], [1, Infinity]],
    ["an infinity of the other sign", [1, -Infinity], [1, Infinity]],
  ])("%s is out whatever the tolerance", (_, actual, expected) => {
    const check = () =>
      expectClose(Float64Array.from(actual), expected, { absolute: 9, relative: 9, label: "y" });
    expect(check).toThrow("1 of 2 values are out; worst at [1]");
  });

  test("a NaN outranks any finite error as the worst element", () => {
    expect(() => expectClose(Float64Array.of(1e300, NaN, 5), [0, 0, 0], { label: "y" })).toThrow(
      "3 of 3 values are out; worst at [1]: got NaN",
    );
  });

  test("the same infinity on both sides is in", () => {
    expectClose(Float64Array.of(Infinity), [Infinity], { label: "y" });
  });

  test("different lengths and empty comparisons are refused", () => {
    expect(() => expectClose(new Float64Array(2), [0, 0, 0], { label: "y" })).toThrow(
      "y: got 2 values, expected 3",
    );
    expect(() => expectClose(new Float64Array(0), [], { label: "y" })).toThrow("no values");
  });
});
