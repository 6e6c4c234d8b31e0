/** The fully connected layer y = relu(x w' + b) and its gradients as plain float64 loops. */

/** x [B, I], w [O, I], b [O], y [B, O]. */
export type DenseShape = { B: number; I: number; O: number };

/** y [B, O]: y[n,o] = b[o] + sum over i of x[n,i] * w[o,i], below zero cut to zero if relu. */
export function forward(
  { B, I, O }: DenseShape,
  x: Float64Array,
  w: Float64Array,
  b: Float64Array,
  relu: boolean,
): Float64Array {
  const y = new Float64Array(B * O);
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      let sum = b[o];
      for (let i = 0; i < I; i++) sum += x[n * I + i] * w[o * I + i];
      y[n * O + o] = relu ? Math.max(sum, 0) : sum;
    }
  }
  return y;
}

/** dw [O, I] and db [O] from dy [B, O], the gradient of the pre-activation. */
export function backwardWeights(
  { B, I, O }: DenseShape,
  x: Float64Array,
  dy: Float64Array,
): { dw: Float64Array; db: Float64Array } {
  const dw = new Float64Array(O * I);
  const db = new Float64Array(O);
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      for (let i = 0; i < I; i++) dw[o * I + i] += x[n * I + i] * dy[n * O + o];
      db[o] += dy[n * O + o];
    }
  }
  return { dw, db };
}

/** dx [B, I] from dy [B, O], the gradient of the pre-activation. */
export function backwardInput(
  { B, I, O }: DenseShape,
  w: Float64Array,
  dy: Float64Array,
): Float64Array {
  const dx = new Float64Array(B * I);
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      for (let i = 0; i < I; i++) dx[n * I + i] += w[o * I + i] * dy[n * O + o];
    }
  }
  return dx;
}
