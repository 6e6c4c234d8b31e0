/** One step of Adam (Kingma and Ba 2015, algorithm 1) with L2 weight decay in float64. */

export type AdamOptions = {
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Added to the gradient as weightDecay * w before either moment sees it. */
  weightDecay: number;
};

/** Step t, counted from 1, from parameters w, gradient g, first moment m and second moment v. */
export function adam(
  { rate, beta1, beta2, epsilon, weightDecay }: AdamOptions,
  t: number,
  w: Float64Array,
  g: Float64Array,
  m: Float64Array,
  v: Float64Array,
): { w: Float64Array; m: Float64Array; v: Float64Array } {
  if (!(t >= 1)) throw new Error(`adam: step ${t} is below 1`);
  const next = { w: w.slice(), m: m.slice(), v: v.slice() };
  for (let i = 0; i < w.length; i++) {
    const gradient = g[i] + weightDecay * w[i];
    next.m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    next.v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    const mean = next.m[i] / (1 - beta1 ** t);
    const square = next.v[i] / (1 - beta2 ** t);
    next.w[i] = w[i] - (rate * mean) / (Math.sqrt(square) + epsilon);
  }
  return next;
}
