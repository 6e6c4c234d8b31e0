/** A small network composed of the references has the gradients that finite differences find. */
import { describe, expect, test } from "vitest";
import * as conv2d from "./conv2d.ts";
import * as dense from "./dense.ts";
import { expectClose, fill, finiteDifferences } from "./numeric.ts";
import * as pool from "./pool.ts";
import * as relu from "./relu.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

const h = 1e-6;
const conv = { B: 3, C: 2, H: 8, W: 6, O: 3, K: 3, stride: 1, pad: 1 }; // y [3, 3, 8, 6]
const half = { B: 3, C: 3, H: 8, W: 6, K: 2, stride: 2 }; // y [3, 3, 4, 3]
const hidden = { B: 3, I: 36, O: 7 };
const output = { B: 3, I: 7, O: 5 };
const labels = [4, 0, 2];

const inputs = {
  x: fill(3 * 2 * 8 * 6, 1),
  w1: fill(3 * 2 * 3 * 3, 2),
  b1: fill(3, 3),
  w2: fill(7 * 36, 4, 0.5),
  b2: fill(7, 5),
  w3: fill(5 * 7, 6),
  b3: fill(5, 7),
};
type Inputs = typeof inputs;

function forward({ x, w1, b1, w2, b2, w3, b3 }: Inputs, kind: "average" | "max") {
  const y1 = conv2d.forward(conv, x, w1, b1, true);
  const pooled = kind === "max" ? pool.forwardMax(half, y1) : pool.forwardAverage(half, y1);
  const y2 = dense.forward(hidden, pooled, w2, b2, true);
  const z = dense.forward(output, y2, w3, b3, false);
  return { y1, pooled, y2, z, ...softmaxCrossEntropy({ B: 3, N: 5 }, z, labels) };
}

function backward(inputs: Inputs, kind: "average" | "max"): Inputs {
  const { x, w1, w2, w3 } = inputs;
  const { y1, pooled, y2, dz } = forward(inputs, kind);
  const { dw: dw3, db: db3 } = dense.backwardWeights(output, y2, dz);
  const dy2 = relu.backward(y2, dense.backwardInput(output, w3, dz));
  const { dw: dw2, db: db2 } = dense.backwardWeights(hidden, pooled, dy2);
  const dPooled = dense.backwardInput(hidden, w2, dy2);
  const dy1 = relu.backward(
    y1,
    kind === "max" ? pool.backwardMax(half, y1, dPooled) : pool.backwardAverage(half, dPooled),
  );
  const { dw: dw1, db: db1 } = conv2d.backwardWeights(conv, x, dy1);
  const dx = conv2d.backwardInput(conv, w1, dy1);
  return { x: dx, w1: dw1, b1: db1, w2: dw2, b2: db2, w3: dw3, b3: db3 };
}

const names = ["x", "w1", "b1", "w2", "b2", "w3", "b3"] as const;

describe.each(["average", "max"] as const)("with %s pooling", (kind) => {
  test("no kink lies within reach of a finite difference", () => {
    const { x, w1, b1, w2, b2 } = inputs;
    const { pooled } = forward(inputs, kind);
    const pre1 = conv2d.forward(conv, x, w1, b1, false);
    const pre2 = dense.forward(hidden, pooled, w2, b2, false);

    // Moving one input by h moves pre1 by at most h, since |x| and |w1| are at most 1; it moves
    // pre2 by at most 36 * 0.5 * h through pooled and by at most max(pooled) * h through w2.
    expect(Math.max(...pooled)).toBeLessThan(18);
    for (const [pre, reach] of [
      [pre1, h],
      [pre2, 18 * h],
    ] as const) {
      expect(Math.min(...pre.map(Math.abs))).toBeGreaterThan(reach);
      expect(Math.min(...pre)).toBeLessThan(0);
      expect(Math.max(...pre)).toBeGreaterThan(0);
    }

    // No two values of pre1 come within 2h of each other, so no window's positive maximum changes
    // place; windows that ReLU has emptied tie at zero and stay there.
    const sorted = pre1.toSorted();
    const gaps = sorted.subarray(1).map((value, i) => value - sorted[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(2 * h);
  });

  test.each(names)("the gradient of the loss by %s agrees with finite differences", (name) => {
    const loss = (value: Float64Array) => forward({ ...inputs, [name]: value }, kind).loss;
    expectClose(backward(inputs, kind)[name], finiteDifferences(loss, inputs[name], h), {
      absolute: 1e-8,
      relative: 1e-6,
      label: `d${name}`,
    });
  });
});
