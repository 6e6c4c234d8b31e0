/** Accounts of shaders/dense.wgsl: weighted sums, and the gradients on their way back. */
import {
  conclude,
  named,
  sumOfProducts,
  sumTolerance,
  tensorOf,
  valueAt,
  type Explanation,
  type Line,
  type Question,
} from "./explanation.ts";
import { unflatten } from "./indices.ts";
import { passBack } from "./pass-back.ts";

export function denseForward(question: Question): Explanation {
  const { dispatch, tensors, index } = question;
  const { I, RELU } = dispatch.constants;
  const [b, o] = index;
  const x = tensorOf(tensors, "x");
  const { terms, rest, sum, scale } = sumOfProducts(
    I,
    (i) => [valueAt(tensors, "w", o, i), x.values[b * I + i]],
    (i) => [named("w", [o, i]), named("x", unflatten(x.shape, b * I + i))],
  );
  const bias = valueAt(tensors, "bias", o);
  const before = sum + bias;
  const result = RELU ? Math.max(0, before) : before;
  const lines: Line[] = [
    { text: `sum of ${I} products`, value: sum },
    { text: `plus bias[${o}]`, value: bias },
  ];
  if (RELU) {
    lines.push({ text: "together, before ReLU", value: before });
    lines.push({
      text: before > 0 ? "ReLU: above zero, stays" : "ReLU: not above zero, becomes 0",
      value: result,
    });
  }
  const inner = "∑_{i} w_{o,i} · x_{b,i} + bias_{o}";
  return conclude(question, {
    formula: `y_{b,o} = ${RELU ? `ReLU( ${inner} )` : inner}`,
    terms,
    rest,
    lines,
    result,
    tolerance: sumTolerance(I, scale + Math.abs(bias)),
  });
}

export function denseBackwardWeights(question: Question): Explanation | null {
  const { dispatch, tensors, output, index } = question;
  const { B, I } = dispatch.constants;
  if (output !== "dw" && output !== "dbias") return null;
  const [o, i] = index;
  const x = output === "dw" ? tensorOf(tensors, "x") : null;
  const { terms, rest, sum, scale } = sumOfProducts(
    B,
    (b) => [valueAt(tensors, "dy", b, o), x ? x.values[b * I + i] : 1],
    (b) => [named("dy", [b, o]), x ? named("x", unflatten(x.shape, b * I + i)) : ""],
  );
  return conclude(question, {
    formula: x ? "dw_{o,i} = ∑_{b} dy_{b,o} · x_{b,i}" : "dbias_{o} = ∑_{b} dy_{b,o}",
    terms,
    rest,
    lines: [{ text: `sum over ${B} images`, value: sum }],
    result: sum,
    tolerance: sumTolerance(B, scale),
  });
}

export function denseBackwardInput(question: Question): Explanation {
  const { dispatch, tensors, index } = question;
  const { O, BELOW_POOL = 1 } = dispatch.constants;
  const b = index[0];
  const i = inputOf(tensorOf(tensors, "dx").shape, index, BELOW_POOL);
  const { terms, rest, sum, scale } = sumOfProducts(
    O,
    (o) => [valueAt(tensors, "w", o, i), valueAt(tensors, "dy", b, o)],
    (o) => [named("w", [o, i]), named("dy", [b, o])],
  );
  const { lines, result } = passBack(dispatch, sum, valueAt(tensors, "below", ...index));
  return conclude(question, {
    formula: "dx_{b,i} = ∑_{o} w_{o,i} · dy_{b,o}, then back through pool and ReLU",
    terms,
    rest,
    lines: [{ text: `sum of ${O} products`, value: sum }, ...lines],
    result,
    tolerance: sumTolerance(O, scale),
  });
}

/** Which input of the layer a place of the layer below, before its pooling, went into. */
function inputOf(shape: readonly number[], index: readonly number[], pool: number): number {
  if (pool === 1) return index.slice(1).reduce((flat, k, d) => flat * shape[d + 1] + k, 0);
  const [, c, row, column] = index;
  const [, , H, W] = shape;
  return (c * (H / pool) + Math.floor(row / pool)) * (W / pool) + Math.floor(column / pool);
}
