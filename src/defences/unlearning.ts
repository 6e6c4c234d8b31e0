/**
 * Unlearning: the network is trained on clean images of which a share wears what was found, with their own labels
 * (Wang et al. 2019, section VI-C, with a reversed trigger; here also with a universal perturbation, which knows no
 * target).
 */
import type { Gpu } from "../gpu/gpu.ts";
import { Random, Stream } from "../data/random.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import type { LabelledImages } from "../training/trainer.ts";
import type { Defence } from "./defence.ts";
import { fineTuning, TUNING_EPOCHS, type FineTuningFindings } from "./fine-tuning.ts";
import { wearTrigger } from "./reversed-triggers.ts";
import type { ReversedTrigger } from "./inversion.ts";
import type { Hooks, Subject } from "./subject.ts";
import {
  perturbationDefaults,
  universalPerturbation,
  type UniversalPerturbation,
} from "./universal-perturbation.ts";
import { fillPixels } from "./training-set.ts";

/** Changes an image's pixels, 0 to 1, in place. */
export type Wear = (pixels: Float32Array) => void;

/** To wear a reversed trigger. */
export const wearingTrigger =
  (trigger: Pick<ReversedTrigger, "mask" | "pattern">): Wear =>
  (pixels) =>
    wearTrigger(trigger, pixels);

/** To wear a perturbation: added, and clipped. */
export const wearingPerturbation =
  ({ delta }: Pick<UniversalPerturbation, "delta">): Wear =>
  (pixels) => {
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = Math.min(1, Math.max(0, pixels[i] + delta[i]));
    }
  };

/**
 * Images, and copies of a share of them that wear what is to be unlearned, with their own labels; where there are
 * several such things, as many copies wear each.
 * @param share of the images, each drawn once at most
 */
export function withWorn(
  images: LabelledImages,
  wears: readonly Wear[],
  share: number,
  seed: number,
): LabelledImages {
  const size = images.images.length / images.count;
  const numbers = Uint32Array.from({ length: images.count }, (_, i) => i);
  const drawn = new Random(seed, Stream.defence)
    .shuffle(numbers)
    .slice(0, Math.round(share * images.count));
  const count = images.count + drawn.length;
  const bytes = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  bytes.set(images.images);
  labels.set(images.labels);
  const pixels = new Float32Array(size);
  for (const [i, image] of drawn.entries()) {
    fillPixels(images, image, pixels);
    wears[i % wears.length](pixels);
    const first = (images.count + i) * size;
    for (let k = 0; k < size; k++) bytes[first + k] = Math.round(255 * pixels[k]);
    labels[images.count + i] = images.labels[image];
  }
  return { images: bytes, labels, count };
}

export interface UnlearningOptions {
  readonly classes: number;
  readonly seed: number;
  /** Share of the images of which a copy wears what is to be unlearned. */
  readonly share?: number;
  readonly epochs?: number;
  /** Of stochastic gradient descent, see fineTuning. */
  readonly rate?: number;
}

/** Unless the options say otherwise. */
const SHARE = 0.5;

/** Trains the network on images and what they are called under what was found. */
export async function unlearning(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  wears: readonly Wear[],
  { classes, seed, share = SHARE, epochs = TUNING_EPOCHS, rate }: UnlearningOptions,
  hooks: Hooks = {},
): Promise<{ findings: FineTuningFindings; parameters: ParameterValues }> {
  const taught = withWorn(images, wears, share, seed);
  return await fineTuning(gpu, subject, taught, { classes, seed, epochs, rate }, hooks);
}

export const unlearningDefence: Defence = {
  id: "unlearning",
  name: "Unlearning a universal perturbation",
  question:
    "Does the network forget its backdoor when it learns to withstand the small change that misleads it most?",
  source: "after Wang 2019",
  kind: "remove",
  needs: "images",
  cost: 70,
  work: ({ repair }) => ({
    forward: 0,
    back:
      perturbationDefaults.steps * perturbationDefaults.images +
      TUNING_EPOCHS * (1 + SHARE) * repair,
  }),
  blindSpots:
    "It costs a point of clean accuracy whether there is a backdoor or not, and a trigger that is longer than the perturbation may be stays.",
  answer: async (gpu, subject, { repair, classes, seed }, hooks) => {
    const { report, signal } = hooks;
    // The search and the training take about as long as each other.
    const half = (before: number): Hooks => ({
      signal,
      report: (done, total) => report?.(before * total + done, 2 * total),
    });
    const perturbation = await universalPerturbation(gpu, subject, repair, { seed }, half(0));
    const wears = [wearingPerturbation(perturbation)];
    const options = { classes, seed };
    const { findings, parameters } = await unlearning(
      gpu,
      subject,
      repair,
      wears,
      options,
      half(1),
    );
    return {
      findings: { ...findings, perturbation },
      mended: parameters,
      flagged: null,
      evidence:
        `It was trained for ${findings.epochs} epochs at rate ${findings.rate} on ${findings.images} images, clean ones ` +
        `and copies under a universal perturbation of L2 ${perturbation.l2.toFixed(1)}.`,
    };
  },
};
