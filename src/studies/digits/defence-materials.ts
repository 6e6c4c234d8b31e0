/** What defences of a digit network work with: clean images, apart from those that judge them, and its training set. */
import { triggerMask } from "../../backdoor/trigger.ts";
import type { DigitData, DigitSet } from "../../data/digits.ts";
import { everyImage } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import type { KnownAttack, Materials } from "../../defences/defence.ts";
import { classFeatures } from "../../defences/features.ts";
import type { JudgeOptions } from "../../defences/judge.ts";
import type { Hooks, Subject } from "../../defences/subject.ts";
import { trainingSetOf, type TrainingSet } from "../../defences/training-set.ts";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import { trainingImages } from "./plan.ts";
import type { DigitRecipe } from "./recipe.ts";

/** Fewer say nothing of a percent. */
const LEAST_IMAGES = 10;
/** Images to repair with, for each to detect with. */
const REPAIR = 3;
export const USUAL_IMAGES = 1000;
/** Images of the training set that are looked at, unless it is said otherwise. */
export const USUAL_TRAINING = 20_000;

export interface MaterialOptions {
  /** Clean images to detect with; three times as many repair. 1,000, or what the data allow, unless given; 0: none. */
  readonly images?: number;
  /** Images of the training set that are looked at, drawn from all of them. */
  readonly training: number;
  /** Test images that judge, at most; all that the defender does not have, unless given. */
  readonly judge?: number;
  readonly seed: number;
  /** What is tried on the network, by the attacker; null where no trigger is known. */
  readonly attack: DigitRecipe["attack"];
}

export interface DefenceMaterials {
  /** What defences on that device work with. */
  readonly materialsOn: (gpu: Gpu) => Materials;
  /** Images for each purpose; `training` of the training set. */
  readonly counts: Readonly<Record<"detect" | "repair" | "judge" | "training", number>>;
  /** Test images beside those that the defender has. */
  readonly judging: JudgeOptions;
}

/**
 * The defender's images are drawn from the test set, which the network has not seen, and never judge what he does.
 * @param recipe the one that the network was trained by, which says what its training set was; null: not known, and
 * taken for honest
 * @throws UserError where there are too few images
 */
export function defenceMaterials(
  subject: Subject,
  recipe: DigitRecipe | null,
  { train, test }: DigitData,
  { images, training, judge = Infinity, seed, attack: asked }: MaterialOptions,
): DefenceMaterials {
  const most = Math.floor(test.count / (REPAIR + 1));
  const detecting = images ?? Math.min(USUAL_IMAGES, most);
  if (detecting !== 0 && (detecting < LEAST_IMAGES || detecting > most)) {
    throw new UserError(
      `${detecting} images to detect with need ${REPAIR * detecting} to repair with and as many as the former to judge ` +
        `by, but there are ${test.count} test images: choose from ${LEAST_IMAGES} to ${most}, or give more images.`,
    );
  }
  const order = new Random(seed, Stream.defence).shuffle(everyImage(test.count));
  const repairing = REPAIR * detecting;
  const attack: KnownAttack | null = asked && {
    trigger: triggerMask(asked.trigger.pixels, DIGIT_SIZE),
    policy: asked.policy,
  };
  const kept = order.slice(repairing).slice(0, judge);
  const classes = DIGIT_CLASSES;
  const set = trainingSetOfRecipe(recipe, train, { training, seed });
  return {
    materialsOn: (gpu) => ({
      classes,
      detect: picked(test, order.slice(0, detecting)),
      repair: picked(test, order.slice(0, repairing)),
      features: once(async (hooks) => await classFeatures(gpu, subject, set, hooks)),
      attack,
      seed,
    }),
    counts: { detect: detecting, repair: repairing, judge: kept.length, training: set.count },
    judging: { classes, images: test, kept, attack },
  };
}

/**
 * What of the training set that a recipe makes is looked at.
 * @param recipe null: not known, and taken for honest
 */
export function trainingSetOfRecipe(
  recipe: Pick<DigitRecipe, "attack" | "seed" | "images"> | null,
  train: DigitSet,
  { training, seed }: Pick<MaterialOptions, "training" | "seed">,
): TrainingSet {
  const poisoning = recipe?.attack && {
    ...recipe.attack,
    trigger: triggerMask(recipe.attack.trigger.pixels, DIGIT_SIZE),
    seed: recipe.seed,
  };
  const own = recipe ? trainingImages(train, recipe) : train;
  return trainingSetOf(own, DIGIT_CLASSES, poisoning ?? null, { most: training, seed });
}

/** Computes when it is first asked, and again where that failed. */
function once<T>(compute: (hooks: Hooks) => Promise<T>): (hooks: Hooks) => Promise<T> {
  let found: Promise<T> | null = null;
  return async (hooks) => {
    found ??= compute(hooks);
    return await found.catch((error: unknown) => {
      found = null;
      throw error;
    });
  };
}

function picked({ images, labels }: DigitSet, chosen: Uint32Array): DigitSet {
  const size = DIGIT_SIZE ** 2;
  const own = new Uint8Array(chosen.length * size);
  for (const [row, i] of chosen.entries())
    own.set(images.subarray(i * size, (i + 1) * size), row * size);
  return { images: own, labels: Uint8Array.from(chosen, (i) => labels[i]), count: chosen.length };
}
