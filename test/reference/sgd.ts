/** One step of stochastic gradient descent with momentum and weight decay in float64. */

export type SgdOptions = { rate: number; momentum: number; weightDecay: number };

/** The next v = momentum*v + (g + weightDecay*w) and w = w - rate*v, from gradient g. */
export function sgd(
  { rate, momentum, weightDecay }: SgdOptions,
  w: Float64Array,
  g: Float64Array,
  v: Float64Array,
): { w: Float64Array; v: Float64Array } {
  const nextV = v.map((value, i) => momentum * value + (g[i] + weightDecay * w[i]));
  const nextW = w.map((value, i) => value - rate * nextV[i]);
  return { w: nextW, v: nextV };
}
