/** A small network composed of the references: a convolution, pooled, and two dense layers under a loss. */
import * as conv2d from "./conv2d.ts";
import * as dense from "./dense.ts";
import { fill } from "./numeric.ts";
import * as pool from "./pool.ts";
import * as relu from "./relu.ts";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.ts";

export type Pooling = "average" | "max";

export const names = ["x", "w1", "b1", "w2", "b2", "w3", "b3"] as const;
/** The images and all parameters, or their gradients. */
export type Values = Record<(typeof names)[number], Float64Array>;

const half = { B: 3, C: 3, H: 8, W: 6, K: 2, stride: 2 }; // y [3, 3, 4, 3]
const hidden = { B: 3, I: 36, O: 7 };
const output = { B: 3, I: 7, O: 5 };

export const labels = [4, 0, 2];

/** The network over 3 images [channels, 8, 6], with values of its own. */
export function smallNetwork(channels: number) {
  const conv = { B: 3, C: channels, H: 8, W: 6, O: 3, K: 3, stride: 1, pad: 1 }; // y [3, 3, 8, 6]

  const values: Values = {
    x: fill(3 * channels * 8 * 6, 1),
    w1: fill(3 * channels * 3 * 3, 2),
    b1: fill(3, 3),
    w2: fill(7 * 36, 4, 0.5),
    b2: fill(7, 5),
    w3: fill(5 * 7, 6),
    b3: fill(5, 7),
  };

  function forward({ x, w1, b1, w2, b2, w3, b3 }: Values, kind: Pooling) {
    const y1 = conv2d.forward(conv, x, w1, b1, true);
    const pooled = kind === "max" ? pool.forwardMax(half, y1) : pool.forwardAverage(half, y1);
    const y2 = dense.forward(hidden, pooled, w2, b2, true);
    const z = dense.forward(output, y2, w3, b3, false);
    return { y1, pooled, y2, z, ...softmaxCrossEntropy({ B: 3, N: 5 }, z, labels) };
  }

  function backward(values: Values, kind: Pooling): Values {
    const { x, w1, w2, w3 } = values;
    const { y1, pooled, y2, dz } = forward(values, kind);
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

  /** What the ReLUs get: where the loss has its kinks. */
  function beforeReLU(values: Values, kind: Pooling) {
    const { pooled } = forward(values, kind);
    const pre1 = conv2d.forward(conv, values.x, values.w1, values.b1, false);
    const pre2 = dense.forward(hidden, pooled, values.w2, values.b2, false);
    return { pooled, pre1, pre2 };
  }

  return { values, forward, backward, beforeReLU };
}
