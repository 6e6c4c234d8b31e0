/** Reference Adam agrees with steps worked by hand. */
import { expect, test } from "vitest";
import { adam } from "./adam.ts";
import { expectClose, fill } from "./numeric.ts";

const usual = { rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const tight = { absolute: 1e-15, relative: 1e-12 };

test("two steps with halves for betas come out as on paper", () => {
  const options = { rate: 0.5, beta1: 0.5, beta2: 0.5, epsilon: 1, weightDecay: 0 };
  const zero = Float64Array.of(0);
  // m = 1.5, v = 4.5; corrected 3 and 9; w = 10 - 0.5 * 3 / (3 + 1).
  const first = adam(options, 1, Float64Array.of(10), Float64Array.of(3), zero, zero);
  expect(first.m).toEqual(Float64Array.of(1.5));
  expect(first.v).toEqual(Float64Array.of(4.5));
  expect(first.w).toEqual(Float64Array.of(9.625));
  // m = 0.75, v = 2.25; corrected by 1 - 1/4 to 1 and 3; w = 9.625 - 0.5 / (sqrt 3 + 1).
  const second = adam(options, 2, first.w, zero, first.m, first.v);
  expect(second.m).toEqual(Float64Array.of(0.75));
  expect(second.v).toEqual(Float64Array.of(2.25));
  expectClose(second.w, [9.625 - 0.5 / (Math.sqrt(3) + 1)], { ...tight, label: "w" });
});

test("under a constant gradient every step is rate * g / (|g| + epsilon)", () => {
  const g = Float64Array.of(5, -0.01, 1e-8);
  let state: ReturnType<typeof adam> = {
    w: new Float64Array(3),
    m: new Float64Array(3),
    v: new Float64Array(3),
  };
  for (let t = 1; t <= 20; t++) {
    state = adam(usual, t, state.w, g, state.m, state.v);
    const expected = g.map((value) => (-t * 0.001 * value) / (Math.abs(value) + 1e-8));
    expectClose(state.w, expected, { relative: 1e-10, label: `w at step ${t}` });
  }
});

test("a zero gradient from rest moves nothing", () => {
  const zero = new Float64Array(2);
  expect(adam(usual, 1, Float64Array.of(1, 2), zero, zero, zero).w).toEqual(Float64Array.of(1, 2));
});

test("weight decay is the same as adding weightDecay * w to the gradient", () => {
  const w = fill(9, 1);
  const g = fill(9, 2);
  const m = fill(9, 3);
  const v = fill(9, 4).map(Math.abs);
  const sum = g.map((value, i) => value + 0.25 * w[i]);
  const decayed = adam({ ...usual, weightDecay: 0.25 }, 3, w, g, m, v);
  expect(decayed).toEqual(adam(usual, 3, w, sum, m, v));
});

test("a step below 1 is refused, as its bias correction would divide by zero", () => {
  const zero = new Float64Array(1);
  expect(() => adam(usual, 0, zero, zero, zero, zero)).toThrow("step 0");
});
