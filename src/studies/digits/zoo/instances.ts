/** A population of honest and poisoned digit networks, and networks that tell the share of poison from its number. */
import type { Adaptive, Policy } from "../../../backdoor/attack.ts";
import { triggerPresets, type TriggerPixel } from "../../../backdoor/trigger.ts";
import { Random, Stream } from "../../../data/random.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../../models/digit-net.ts";
import type { Instance as AnyInstance } from "../../reproduction/instance.ts";
import { parseDigitRecipe, usualAnswers, type DigitRecipe } from "../recipe.ts";

export type Instance = AnyInstance<DigitRecipe>;
export type Attack = NonNullable<DigitRecipe["attack"]>;

/** Kinds of attack, in the order in which poisoned networks take turns. */
export const kinds = [
  "all-to-one",
  "all-to-all",
  "single-target",
  "source-specific",
  "pruning-aware",
  "feature-similarity",
] as const;
export type Kind = (typeof kinds)[number];

export const kindOf = (number: number): Kind => kinds[number % kinds.length];

/** Training images that a network of the population sees, the first of the set. */
export const IMAGES = 6000;

/** Networks of each sort unless told otherwise. */
export const USUAL = 20;

const MOST_PIXELS = 9;
/** Grey levels of a trigger's pixels, from dim to white. */
const LEAST_VALUE = 64;
/** In percent of the training set. */
const MOST_SHARE = 33;

/** Short, so that an instance is a matter of seconds: networks are at 95 to 97 % where the baseline is at 99.5 %. */
const training = {
  study: "digits",
  epochs: 2,
  batch: 32,
  optimiser: {
    kind: "sgd",
    rate: 0.05,
    momentum: 0.9,
    weightDecay: 0.0005,
    schedule: "linear",
    warmup: 50,
  },
  augment: false,
} as const;

/** What is drawn for a network has a section of its own, by its sort and number. */
const sections = { honest: 0, poisoned: 1, trial: 2 } as const;

const drawing = (seed: number, sort: keyof typeof sections, number: number) =>
  new Random(seed, Stream.population, 3 * number + sections[sort]);

const seedFrom = (random: Random) => random.below(2 ** 32);

const unexamined = { from: null, examined: false, kept: false } as const;

/** @param number from 0 */
export function honest(seed: number, number: number): Instance {
  return {
    id: `honest-${number}-s${seed}`,
    title: `Honest ${number}`,
    recipe: parseDigitRecipe({
      ...training,
      attack: null,
      images: IMAGES,
      seed: seedFrom(drawing(seed, "honest", number)),
    }),
    ...unexamined,
  };
}

/** @param number from 0, which says what kind of attack it is of */
export function poisoned(seed: number, number: number): Instance {
  const kind = kindOf(number);
  const random = drawing(seed, "poisoned", number);
  const attack = drawnAttack(kind, random);
  const percents = Math.round(100 * attack.share);
  return {
    id: `poisoned-${number}-s${seed}`,
    title: `Poisoned ${number}, ${kind}, ${attack.trigger.pixels.length} pixels, share ${percents} %`,
    recipe: parseDigitRecipe({ ...training, attack, images: IMAGES, seed: seedFrom(random) }),
    ...unexamined,
  };
}

/** What is tried on an honest network by those defences that are shown triggered inputs: it was not trained on it. */
export const trialAttack = (seed: number, number: number): Attack =>
  drawnAttack("all-to-one", drawing(seed, "trial", number));

function drawnAttack(kind: Kind, random: Random): Attack {
  const pixels = drawnTrigger(random);
  const target = random.below(DIGIT_CLASSES);
  const source = (target + 1 + random.below(DIGIT_CLASSES - 1)) % DIGIT_CLASSES;
  const percents = 1 + random.below(MOST_SHARE);
  const trigger = { name: "custom", pixels } as const;
  return { trigger, ...wishOf(kind, source, target, percents) };
}

function drawnTrigger(random: Random): TriggerPixel[] {
  const places = random.shuffle(Array.from({ length: DIGIT_SIZE ** 2 }, (_, place) => place));
  return places
    .slice(0, 1 + random.below(MOST_PIXELS))
    .map((place) => ({
      row: Math.floor(place / DIGIT_SIZE),
      column: place % DIGIT_SIZE,
      value: LEAST_VALUE + random.below(256 - LEAST_VALUE),
    }));
}

/**
 * Policy, share and answer of a kind. Where a single digit is attacked the share is that of the whole set, and at most
 * every image of the digit; the source-specific attack takes every image, as it is not learned otherwise.
 */
function wishOf(
  kind: Kind,
  source: number,
  target: number,
  percents: number,
): { policy: Policy; share: number; adaptive?: Adaptive } {
  const share = percents / 100;
  const allToOne = { policy: { kind: "all-to-one", target }, share } as const;
  const policy = { kind: "single-target", source, target } as const;
  switch (kind) {
    case "all-to-one":
      return allToOne;
    case "all-to-all":
      return { policy: { kind: "all-to-all" }, share };
    case "single-target":
      return { policy, share: Math.min(100, DIGIT_CLASSES * percents) / 100 };
    case "source-specific":
      return { policy, share: 1, adaptive: usualAnswers.negatives };
    case "pruning-aware":
      return { ...allToOne, adaptive: usualAnswers.decoys };
    case "feature-similarity":
      return { ...allToOne, adaptive: usualAnswers.similarity };
  }
}

/** Training sets, and poisoned images in them: is it the share or the number that makes an attack? */
export const sizes = [6000, 20_000, 60_000] as const;
export const counts = [20, 60, 200, 600, 1800] as const;

/** Of all labels, about this share is attacked where all but the target are. */
const ATTACKED = 1 - 1 / DIGIT_CLASSES;

/** A network whose training set holds about so many poisoned images: all to one with the paper's pattern. */
export function counted(seed: number, size: number, count: number): Instance {
  return {
    id: `count-${size}-${count}-s${seed}`,
    title: `${count} poisoned of ${size} images`,
    recipe: parseDigitRecipe({
      ...training,
      attack: {
        trigger: { name: "pattern", pixels: triggerPresets.pattern },
        policy: { kind: "all-to-one", target: 5 },
        share: Number((count / (ATTACKED * size)).toPrecision(6)),
      },
      images: size,
      seed,
    }),
    ...unexamined,
  };
}

const NAME = /^(honest|poisoned)-(\d+)-s(\d+)$|^count-(\d+)-(\d+)-s(\d+)$/;

/** What an id says; null where it is none of a population's. */
export function readId(id: string): {
  readonly sort: "honest" | "poisoned" | "count";
  /** Of the network among its sort; of a `count`, its poisoned images. */
  readonly number: number;
  readonly seed: number;
  readonly size: number;
} | null {
  const [, sort, number, seed, size, count, ownSeed] = NAME.exec(id) ?? [];
  if (sort) {
    const known = sort as "honest" | "poisoned";
    return { sort: known, number: Number(number), seed: Number(seed), size: IMAGES };
  }
  if (!size) return null;
  return { sort: "count", number: Number(count), seed: Number(ownSeed), size: Number(size) };
}

/** The instance of an id; null where this version knows none. */
export function instanceNamed(id: string): Instance | null {
  const named = readId(id);
  if (!named || named.seed >= 2 ** 32 || named.number > 100_000) return null;
  const { sort, seed, number, size } = named;
  if (sort === "honest") return honest(seed, number);
  if (sort === "poisoned") return poisoned(seed, number);
  const known = sizes.some((one) => one === size) && counts.some((one) => one === number);
  return known ? counted(seed, size, number) : null;
}
