/** The reference loss agrees with values worked by hand and with finite differences. */
import { describe, expect, test } from "vitest";
import { expectClose, fill, finiteDifferences } from "./numeric.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

test("odds of one to three give losses of log 4 and log 4/3", () => {
  const z = Float64Array.of(0, Math.log(3), 5 + Math.log(3), 5);
  const { losses, loss, dz, correct } = softmaxCrossEntropy({ B: 2, N: 2 }, z, [0, 0]);
  const tolerance = { absolute: 1e-15, relative: 1e-14 };
  const expected = [Math.log(4), Math.log(4 / 3)];
  expectClose(losses, expected, { ...tolerance, label: "losses" });
  expect(loss).toBeCloseTo((expected[0] + expected[1]) / 2, 14);
  expectClose(dz, [-0.375, 0.375, -0.125, 0.125], { ...tolerance, label: "dz" });
  expect(correct).toBe(1);
});

test("equal logits over N classes give a loss of log N", () => {
  const { loss } = softmaxCrossEntropy({ B: 3, N: 10 }, new Float64Array(30).fill(7), [0, 4, 9]);
  expect(loss).toBeCloseTo(Math.log(10), 14);
});

test("a tie goes to the lowest class", () => {
  const z = Float64Array.of(1, 3, 3, 1, 3, 3);
  expect(softmaxCrossEntropy({ B: 2, N: 3 }, z, [1, 1]).correct).toBe(2);
});

test("logits in the thousands neither overflow nor vanish", () => {
  const z = Float64Array.of(5000, -5000, -5000, 5000);
  const { losses, dz } = softmaxCrossEntropy({ B: 2, N: 2 }, z, [0, 0]);
  expect(losses).toEqual(Float64Array.of(0, 10_000));
  expect(dz).toEqual(Float64Array.of(0, 0, -0.5, 0.5));
});

test("a label that is no class is refused", () => {
  expect(() => softmaxCrossEntropy({ B: 1, N: 3 }, new Float64Array(3), [3])).toThrow("label 3");
});

describe.each([
  { B: 1, N: 2 },
  { B: 1, N: 43 },
  { B: 5, N: 3 },
  { B: 7, N: 10 },
])("B$B N$N", (s) => {
  test("the gradient is that of the mean loss", () => {
    const z = fill(s.B * s.N, 1, 4);
    const labels = Array.from({ length: s.B }, (_, n) => (n * 7 + 1) % s.N);
    const loss = (z: Float64Array) => softmaxCrossEntropy(s, z, labels).loss;
    expectClose(softmaxCrossEntropy(s, z, labels).dz, finiteDifferences(loss, z, 1e-5), {
      absolute: 1e-9,
      relative: 1e-6,
      label: "dz",
    });
  });
});
