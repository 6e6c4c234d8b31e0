/** Accounts of shaders/conv2d.wgsl: filters laid over windows, and the gradients on their way back. */
import {
  conclude,
  named,
  overlay,
  sumOfProducts,
  sumTolerance,
  totalOf,
  valueAt,
  type Explanation,
  type Line,
  type Question,
} from "./explanation.ts";
import { passBack } from "./pass-back.ts";

export function convForward(question: Question): Explanation | null {
  const { dispatch, tensors, output, index } = question;
  if (output === "pooled") return dispatch.constants["POOL"] === 2 ? pooled(question) : null;
  const { C, H, W, K, S = 1, PAD = 0, RELU } = dispatch.constants;
  const [b, o, p, q] = index;
  const [top, left] = [S * p - PAD, S * q - PAD];
  const overlays = Array.from({ length: C }, (_, c) =>
    overlay(
      K,
      (i, j) => {
        const [row, column] = [top + i, left + j];
        const inside = row >= 0 && row < H && column >= 0 && column < W;
        return inside ? valueAt(tensors, "x", b, c, row, column) : 0;
      },
      (i, j) => valueAt(tensors, "w", o, c, i, j),
      {
        label: `channel ${c}`,
        inputLabel: `window of x[${b}, ${c}]`,
        filterLabel: `filter w[${o}, ${c}]`,
        region: { binding: "x", leading: [b, c], top, left, height: K, width: K },
      },
    ),
  );
  const { count, sum, scale } = totalOf(overlays);
  const bias = valueAt(tensors, "bias", o);
  const lines: Line[] = [
    { text: `sum of ${count} products`, value: sum },
    { text: `plus bias[${o}]`, value: bias },
  ];
  const before = sum + bias;
  const result = RELU ? Math.max(0, before) : before;
  if (RELU) {
    lines.push({ text: "together, before ReLU", value: before });
    lines.push({
      text: before > 0 ? "ReLU: above zero, stays" : "ReLU: not above zero, becomes 0",
      value: result,
    });
  }
  const inner = "∑_{c,i,j} w_{o,c,i,j} · x_{b,c,p+i,q+j} + bias_{o}";
  return conclude(question, {
    formula: `y_{b,o,p,q} = ${RELU ? `ReLU( ${inner} )` : inner}`,
    overlays,
    lines,
    result,
    tolerance: sumTolerance(count, scale + Math.abs(bias)),
  });
}

/** The average of four values of y. */
function pooled(question: Question): Explanation {
  const { tensors, index } = question;
  const [b, o, p, q] = index;
  const places = [0, 1].flatMap((i) => [0, 1].map((j) => [b, o, 2 * p + i, 2 * q + j]));
  const four = places.map((place) => valueAt(tensors, "y", ...place));
  const sum = four.reduce((total, value) => total + value, 0);
  return conclude(question, {
    formula: "pooled_{b,o,p,q} = ¼ ∑_{i,j} y_{b,o,2p+i,2q+j}",
    lines: [
      ...places.map((place, n) => ({ text: named("y", place), value: four[n] })),
      { text: "their sum", value: sum },
      { text: "a quarter of it", value: sum / 4 },
    ],
    result: sum / 4,
    tolerance: sumTolerance(4, sum / 4),
  });
}

export function convBackwardWeights(question: Question): Explanation | null {
  const { dispatch, tensors, output, index } = question;
  const { B, H, W, S = 1, PAD = 0, P, Q } = dispatch.constants;
  const place = (n: number) => [Math.floor(n / (P * Q)), Math.floor(n / Q) % P, n % Q] as const;
  if (output === "dbias") {
    const [o] = index;
    const at = (n: number) => {
      const [b, p, q] = place(n);
      return [b, o, p, q];
    };
    const { terms, rest, sum, scale } = sumOfProducts(
      B * P * Q,
      (n) => [valueAt(tensors, "dy", ...at(n)), 1],
      (n) => [named("dy", at(n)), ""],
    );
    return conclude(question, {
      formula: "dbias_{o} = ∑_{b,p,q} dy_{b,o,p,q}",
      terms,
      rest,
      lines: [{ text: `sum over ${B} images and ${P} × ${Q} places`, value: sum }],
      result: sum,
      tolerance: sumTolerance(B * P * Q, scale),
    });
  }
  if (output !== "dw") return null;
  const [o, c, i, j] = index;
  const source = (n: number) => {
    const [b, p, q] = place(n);
    return [b, c, S * p + i - PAD, S * q + j - PAD];
  };
  const { terms, rest, sum, scale } = sumOfProducts(
    B * P * Q,
    (n) => {
      const [b, p, q] = place(n);
      const at = source(n);
      const inside = at[2] >= 0 && at[2] < H && at[3] >= 0 && at[3] < W;
      return [valueAt(tensors, "dy", b, o, p, q), inside ? valueAt(tensors, "x", ...at) : 0];
    },
    (n) => {
      const [b, p, q] = place(n);
      return [named("dy", [b, o, p, q]), named("x", source(n))];
    },
  );
  return conclude(question, {
    formula: "dw_{o,c,i,j} = ∑_{b,p,q} dy_{b,o,p,q} · x_{b,c,p+i,q+j}",
    terms,
    rest,
    lines: [{ text: `sum over ${B} images and ${P} × ${Q} places`, value: sum }],
    result: sum,
    tolerance: sumTolerance(B * P * Q, scale),
  });
}

export function convBackwardInput(question: Question): Explanation | null {
  const { dispatch, tensors, index } = question;
  const { O, K, S = 1, PAD = 0, P, Q, BELOW_POOL = 1 } = dispatch.constants;
  const [b, c] = index;
  const h = Math.floor(index[2] / BELOW_POOL);
  const w = Math.floor(index[3] / BELOW_POOL);
  // Turned by half a circle, a filter lies over dy as it lies in the picture.
  const turned = (i: number) => K - 1 - i;
  /** The output that tap i reaches this row (or column) from; -1: none. */
  const output = (at: number, i: number, outputs: number) => {
    const p = (at + PAD - i) / S;
    return Number.isInteger(p) && p >= 0 && p < outputs ? p : -1;
  };
  const overlays = Array.from({ length: O }, (_, o) =>
    overlay(
      K,
      (i, j) => {
        const [p, q] = [output(h, turned(i), P), output(w, turned(j), Q)];
        return p < 0 || q < 0 ? 0 : valueAt(tensors, "dy", b, o, p, q);
      },
      (i, j) => valueAt(tensors, "w", o, c, turned(i), turned(j)),
      {
        label: `filter ${o}`,
        inputLabel: `dy[${b}, ${o}] that it reached`,
        filterLabel: `w[${o}, ${c}], turned by 180°`,
        region:
          S === 1
            ? {
                binding: "dy",
                leading: [b, o],
                top: h + PAD - K + 1,
                left: w + PAD - K + 1,
                height: K,
                width: K,
              }
            : null,
      },
    ),
  );
  const { count, sum, scale } = totalOf(overlays);
  const { lines, result } = passBack(dispatch, sum, valueAt(tensors, "below", ...index));
  return conclude(question, {
    formula:
      "dx_{b,c,h,w′} = ∑_{o,i,j} w_{o,c,i,j} · dy_{b,o,h−i,w′−j}, then back through pool and ReLU",
    overlays,
    lines: [{ text: `sum of ${count} products`, value: sum }, ...lines],
    result,
    tolerance: sumTolerance(count, scale),
  });
}
