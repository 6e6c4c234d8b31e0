/** From a digit recipe and data to the plan of a run: poison, order of the images, measurements on the way. */
import { drawNegatives, drawPoison, targetTable, type Adaptive } from "../../backdoor/attack.ts";
import { triggerMask } from "../../backdoor/trigger.ts";
import { firstImages, type DigitData, type DigitSet } from "../../data/digits.ts";
import { everyImage } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import { UserError } from "../../errors.ts";
import type { Augmentation } from "../../layers/batch.ts";
import { metricNames } from "../../layers/loss.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { Evaluation, EvaluationPlan } from "../../training/evaluator.ts";
import type { RunTask } from "../../training/run.ts";
import { Trainer, type TrainingForm, type TrainingPlan } from "../../training/trainer.ts";
import { asleep, type Decoys } from "./decoys.ts";
import type { DigitRecipe } from "./recipe.ts";

/** Gentle enough that a digit stays the same digit. */
export const augmentation: Augmentation = { shift: 2, angle: (12 * Math.PI) / 180, scale: 0.1 };

/** Test images that a probe looks at, without and with the trigger. */
const PROBE_IMAGES = 500;
const PROBES_PER_EPOCH = 10;

/** Seconds of training between two states that are saved within an epoch. */
const SAVE_EVERY = 15;

/** A plan with what is measured on the way. */
export interface RunPlan extends TrainingPlan {
  /** At the end of every epoch. */
  readonly evaluation: EvaluationPlan;
  /** A sample of the same, now and then within an epoch. */
  readonly probe: EvaluationPlan;
  /** Steps between probes. */
  readonly probeEvery: number;
  /** Neurons that are put to sleep before the first step; none unless given. */
  readonly decoys?: readonly Decoys[];
}

export interface DigitPlan extends RunPlan {
  /** Triggered copies in the training set, and their share of it. */
  readonly copies: number;
  readonly shareOfFinalSet: number;
  /** Triggered copies beside them that keep their labels. */
  readonly negatives: number;
}

/** What of a recipe decides which kernels must be compiled. */
export function digitForm({ attack, batch, optimiser, augment }: DigitRecipe): TrainingForm {
  const adaptive = attack?.adaptive;
  return {
    network: digitNet,
    classes: DIGIT_CLASSES,
    batch,
    optimiser,
    augmentation: augment ? augmentation : null,
    ...(adaptive?.kind === "similarity" ? { pull: adaptive.weight } : {}),
  };
}

/** What of the training images a recipe trains on. @throws UserError where there are too few */
export const trainingImages = (
  train: DigitSet,
  { images }: Pick<DigitRecipe, "images">,
): DigitSet => (images === undefined ? train : firstImages(train, images));

/**
 * Turns a recipe and data into the plan of a run.
 * @param start the parameters that the recipe begins with, where it names some; of a run that is
 *   resumed, those of its state
 * @throws UserError for a recipe that the data cannot fill, or whose start is missing
 */
export function planDigits(
  recipe: DigitRecipe,
  data: DigitData,
  start: ParameterValues | null = null,
): DigitPlan {
  const { attack, batch, seed, epochs } = recipe;
  if (recipe.start && !start) {
    throw new UserError(
      `The recipe begins with parameters of another run (sha256 ${recipe.start.parametersSha256.slice(0, 12)}...), which are not at hand.`,
    );
  }
  const train = trainingImages(data.train, recipe);
  const { test } = data;
  const policy = attack?.policy ?? null;
  const poison = policy
    ? drawPoison(policy, attack!.share, train.labels, DIGIT_CLASSES, seed)
    : { entries: new Uint32Array(0), candidates: 0, shareOfFinalSet: 0 };
  if (attack && poison.entries.length === 0) {
    throw new UserError(
      `A share of ${attack.share} of ${poison.candidates} training images is no image at all: choose a larger share.`,
    );
  }
  const negatives =
    attack?.adaptive?.kind === "negatives"
      ? drawNegatives(attack.policy, attack.adaptive.share, train.labels, DIGIT_CLASSES, seed)
      : [];
  const entries = new Uint32Array([...everyImage(train.count), ...poison.entries, ...negatives]);
  if (batch > entries.length) {
    throw new UserError(
      `A batch of ${batch} is larger than the training set of ${entries.length} images.`,
    );
  }
  const stepsPerEpoch = Math.floor(entries.length / batch);
  const sample = new Random(seed, Stream.shuffle, 0xffffffff)
    .shuffle(everyImage(test.count))
    .slice(0, PROBE_IMAGES);
  return {
    ...digitForm(recipe),
    seed,
    stepsPerEpoch,
    totalSteps: Math.max(1, Math.round(epochs * stepsPerEpoch)),
    // What does not fill a batch is left out, other images each epoch.
    orderOf: (epoch) =>
      new Random(seed, Stream.shuffle, epoch)
        .shuffle(entries.slice())
        .slice(0, stepsPerEpoch * batch),
    start: recipe.start && start,
    train,
    test,
    trigger: triggerMask(attack?.trigger.pixels ?? [], DIGIT_SIZE),
    targets: targetTable(policy, DIGIT_CLASSES),
    evaluation: {
      clean: everyImage(test.count),
      triggered: attack && everyImage(test.count, true),
    },
    probe: {
      clean: sample,
      triggered: attack && sample.map((image) => (image | 0x80000000) >>> 0),
    },
    probeEvery: Math.max(1, Math.floor(stepsPerEpoch / PROBES_PER_EPOCH)),
    copies: poison.entries.length,
    // Without negatives this is what the poison itself says, to the bit.
    shareOfFinalSet: poison.entries.length / entries.length,
    negatives: negatives.length,
    decoys: decoysOf(attack?.adaptive),
  };
}

function decoysOf(adaptive: Adaptive | undefined): readonly Decoys[] {
  if (adaptive?.kind !== "decoys") return [];
  return [
    { layer: "conv2", neurons: adaptive.channels },
    { layer: "fc1", neurons: adaptive.units },
  ];
}

/** What a run does to carry out a plan. */
export function digitTask(plan: RunPlan): RunTask<Trainer, Evaluation> {
  const { totalSteps, batch, stepsPerEpoch, probeEvery, evaluation, probe } = plan;
  const imagesOf = (one: EvaluationPlan) => one.clean.length + (one.triggered?.length ?? 0);
  return {
    totalSteps,
    batch,
    metrics: metricNames,
    stepsPerEpoch,
    probeEvery,
    evaluationImages: { epoch: imagesOf(evaluation), probe: imagesOf(probe) },
    saveEvery: SAVE_EVERY,
    savesBefore: false,
    ifDiverged: "choose a smaller learning rate",
    build: async (gpu, tiling) => {
      const trainer = await Trainer.build(gpu, plan, tiling);
      const { decoys = [] } = plan;
      if (decoys.length > 0)
        trainer.setParameters(await asleep(gpu, plan, await trainer.read("values"), decoys));
      return trainer;
    },
    evaluate: async (trainer, kind, between) => {
      const { evaluator, step } = trainer;
      const entries = kind === "epoch" ? evaluation : probe;
      const clean = await evaluator.evaluate(entries.clean, between);
      const triggered = entries.triggered && (await evaluator.evaluate(entries.triggered, between));
      if (!between()) return null;
      return { step, kind, clean: [...clean], triggered: triggered && [...triggered] };
    },
  };
}
