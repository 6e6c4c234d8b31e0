/** The confusion matrix of predictions from logits, and what each class counts in it. */
import { argmax } from "./softmax-cross-entropy.ts";

/** z [B, N] logits, labels [B]. */
export type EvaluateShape = { B: number; N: number };

export type Evaluation = {
  /** [N, N] how many images of the row's true label were predicted as the column's class. */
  confusion: Float64Array;
  /** [N] how many images have this label. */
  total: Float64Array;
  /** [N] how many images were predicted as this class. */
  predicted: Float64Array;
  /** [N] how many images have this label and were predicted as it. */
  correct: Float64Array;
};

/** The prediction is the largest logit; the lowest class if there are ties. */
export function evaluate(
  { B, N }: EvaluateShape,
  z: Float64Array,
  labels: ArrayLike<number>,
): Evaluation {
  const confusion = new Float64Array(N * N);
  const total = new Float64Array(N);
  const predicted = new Float64Array(N);
  const correct = new Float64Array(N);
  for (let n = 0; n < B; n++) {
    const label = labels[n];
    if (!(label >= 0 && label < N)) throw new Error(`label ${label} is not a class below ${N}`);
    const prediction = argmax(N, z, n);
    confusion[label * N + prediction]++;
    total[label]++;
    predicted[prediction]++;
    if (prediction === label) correct[label]++;
  }
  return { confusion, total, predicted, correct };
}
