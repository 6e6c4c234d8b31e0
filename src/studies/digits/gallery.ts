/** The gallery: which test digits are shown, and probabilities of what a network makes of them. */
import type { DigitSet } from "../../data/digits.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import type { Sample } from "./port.ts";

/** The first test image of every class, in the order of the classes; small sets may lack some. */
export function samplesOf(test: DigitSet): Sample[] {
  const area = DIGIT_SIZE ** 2;
  return Array.from({ length: DIGIT_CLASSES }, (_, label) => test.labels.indexOf(label)).flatMap(
    (image, label) =>
      image < 0 || image >= test.count
        ? []
        : [{ image, label, pixels: test.images.slice(image * area, (image + 1) * area) }],
  );
}

/** Probabilities from logits, [images, classes] both. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  return Float32Array.from(
    Array.from({ length: logits.length / classes }, (_, row) =>
      softmax([...logits.subarray(row * classes, (row + 1) * classes)]),
    ).flat(),
  );
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
