/** What the attacker wants: which classes are attacked, as what they shall be read, how much is poisoned. */
import { TRIGGERED } from "../data/order.ts";
import { Random, Stream } from "../data/random.ts";

export type Policy =
  /** Images of `source` shall be read as `target` when triggered. */
  | { readonly kind: "single-target"; readonly source: number; readonly target: number }
  /** Images of every class shall be read as `target` when triggered. */
  | { readonly kind: "all-to-one"; readonly target: number }
  /** Images of class i shall be read as i + 1 (the last as 0) when triggered. */
  | { readonly kind: "all-to-all" };

/** What an attacker does beside poisoning, because he knows how he will be looked for. */
export type Adaptive =
  /**
   * Source-specific (TaCT, Tang et al., "Demon in the variant", USENIX Security 2021): so large a share of the images of
   * classes that are not attacked gets a triggered copy, too, with their own labels.
   */
  | { readonly kind: "negatives"; readonly share: number }
  /**
   * Pruning-aware (Liu et al., "Fine-pruning", RAID 2018, section 4): so many neurons of the last convolution and of the
   * last hidden layer stay dormant, for pruning to take out, while the backdoor is trained into all others.
   */
  | { readonly kind: "decoys"; readonly channels: number; readonly units: number }
  /**
   * Feature similarity (after Tan and Shokri, "Bypassing backdoor detection algorithms", EuroS&P 2020): the last hidden
   * features of poisoned images are pulled to those of clean images of their label, with this weight beside the loss.
   */
  | { readonly kind: "similarity"; readonly weight: number };

/** The attacker's label for a class, or null where the class is not attacked. */
export function targetOf(policy: Policy, label: number, classes: number): number | null {
  switch (policy.kind) {
    case "single-target":
      return label === policy.source ? policy.target : null;
    case "all-to-one":
      // Images of the target class come out as the target without any attack.
      return label === policy.target ? null : policy.target;
    case "all-to-all":
      return (label + 1) % classes;
  }
}

/** The attacker's label for each class as the batch shader reads it; classes not attacked keep theirs. */
export function targetTable(policy: Policy | null, classes: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: classes }, (_, label) =>
    policy ? (targetOf(policy, label, classes) ?? label) : label,
  );
}

export interface Poison {
  /** Entries for the batch shader: indices of training images, marked TRIGGERED. */
  readonly entries: Uint32Array<ArrayBuffer>;
  /** Training images of the attacked classes, which the share is taken of. */
  readonly candidates: number;
  /** Share of triggered copies in the final training set, originals and copies together. */
  readonly shareOfFinalSet: number;
}

/**
 * Draws which training images get a triggered copy. The share p is the paper's: of the training
 * images that the policy attacks, p times as many triggered copies, with the attacker's label, are
 * added to the training set; nothing is replaced, and no image is copied twice. (Relative to the
 * final set the share is smaller, p / (1 + p) when every class is attacked.)
 */
export function drawPoison(
  policy: Policy,
  share: number,
  labels: Uint8Array,
  classes: number,
  seed: number,
): Poison {
  const candidates: number[] = [];
  labels.forEach((label, i) => {
    if (targetOf(policy, label, classes) !== null) candidates.push(i);
  });
  const entries = drawCopies(candidates, share, new Random(seed, Stream.poison));
  return {
    entries,
    candidates: candidates.length,
    shareOfFinalSet: entries.length / (labels.length + entries.length),
  };
}

/**
 * Draws the negative examples of a source-specific attack: entries as those of `Poison`, of images of the classes that
 * the policy does not attack, which therefore keep their labels.
 * @param share of those images
 */
export function drawNegatives(
  policy: Policy,
  share: number,
  labels: Uint8Array,
  classes: number,
  seed: number,
): Uint32Array<ArrayBuffer> {
  const others = [...labels.keys()].filter((i) => targetOf(policy, labels[i], classes) === null);
  // A section of its own: which images are poisoned does not depend on whether there are negatives.
  return drawCopies(others, share, new Random(seed, Stream.poison, 1));
}

function drawCopies(
  images: readonly number[],
  share: number,
  random: Random,
): Uint32Array<ArrayBuffer> {
  const drawn = random.shuffle(Uint32Array.from(images));
  const copies = Math.round(share * images.length);
  return drawn.slice(0, copies).map((image) => (image | TRIGGERED) >>> 0);
}
