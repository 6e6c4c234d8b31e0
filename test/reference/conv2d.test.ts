/** The reference convolution agrees with values worked by hand and with finite differences. */
import { describe, expect, test } from "vitest";
import * as conv2d from "./conv2d.ts";
import { dot, expectClose, fill, finiteDifferences } from "./numeric.ts";
import * as relu from "./relu.ts";

const h = 1e-5;
const oneToNine = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

describe("worked by hand", () => {
  const s = { B: 1, C: 1, H: 3, W: 3, O: 1, K: 2, stride: 1, pad: 0 };
  const w = Float64Array.of(1, 2, 3, 4);

  test("the kernel is laid on the image unflipped and the bias is added", () => {
    const y = conv2d.forward(s, oneToNine, w, Float64Array.of(10), false);
    expect(y).toEqual(Float64Array.of(47, 57, 77, 87));
  });

  test("ReLU cuts what is below zero", () => {
    const y = conv2d.forward(s, oneToNine, w, Float64Array.of(-60), true);
    expect(y).toEqual(Float64Array.of(0, 0, 7, 17));
  });

  test("the gradients are the products that reach the two outputs that count", () => {
    const dy = Float64Array.of(1, 0, 0, 1);
    const { dw, db } = conv2d.backwardWeights(s, oneToNine, dy);
    expect(dw).toEqual(Float64Array.of(1 + 5, 2 + 6, 4 + 8, 5 + 9));
    expect(db).toEqual(Float64Array.of(2));
    expect(conv2d.backwardInput(s, w, dy)).toEqual(Float64Array.of(1, 2, 0, 3, 5, 2, 0, 3, 4));
  });

  test("padding counts as zeros and the stride skips places", () => {
    const wide = { B: 1, C: 1, H: 2, W: 3, O: 1, K: 3, stride: 2, pad: 1 };
    const x = Float64Array.of(1, 2, 3, 4, 5, 6);
    const y = conv2d.forward(wide, x, oneToNine, Float64Array.of(0), false);
    expect(y).toEqual(
      Float64Array.of(5 * 1 + 6 * 2 + 8 * 4 + 9 * 5, 4 * 2 + 5 * 3 + 7 * 5 + 8 * 6),
    );
  });

  test("every output channel sums every input channel of its own image", () => {
    const mix = { B: 2, C: 2, H: 1, W: 1, O: 2, K: 1, stride: 1, pad: 0 };
    const x = Float64Array.of(1, 10, 2, 20);
    const y = conv2d.forward(mix, x, Float64Array.of(1, 2, 3, 4), Float64Array.of(100, 200), false);
    expect(y).toEqual(Float64Array.of(121, 243, 142, 286));
  });

  test("the output size counts the places where the kernel fits", () => {
    expect(conv2d.outputSize(28, 5, 1, 0)).toBe(24);
    expect(conv2d.outputSize(28, 5, 1, 2)).toBe(28);
    expect(conv2d.outputSize(7, 3, 2, 0)).toBe(3);
    expect(conv2d.outputSize(8, 3, 2, 0)).toBe(3);
    expect(() => conv2d.outputSize(4, 7, 1, 1)).toThrow("kernel 7 does not fit");
  });
});

const cases: conv2d.Conv2dShape[] = [
  { B: 2, C: 3, H: 5, W: 4, O: 4, K: 1, stride: 1, pad: 0 },
  { B: 2, C: 1, H: 4, W: 5, O: 2, K: 1, stride: 2, pad: 1 },
  { B: 3, C: 2, H: 4, W: 7, O: 3, K: 2, stride: 1, pad: 0 },
  { B: 1, C: 2, H: 6, W: 5, O: 2, K: 2, stride: 3, pad: 1 },
  { B: 2, C: 3, H: 6, W: 5, O: 2, K: 3, stride: 1, pad: 1 },
  { B: 2, C: 2, H: 8, W: 9, O: 3, K: 3, stride: 2, pad: 0 },
  { B: 2, C: 1, H: 3, W: 7, O: 5, K: 3, stride: 1, pad: 0 }, // P = 1
  { B: 2, C: 2, H: 5, W: 5, O: 2, K: 5, stride: 1, pad: 0 }, // P = Q = 1
  { B: 1, C: 2, H: 6, W: 3, O: 2, K: 5, stride: 2, pad: 1 }, // Q = 1
  { B: 2, C: 1, H: 5, W: 8, O: 2, K: 5, stride: 3, pad: 2 },
  { B: 1, C: 2, H: 5, W: 7, O: 2, K: 7, stride: 1, pad: 3 },
  { B: 2, C: 1, H: 9, W: 7, O: 3, K: 7, stride: 2, pad: 3 },
];

describe.each(cases)("B$B C$C H$H W$W O$O K$K stride $stride pad $pad", (s) => {
  const P = conv2d.outputSize(s.H, s.K, s.stride, s.pad);
  const Q = conv2d.outputSize(s.W, s.K, s.stride, s.pad);
  const x = fill(s.B * s.C * s.H * s.W, 1);
  const w = fill(s.O * s.C * s.K * s.K, 2);
  const b = fill(s.O, 3);
  const dy = fill(s.B * s.O * P * Q, 4);

  test.each([
    ["the gradients are those of the linear convolution", false],
    ["the gradients behind a ReLU are those of the masked dy", true],
  ])("%s", (_, rectified) => {
    const pre = conv2d.forward(s, x, w, b, false);
    const y = conv2d.forward(s, x, w, b, rectified);
    if (rectified) {
      // |x| and |w| are at most 1, so moving one of x, w, b by h moves no pre-activation by more.
      expect(Math.min(...pre.map(Math.abs))).toBeGreaterThan(2 * h);
      expect(Math.min(...pre)).toBeLessThan(0);
      expect(Math.max(...pre)).toBeGreaterThan(0);
    }

    const dPre = rectified ? relu.backward(y, dy) : dy;
    const { dw, db } = conv2d.backwardWeights(s, x, dPre);
    const dx = conv2d.backwardInput(s, w, dPre);

    const lossOfX = (x: Float64Array) => dot(conv2d.forward(s, x, w, b, rectified), dy);
    const lossOfW = (w: Float64Array) => dot(conv2d.forward(s, x, w, b, rectified), dy);
    const lossOfB = (b: Float64Array) => dot(conv2d.forward(s, x, w, b, rectified), dy);
    const tolerance = { absolute: 1e-8, relative: 1e-6 };
    expectClose(dx, finiteDifferences(lossOfX, x, h), { ...tolerance, label: "dx" });
    expectClose(dw, finiteDifferences(lossOfW, w, h), { ...tolerance, label: "dw" });
    expectClose(db, finiteDifferences(lossOfB, b, h), { ...tolerance, label: "db" });
  });
});
