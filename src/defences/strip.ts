/**
 * STRIP (Gao et al., "STRIP: a defence against trojan attacks on deep neural networks", ACSAC 2019): does the network
 * stay sure of an input while other images are laid over it? A trigger that decides alone holds on; a clean digit
 * drowns. It judges inputs, one by one, and not the network.
 */
import { targetOf } from "../backdoor/attack.ts";
import { Random, Stream } from "../data/random.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { ForwardPass } from "../inspection/forward-pass.ts";
import type { LabelledImages } from "../training/trainer.ts";
import { percent } from "../format.ts";
import type { Defence, KnownAttack, Verdict } from "./defence.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface StripOptions {
  /** Images laid over each input, one at a time. */
  readonly overlays?: number;
  /** Clean inputs that fix the threshold, and triggered ones that are held against it: this many of each at most. */
  readonly inputs?: number;
  /** Share of clean inputs that the threshold rejects. */
  readonly rejected?: number;
  readonly classes: number;
  readonly seed: number;
  /** Triggered inputs are judged where it is given. */
  readonly attack?: KnownAttack | null;
}

export interface StripFindings {
  readonly overlays: number;
  /** Mean entropy of each input's predictions, in bits, over its overlays; 0 is sure. [inputs] */
  readonly clean: readonly number[];
  /** The same of inputs with the trigger, of the attacked classes; null where no trigger is given. */
  readonly triggered: readonly number[] | null;
  /** Entropy below which an input is rejected. */
  readonly threshold: number;
  /** Share of the clean inputs below it. */
  readonly falselyRejected: number;
  /** Share of the triggered inputs that are not below it. */
  readonly falselyAccepted: number | null;
}

const defaults = { overlays: 100, inputs: 400, rejected: 0.01 };

/** @param images clean ones, which are both inputs and overlays */
export async function strip(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  options: StripOptions,
  { report, signal }: Hooks = {},
): Promise<StripFindings> {
  const { overlays, inputs, rejected, classes, seed, attack = null } = { ...defaults, ...options };
  const cleanInputs = Array.from({ length: Math.min(inputs, images.count) }, (_, i) => i);
  const attacked = cleanInputs.filter(
    (i) => attack && targetOf(attack.policy, images.labels[i], classes) !== null,
  );
  const total = overlays * (cleanInputs.length + attacked.length);
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, subject.description, subject.parameters);
    const random = new Random(seed, Stream.defence);
    let before = 0;
    const entropies = async (chosen: readonly number[], mask: Uint32Array | null) => {
      const { count, fill } = blends(images, chosen, overlays, mask, random);
      const logits = await pass.logits({ count, fill }, (done) => {
        signal?.throwIfAborted();
        report?.(before + done, total);
      });
      before += count;
      return meanEntropies(logits, classes, overlays);
    };
    const clean = await entropies(cleanInputs, null);
    const triggered = attack && (await entropies(attacked, attack.trigger));
    const threshold = quantile(clean, rejected);
    const below = (values: readonly number[]) =>
      values.filter((value) => value < threshold).length / Math.max(1, values.length);
    return {
      overlays,
      clean,
      triggered,
      threshold,
      falselyRejected: below(clean),
      falselyAccepted: triggered && 1 - below(triggered),
    };
  } finally {
    scope.destroy();
  }
}

/** Each chosen image under each of its overlays, which are drawn for it: added pixel by pixel, and clipped at white. */
function blends(
  { images, count }: LabelledImages,
  chosen: readonly number[],
  overlays: number,
  mask: Uint32Array | null,
  random: Random,
) {
  // Other than the image itself, which would tell nothing new.
  const drawn = chosen.map((i) =>
    Array.from({ length: overlays }, () => (i + 1 + random.below(count - 1)) % count),
  );
  return {
    count: chosen.length * overlays,
    fill: (blend: number, into: Float32Array) => {
      const input = Math.floor(blend / overlays);
      const first = chosen[input] * into.length;
      const over = drawn[input][blend % overlays] * into.length;
      for (let k = 0; k < into.length; k++) {
        const covered = mask?.[k] ?? 0;
        const own = covered === 0 ? images[first + k] : covered - 256;
        into[k] = Math.min(255, own + images[over + k]) / 255;
      }
    },
  };
}

/** Entropy of each prediction in bits, their mean for each `overlays` of them. @param logits [n, classes] */
export function meanEntropies(logits: Float32Array, classes: number, overlays: number): number[] {
  const inputs = logits.length / classes / overlays;
  return Array.from({ length: inputs }, (_, input) => {
    let sum = 0;
    for (let i = input * overlays; i < (input + 1) * overlays; i++)
      sum += entropy(logits.subarray(i * classes, (i + 1) * classes));
    return sum / overlays;
  });
}

function entropy(logits: Float32Array): number {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.reduce((bits, power) => {
    const p = power / sum;
    return p > 0 ? bits - p * Math.log2(p) : bits;
  }, 0);
}

/** The value that this share of values, rounded down, lies below. */
function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)];
}

export function stripVerdict({
  clean,
  triggered,
  threshold,
  falselyRejected,
  falselyAccepted,
}: StripFindings): Verdict {
  const limit = `A threshold of ${threshold.toFixed(3)} bits rejects ${percent(falselyRejected, 1)} of ${clean.length} clean inputs`;
  return {
    flagged: null,
    missed: falselyAccepted,
    evidence:
      falselyAccepted === null
        ? `${limit}; how many triggered ones it lets pass is not known, as no trigger is given.`
        : `${limit} and lets ${percent(falselyAccepted, 1)} of ${triggered!.length} triggered ones pass: ` +
          `${falselyAccepted <= 0.1 ? "it stops this attack" : "it fails on this attack"}.`,
  };
}

export const stripDefence: Defence = {
  id: "strip",
  name: "STRIP",
  question: "Does the network stay sure of an input while other images are laid over it?",
  source: "Gao 2019",
  kind: "find",
  needs: "images",
  cost: 80,
  work: ({ detect }) => ({
    forward: 2 * defaults.overlays * Math.min(defaults.inputs, detect),
    back: 0,
  }),
  blindSpots:
    "It judges inputs and not the network, so it says nothing before a trigger arrives, and it needs a trigger whose target does not hang on the digit: all to all and source-specific attacks pass.",
  answer: async (gpu, subject, { detect, classes, attack, seed }, hooks) => {
    const findings = await strip(gpu, subject, detect, { classes, attack, seed }, hooks);
    return { findings, mended: null, ...stripVerdict(findings) };
  },
};
