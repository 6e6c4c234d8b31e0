/** Reference gradient descent agrees with steps worked by hand. */
import { expect, test } from "vitest";
import { sgd } from "./sgd.ts";

test("without momentum or decay a step is the rate times the gradient", () => {
  const options = { rate: 0.5, momentum: 0, weightDecay: 0 };
  const { w, v } = sgd(
    options,
    Float64Array.of(1, 2),
    Float64Array.of(4, -2),
    Float64Array.of(9, 9),
  );
  expect(w).toEqual(Float64Array.of(-1, 3));
  expect(v).toEqual(Float64Array.of(4, -2));
});

test("the velocity keeps its momentum, takes gradient and decay, and moves the weights", () => {
  const options = { rate: 0.25, momentum: 0.5, weightDecay: 0.125 };
  const first = sgd(options, Float64Array.of(8), Float64Array.of(3), Float64Array.of(0));
  expect(first).toEqual({ v: Float64Array.of(4), w: Float64Array.of(7) });
  const second = sgd(options, first.w, Float64Array.of(1.125), first.v);
  expect(second).toEqual({ v: Float64Array.of(4), w: Float64Array.of(6) });
});

test("a step leaves the arrays it was given alone", () => {
  const w = Float64Array.of(1);
  const v = Float64Array.of(2);
  sgd({ rate: 1, momentum: 1, weightDecay: 1 }, w, Float64Array.of(3), v);
  expect([w[0], v[0]]).toEqual([1, 2]);
});
