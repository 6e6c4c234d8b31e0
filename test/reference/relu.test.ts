/** The reference rectifier agrees with values worked by hand and with finite differences. */
import { expect, test } from "vitest";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import * as relu from "./relu.ts";

test("positive values pass and the rest become zero", () => {
  expect(relu.forward(Float64Array.of(-2, 0, 3))).toEqual(Float64Array.of(0, 0, 3));
});

test("the gradient passes where the output is positive and nowhere else", () => {
  const y = relu.forward(Float64Array.of(-2, 0, 3));
  expect(relu.backward(y, Float64Array.of(5, 6, 7))).toEqual(Float64Array.of(0, 0, 7));
});

test("the gradient agrees with finite differences away from the kink", () => {
  const h = 1e-5;
  const x = fill(101, 1);
  const dy = fill(101, 2);
  expect(Math.min(...x.map(Math.abs))).toBeGreaterThan(2 * h);
  const loss = (x: Float64Array) => dot(relu.forward(x), dy);
  expectClose(relu.backward(relu.forward(x), dy), finiteDifferences(loss, x, h), {
    absolute: 1e-8,
    relative: 1e-6,
    label: "dx",
  });
});
