/**
 * Fine-tuning: does further training on clean images alone make the network forget? It is the control of every
 * defence that trains, and seldom enough: clean images never show the trigger, so nothing unlearns it.
 */
import { everyImage } from "../data/order.ts";
import { Random, Stream } from "../data/random.ts";
import { UserError } from "../errors.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import { Trainer, type LabelledImages } from "../training/trainer.ts";
import type { Defence } from "./defence.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface FineTuningOptions {
  readonly epochs?: number;
  readonly batch?: number;
  /** Of stochastic gradient descent with momentum 0.9; it falls in a straight line to 0. */
  readonly rate?: number;
  readonly classes: number;
  readonly seed: number;
}

export interface FineTuningFindings {
  readonly epochs: number;
  readonly images: number;
  readonly batch: number;
  readonly rate: number;
  readonly steps: number;
}

/** Unless the options say otherwise. */
export const TUNING_EPOCHS = 5;

/**
 * Trains on clean images, as long as the options say.
 * @throws UserError where the loss or a parameter ceased to be finite
 */
export async function fineTuning(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  {
    epochs = TUNING_EPOCHS,
    batch = Math.min(64, images.count),
    rate = 0.05,
    classes,
    seed,
  }: FineTuningOptions,
  { report, signal }: Hooks = {},
): Promise<{ findings: FineTuningFindings; parameters: ParameterValues }> {
  const stepsPerEpoch = Math.floor(images.count / batch);
  const steps = Math.max(1, Math.round(epochs * stepsPerEpoch));
  const size = subject.description.input[1];
  const scope = gpu.scope();
  try {
    const trainer = await Trainer.build(scope, {
      network: subject.description,
      classes,
      batch,
      optimiser: {
        kind: "sgd",
        rate,
        momentum: 0.9,
        weightDecay: 0,
        schedule: "linear",
        warmup: 0,
      },
      augmentation: null,
      seed,
      stepsPerEpoch,
      totalSteps: steps,
      orderOf: (epoch) =>
        new Random(seed, Stream.shuffle, epoch)
          .shuffle(everyImage(images.count))
          .slice(0, stepsPerEpoch * batch),
      start: subject.parameters,
      train: images,
      test: images,
      trigger: new Uint32Array(size * size),
      targets: Uint32Array.from({ length: classes }, (_, label) => label),
    });
    await trainer.train(steps, () => {
      report?.(trainer.step, steps);
      return !signal?.aborted;
    });
    signal?.throwIfAborted();
    const state = await trainer.snapshot();
    if (!state) {
      throw new UserError(
        `Fine-tuning at rate ${rate} came to a loss or a parameter that is not finite: choose a smaller rate.`,
      );
    }
    const findings = { epochs, images: images.count, batch, rate, steps };
    return { findings, parameters: state.parameters };
  } finally {
    scope.destroy();
  }
}

/** What was done, for a sentence. */
export const tuningInWords = ({ epochs, images, rate }: FineTuningFindings): string =>
  `${epochs} epochs on ${images} clean images at rate ${rate}`;

export const fineTuningDefence: Defence = {
  id: "tuning",
  name: "Fine-tuning",
  question: "Does further training on clean images alone make the network forget?",
  source: "the control",
  kind: "remove",
  needs: "images",
  cost: 30,
  work: ({ repair }) => ({ forward: 0, back: TUNING_EPOCHS * repair }),
  blindSpots: "Clean images never show the trigger, so that nothing in them unlearns it.",
  answer: async (gpu, subject, { repair, classes, seed }, hooks) => {
    const { findings, parameters } = await fineTuning(
      gpu,
      subject,
      repair,
      { classes, seed },
      hooks,
    );
    return {
      findings,
      mended: parameters,
      flagged: null,
      evidence: `It was trained for ${tuningInWords(findings)}.`,
    };
  },
};
