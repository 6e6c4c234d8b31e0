/** Reference normalisation agrees with values worked by hand and with finite differences. */
import { expect, test } from "vitest";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import { backward, forward, type NormaliseShape } from "./normalise.ts";

test("a lone element is divided by a power of its own square, shared over the whole window", () => {
  const s = { planes: 1, H: 1, W: 1, K: 3, alpha: 27, beta: 0.5 };
  // 1 + 27 / 9 * 1 = 4, and its square root is 2.
  expect(forward(s, Float64Array.of(1))).toEqual(Float64Array.of(0.5));
});

test("the window does not reach into the next plane", () => {
  const s = { planes: 2, H: 1, W: 1, K: 3, alpha: 27, beta: 0.5 };
  expect(forward(s, Float64Array.of(1, 0))).toEqual(Float64Array.of(0.5, 0));
});

const cases: NormaliseShape[] = [
  { planes: 2, H: 4, W: 3, K: 3, alpha: 0.8, beta: 0.75 },
  { planes: 1, H: 5, W: 6, K: 5, alpha: 2, beta: 0.5 },
];
test.each(cases)("the gradient agrees with finite differences: %o", (s) => {
  const x = fill(s.planes * s.H * s.W, 1);
  const dy = fill(x.length, 2);
  const expected = finiteDifferences((at) => dot(forward(s, at), dy), x, 1e-6);
  expectClose(backward(s, x, dy), expected, { absolute: 1e-8, label: "dx" });
});
