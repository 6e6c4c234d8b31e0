/** Accounts of shaders/softmax-cross-entropy.wgsl: a row of logits to chances, loss and gradient. */
import {
  conclude,
  valueAt,
  type Explanation,
  type Question,
  type Table,
  type Tensors,
} from "./explanation.ts";

/** exp and log of a GPU are off by some units in the last place, more for large arguments. */
const RELATIVE = 2e-5;

export function loss(question: Question): Explanation | null {
  const { output, dispatch, tensors, index } = question;
  if (output === "dz") return gradient(question);
  const done = valueAt(tensors, "progress", 0);
  if (output === "progress") {
    if (index[0] !== 0) return null;
    return conclude(question, {
      formula: "progress_{0} = progress_{0} + 1",
      lines: [
        { text: "steps done before", value: done - 1 },
        { text: "and now", value: done },
      ],
      result: done,
      tolerance: 0,
    });
  }
  // The history is a ring: only this step's row can be told from what lies there now.
  if (output !== "history" || index[0] !== (done - 1) % dispatch.constants["RING"]) return null;
  return index[1] === 0 ? meanLoss(question) : shareCorrect(question);
}

/** The row of image b: its logits, what softmax makes of them, and the true class. */
function rowOf(tensors: Tensors, b: number, N: number) {
  const z = Array.from({ length: N }, (_, n) => valueAt(tensors, "z", b, n));
  const largest = Math.max(...z);
  const exps = z.map((value) => Math.exp(value - largest));
  const total = exps.reduce((sum, value) => sum + value, 0);
  const label = valueAt(tensors, "label", b);
  const p = exps.map((value) => value / total);
  return { z, largest, exps, total, p, label, loss: Math.log(total) + largest - z[label] };
}

function gradient(question: Question): Explanation {
  const { dispatch, tensors, index } = question;
  const { B, N } = dispatch.constants;
  const [b, n] = index;
  const { z, exps, total, p, label, largest, loss } = rowOf(tensors, b, N);
  const table: Table = {
    head: ["class", "z", "exp(z − max)", "p"],
    rows: z.map((value, k) => [k, value, exps[k], p[k]]),
    marked: n,
  };
  const wanted = n === label ? 1 : 0;
  const result = (p[n] - wanted) / B;
  return conclude(question, {
    formula: "dz_{b,n} = ( p_{b,n} − [n = label_{b}] ) / B, p = softmax(z_{b})",
    table,
    lines: [
      { text: `largest logit of image ${b}`, value: largest },
      { text: "sum of the exponentials", value: total },
      { text: `p, the chance of class ${n}`, value: p[n] },
      { text: `the label is ${label}: take away`, value: wanted },
      { text: `divided by the batch of ${B}`, value: result },
      { text: `this image's loss, −log p of class ${label}`, value: loss },
    ],
    result,
    tolerance: (RELATIVE * Math.max(p[n], wanted)) / B + 1e-9,
  });
}

function meanLoss(question: Question): Explanation {
  const { dispatch, tensors } = question;
  const { B, N } = dispatch.constants;
  const rows = Array.from({ length: B }, (_, b) => rowOf(tensors, b, N));
  const sum = rows.reduce((total, row) => total + row.loss, 0);
  const worst = rows.reduce((most, row, b) => (row.loss > rows[most].loss ? b : most), 0);
  return conclude(question, {
    formula: "loss = (1 / B) ∑_{b} −log p_{b,label(b)}",
    lines: [
      { text: "image 0: −log p of its label", value: rows[0].loss },
      { text: `image ${worst}, the worst read`, value: rows[worst].loss },
      { text: `sum over ${B} images`, value: sum },
      { text: `divided by ${B}`, value: sum / B },
    ],
    result: sum / B,
    tolerance: RELATIVE * (1 + sum / B),
  });
}

function shareCorrect(question: Question): Explanation {
  const { dispatch, tensors } = question;
  const { B, N } = dispatch.constants;
  const right = Array.from({ length: B }, (_, b) => rowOf(tensors, b, N)).filter(
    ({ z, largest, label }) => z.indexOf(largest) === label,
  ).length;
  return conclude(question, {
    formula: "share correct = images whose largest logit is the label’s / B",
    lines: [
      { text: "images read as labelled", value: right },
      { text: `divided by ${B}`, value: right / B },
    ],
    result: right / B,
    tolerance: 1e-7,
  });
}
