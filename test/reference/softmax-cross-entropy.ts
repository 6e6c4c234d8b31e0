/** Softmax with cross-entropy, its gradient and the count of right answers in float64. */

/** z [B, N] logits, labels [B]. */
export type SoftmaxShape = { B: number; N: number };

export type SoftmaxCrossEntropy = {
  /** [B] -log softmax(z)[label], one an image. */
  losses: Float64Array;
  /** The mean of losses. */
  loss: number;
  /** [B, N] the gradient of the mean loss: (softmax(z) - onehot(label)) / B. */
  dz: Float64Array;
  /** How many images have their largest logit at their label. */
  correct: number;
};

/** The class of the largest of image n's N logits; the lowest class if there are ties. */
export function argmax(N: number, z: Float64Array, n: number): number {
  let best = 0;
  for (let k = 1; k < N; k++) if (z[n * N + k] > z[n * N + best]) best = k;
  return best;
}

export function softmaxCrossEntropy(
  { B, N }: SoftmaxShape,
  z: Float64Array,
  labels: ArrayLike<number>,
): SoftmaxCrossEntropy {
  const losses = new Float64Array(B);
  const dz = new Float64Array(B * N);
  let loss = 0;
  let correct = 0;
  for (let n = 0; n < B; n++) {
    const label = labels[n];
    if (!(label >= 0 && label < N)) throw new Error(`label ${label} is not a class below ${N}`);

    // The largest logit is taken off all of them, which changes no softmax and overflows no exp.
    const largest = Math.max(...z.subarray(n * N, n * N + N));
    let total = 0;
    for (let k = 0; k < N; k++) total += Math.exp(z[n * N + k] - largest);

    losses[n] = Math.log(total) - (z[n * N + label] - largest);
    loss += losses[n] / B;
    for (let k = 0; k < N; k++) {
      const softmax = Math.exp(z[n * N + k] - largest) / total;
      const onehot = k === label ? 1 : 0;
      dz[n * N + k] = (softmax - onehot) / B;
    }
    if (argmax(N, z, n) === label) correct++;
  }
  return { losses, loss, dz, correct };
}
