/**
 * Accounts of shaders/sgd.wgsl and adam.wgsl. They overwrite what they read, so the values before the
 * step are worked back from those after it.
 */
import {
  conclude,
  named,
  tensorOf,
  valueAt,
  type Explanation,
  type Line,
  type Question,
  type Tensors,
} from "./explanation.ts";

/** The uniform of the optimisers, in the order of shaders/lib/schedule.wgsl. */
interface Settings {
  readonly rate: number;
  readonly momentum: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly warmup: number;
  readonly total: number;
  readonly drop: number;
}

function settingsOf(tensors: Tensors): Settings {
  const [rate, momentum, beta2, epsilon, weightDecay, warmup, total, drop] = tensorOf(
    tensors,
    "optimiser",
  ).values;
  return { rate, momentum, beta2, epsilon, weightDecay, warmup, total, drop };
}

/** The learning rate of a step, which counts from 1: see shaders/lib/schedule.wgsl. */
export function rateAt({ rate, warmup, total, drop }: Settings, step: number): number {
  if (step <= warmup) return (rate * step) / warmup;
  if (drop > 0 && step > drop) return 0.1 * rate;
  if (total === 0) return rate;
  return (rate * Math.max(0, total + 1 - step)) / Math.max(1, total - warmup);
}

/** f32 rounds a weight once; a worked-back one twice more. */
const ROUNDINGS = 4 * 2 ** -24;

interface Update {
  /** The weight before the step, as f32 holds it. */
  readonly before: number;
  /** What the step took away. */
  readonly change: number;
  readonly rate: number;
  readonly settings: Settings;
  readonly step: number;
}

function sgdUpdate(tensors: Tensors, i: number): Update & { velocity: number } {
  const settings = settingsOf(tensors);
  const step = valueAt(tensors, "progress", 0);
  const rate = rateAt(settings, step);
  const velocity = valueAt(tensors, "v", i);
  const change = rate * velocity;
  const before = Math.fround(valueAt(tensors, "w", i) + change);
  return { before, change, rate, settings, step, velocity };
}

function adamUpdate(tensors: Tensors, i: number): Update & { m: number; v: number } {
  const settings = settingsOf(tensors);
  const { momentum, beta2, epsilon } = settings;
  const step = valueAt(tensors, "progress", 0);
  const { values } = tensorOf(tensors, "moments");
  const m = values[i];
  const v = values[values.length / 2 + i];
  const rate = rateAt(settings, step);
  const steady = m / (1 - momentum ** step);
  const spread = v / (1 - beta2 ** step);
  const change = (rate * steady) / (Math.sqrt(spread) + epsilon);
  const before = Math.fround(valueAt(tensors, "w", i) + change);
  return { before, change, rate, settings, step, m, v };
}

/** Says that a step which was not finite froze everything; null when all is well. */
function frozen(tensors: Tensors): string | null {
  const bad = valueAt(tensors, "progress", 1);
  return bad === 0 ? null : `Step ${bad} was not finite: nothing is updated any more.`;
}

export function sgdStep(question: Question): Explanation {
  const { tensors, output, index } = question;
  const [i] = index;
  const { before, change, rate, settings, step, velocity } = sgdUpdate(tensors, i);
  const { momentum, weightDecay } = settings;
  const dw = valueAt(tensors, "dw", i);
  const decay = weightDecay * before;
  const gradient = dw + decay;
  const pushed = velocity - gradient;
  const old = momentum === 0 ? 0 : pushed / momentum;
  const note =
    frozen(tensors) ??
    "The kernel overwrites w and v. The values before it are worked back from those after it.";
  const decayed: Line[] =
    weightDecay === 0
      ? [{ text: `gradient ${named("dw", [i])}`, value: dw }]
      : [
          { text: `gradient ${named("dw", [i])}`, value: dw },
          { text: `weight decay ${short(weightDecay)} · w`, value: decay },
        ];
  if (output === "v") {
    // What momentum kept is the difference; adding it up again shows whether f32 lost any of it.
    const result = Math.fround(momentum * Math.fround(old)) + gradient;
    return conclude(question, {
      formula: "v = μ · v + ( dw + λ · w )",
      lines: [
        { text: "v before", value: old },
        { text: `momentum ${short(momentum)} · v`, value: pushed },
        ...decayed,
      ],
      note,
      result,
      tolerance: ROUNDINGS * (Math.abs(pushed) + Math.abs(gradient)) + 1e-37,
    });
  }
  return conclude(question, {
    formula: "w = w − rate · v, v = μ · v + ( dw + λ · w )",
    lines: [
      { text: "w before", value: before },
      { text: `momentum ${short(momentum)} · v before`, value: pushed },
      ...decayed,
      { text: "v, their sum", value: velocity },
      { text: `rate of step ${step}`, value: rate },
      { text: "rate · v, taken away", value: change },
    ],
    note,
    result: before - change,
    tolerance: ROUNDINGS * (Math.abs(before) + Math.abs(change)) + 1e-37,
  });
}

export function adamStep(question: Question): Explanation {
  const { tensors, output, index } = question;
  const { length } = tensorOf(tensors, "moments").values;
  const second = output === "moments" && index[0] >= length / 2;
  const i = second ? index[0] - length / 2 : index[0];
  const { before, change, rate, settings, step, m, v } = adamUpdate(tensors, i);
  const { momentum, beta2, epsilon, weightDecay } = settings;
  const gradient = valueAt(tensors, "dw", i) + weightDecay * before;
  const note =
    frozen(tensors) ??
    "The kernel overwrites w, m and v. The values before it are worked back from those after it.";
  const first: Line = { text: `gradient ${named("dw", [i])} + λ · w`, value: gradient };
  if (output === "moments") {
    const [beta, input, now] = second ? [beta2, gradient ** 2, v] : [momentum, gradient, m];
    const added = (1 - beta) * input;
    const kept = now - added;
    const name = second ? "v" : "m";
    return conclude(question, {
      formula: second ? "v = β₂ · v + (1 − β₂) · g²" : "m = β₁ · m + (1 − β₁) · g",
      lines: [
        first,
        { text: `${name} before`, value: beta === 0 ? 0 : kept / beta },
        { text: `${short(beta)} · ${name}`, value: kept },
        { text: `${short(1 - beta)} · ${second ? "g²" : "g"}`, value: added },
      ],
      note,
      result: Math.fround(kept) + added,
      tolerance: ROUNDINGS * (Math.abs(kept) + Math.abs(added)) + 1e-37,
    });
  }
  return conclude(question, {
    formula: "w = w − rate · ( m / (1 − β₁^{t}) ) / ( √( v / (1 − β₂^{t}) ) + ε )",
    lines: [
      { text: "w before", value: before },
      first,
      { text: "m, the mean gradient", value: m },
      { text: "v, the mean squared gradient", value: v },
      { text: `m / (1 − ${short(momentum)}^${step})`, value: m / (1 - momentum ** step) },
      {
        text: `√( v / (1 − ${short(beta2)}^${step}) ) + ε`,
        value: Math.sqrt(v / (1 - beta2 ** step)) + epsilon,
      },
      { text: `rate of step ${step}`, value: rate },
      { text: "taken away", value: change },
    ],
    note,
    result: before - change,
    tolerance: ROUNDINGS * (Math.abs(before) + Math.abs(change)) + 1e-37,
  });
}

/** A setting as it was given: f32 holds 0.9 as 0.89999998. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
