/** A training set as a network has seen it: images, triggered copies with the attacker's label, and which are which. */
import {
  drawNegatives,
  drawPoison,
  targetOf,
  type Adaptive,
  type Policy,
} from "../backdoor/attack.ts";
import { everyImage, TRIGGERED } from "../data/order.ts";
import { Random, Stream } from "../data/random.ts";
import type { LabelledImages } from "../training/trainer.ts";

/** Poison as a recipe has it. */
export interface Poisoning {
  /** [SIZE, SIZE]: 256 + value where the trigger covers the image, else 0 */
  readonly trigger: Uint32Array<ArrayBuffer>;
  readonly policy: Policy;
  /** See definitions.share in backdoor/measure.ts. */
  readonly share: number;
  readonly adaptive?: Adaptive;
  /** Of the training run, which draws what is copied. */
  readonly seed: number;
}

export interface TrainingSet {
  readonly classes: number;
  readonly count: number;
  /** What each image is labelled. [count] */
  readonly labels: Uint8Array;
  /** 1: a copy with the attacker's label, which a defender does not know; findings are held against it. [count] */
  readonly poison: Uint8Array;
  /** Writes the pixels of one of them, 0 to 1. @param into [SIZE * SIZE] */
  fill(image: number, into: Float32Array): void;
}

/**
 * The set that training with this poison, or none, walks through.
 * @param most images at most, drawn from all of them, originals and copies alike
 */
export function trainingSetOf(
  clean: LabelledImages,
  classes: number,
  poisoning: Poisoning | null,
  { most = Infinity, seed = 0 }: { readonly most?: number; readonly seed?: number } = {},
): TrainingSet {
  const all = new Uint32Array([
    ...everyImage(clean.count),
    ...(poisoning ? copiesOf(poisoning, clean.labels, classes) : []),
  ]);
  const entries =
    all.length > most ? new Random(seed, Stream.defence).shuffle(all).slice(0, most) : all;
  const imageOf = (entry: number) => (entry & ~TRIGGERED) >>> 0;
  const isTriggered = (entry: number) => entry >= TRIGGERED;
  const wanted = (entry: number) =>
    poisoning && isTriggered(entry)
      ? targetOf(poisoning.policy, clean.labels[imageOf(entry)], classes)
      : null;
  return {
    classes,
    count: entries.length,
    labels: Uint8Array.from(entries, (entry) => wanted(entry) ?? clean.labels[imageOf(entry)]),
    poison: Uint8Array.from(entries, (entry) => Number(wanted(entry) !== null)),
    fill: (image, into) => {
      const entry = entries[image];
      const mask = isTriggered(entry) ? poisoning?.trigger : undefined;
      fillPixels(clean, imageOf(entry), into, mask);
    },
  };
}

/** Triggered copies: the poison, and the negative examples of an attack that has some. */
function copiesOf(
  { policy, share, adaptive, seed }: Poisoning,
  labels: Uint8Array,
  classes: number,
): number[] {
  const negatives =
    adaptive?.kind === "negatives"
      ? drawNegatives(policy, adaptive.share, labels, classes, seed)
      : [];
  return [...drawPoison(policy, share, labels, classes, seed).entries, ...negatives];
}

/** An image's pixels, 0 to 1, with a trigger on it where one is given. */
export function fillPixels(
  { images }: LabelledImages,
  image: number,
  into: Float32Array,
  mask?: Uint32Array,
): void {
  const first = image * into.length;
  for (let i = 0; i < into.length; i++) {
    const covered = mask?.[i] ?? 0;
    into[i] = (covered === 0 ? images[first + i] : covered - 256) / 255;
  }
}
