/** The reference dense layer agrees with values worked by hand and with finite differences. */
import { describe, expect, test } from "vitest";
import * as dense from "./dense.ts";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import * as relu from "./relu.ts";

const h = 1e-5;

describe("worked by hand", () => {
  const s = { B: 2, I: 3, O: 2 };
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);
  const w = Float64Array.of(1, 0, -1, 2, 2, 2);
  const b = Float64Array.of(1, -20);

  test("each output is its row of weights times the input plus its bias", () => {
    expect(dense.forward(s, x, w, b, false)).toEqual(Float64Array.of(-1, -8, -1, 10));
    expect(dense.forward(s, x, w, b, true)).toEqual(Float64Array.of(0, 0, 0, 10));
  });

  test("the gradients sum over the batch for weights and over outputs for the input", () => {
    const dy = Float64Array.of(1, 2, 10, 20);
    const { dw, db } = dense.backwardWeights(s, x, dy);
    expect(dw).toEqual(Float64Array.of(41, 52, 63, 82, 104, 126));
    expect(db).toEqual(Float64Array.of(11, 22));
    expect(dense.backwardInput(s, w, dy)).toEqual(Float64Array.of(5, 4, 3, 50, 40, 30));
  });
});

const cases: dense.DenseShape[] = [
  { B: 1, I: 1, O: 2 },
  { B: 1, I: 7, O: 3 },
  { B: 5, I: 1, O: 1 },
  { B: 3, I: 11, O: 5 },
  { B: 6, I: 4, O: 9 },
];

describe.each(cases)("B$B I$I O$O", (s) => {
  const x = fill(s.B * s.I, 1);
  const w = fill(s.O * s.I, 2);
  const b = fill(s.O, 3);
  const dy = fill(s.B * s.O, 4);

  test.each([
    ["the gradients are those of the linear layer", false],
    ["the gradients behind a ReLU are those of the masked dy", true],
  ])("%s", (_, rectified) => {
    const pre = dense.forward(s, x, w, b, false);
    const y = dense.forward(s, x, w, b, rectified);
    if (rectified) {
      // |x| and |w| are at most 1, so moving one of x, w, b by h moves no pre-activation by more.
      expect(Math.min(...pre.map(Math.abs))).toBeGreaterThan(2 * h);
      expect(Math.min(...pre)).toBeLessThan(0);
      expect(Math.max(...pre)).toBeGreaterThan(0);
    }

    const dPre = rectified ? relu.backward(y, dy) : dy;
    const { dw, db } = dense.backwardWeights(s, x, dPre);
    const dx = dense.backwardInput(s, w, dPre);

    const lossOfX = (x: Float64Array) => dot(dense.forward(s, x, w, b, rectified), dy);
    const lossOfW = (w: Float64Array) => dot(dense.forward(s, x, w, b, rectified), dy);
    const lossOfB = (b: Float64Array) => dot(dense.forward(s, x, w, b, rectified), dy);
    const tolerance = { absolute: 1e-8, relative: 1e-6 };
    expectClose(dx, finiteDifferences(lossOfX, x, h), { ...tolerance, label: "dx" });
    expectClose(dw, finiteDifferences(lossOfW, w, h), { ...tolerance, label: "dw" });
    expectClose(db, finiteDifferences(lossOfB, b, h), { ...tolerance, label: "db" });
  });
});
