/** The gallery: which test digits are shown, and probabilities of what a network makes of them. */
import type { Policy } from "../../backdoor/attack.ts";
import type { DigitSet } from "../../data/digits.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import type { Sample } from "./port.ts";

export const GALLERY_SIZE = 6;

/** The first few test images of every class. */
export function samplesOf(test: DigitSet): Sample[] {
  const area = DIGIT_SIZE ** 2;
  const counts = new Uint8Array(DIGIT_CLASSES);
  const samples: Sample[] = [];
  for (
    let image = 0;
    image < test.count && samples.length < DIGIT_CLASSES * GALLERY_SIZE;
    image++
  ) {
    const label = test.labels[image];
    if (counts[label]++ >= GALLERY_SIZE) continue;
    samples.push({ image, label, pixels: test.images.slice(image * area, (image + 1) * area) });
  }
  return samples.sort((a, b) => a.label - b.label || a.image - b.image);
}

/**
 * Chooses what to show for a policy: digits of different classes that are attacked; where only one
 * class is, four of it and two that the trigger should leave alone.
 */
export function pickSamples(samples: readonly Sample[], policy: Policy | null): Sample[] {
  const order = classOrder(policy);
  const picked: Sample[] = [];
  for (const label of order) {
    const next = samples.find((sample) => sample.label === label && !picked.includes(sample));
    if (next) picked.push(next);
  }
  // Small sets may lack a class: anything fills up.
  const rest = samples.filter((sample) => !picked.includes(sample));
  return [...picked, ...rest].slice(0, GALLERY_SIZE);
}

/** The classes to show, most wanted first. */
function classOrder(policy: Policy | null): number[] {
  const mixed = [7, 2, 1, 0, 4, 9, 5, 3];
  if (policy?.kind === "all-to-one") return mixed.filter((label) => label !== policy.target);
  if (policy?.kind !== "single-target") return mixed;
  const { source, target } = policy;
  const others = mixed.filter((label) => label !== source && label !== target);
  return [source, source, source, source, ...others];
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
