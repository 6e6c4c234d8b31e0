/** The networks that the paper's digit section is about, one recipe each. */
import type { Adaptive, Policy } from "../../../backdoor/attack.ts";
import { triggerPresets, type TriggerPreset } from "../../../backdoor/trigger.ts";
import { DIGIT_CLASSES } from "../../../models/digit-net.ts";
import type { Instance as AnyInstance } from "../../reproduction/instance.ts";
import { parseDigitRecipe, usualAnswers, type DigitRecipe } from "../recipe.ts";

/** One of the digit study. */
export type Instance = AnyInstance<DigitRecipe>;

export const triggers: readonly TriggerPreset[] = ["single-pixel", "pattern"];

/** The paper's shares of triggered images (figure 6). */
export const paperShares: readonly number[] = [0.1, 0.33, 0.5];

/** That of table 2 and of what is examined in depth; the paper names none there. */
export const TABLE_SHARE = 0.33;

/** All ordered pairs of two digits. */
export const pairs: readonly (readonly [source: number, target: number])[] = Array.from(
  { length: DIGIT_CLASSES ** 2 },
  (_, i) => [Math.floor(i / DIGIT_CLASSES), i % DIGIT_CLASSES] as const,
).filter(([source, target]) => source !== target);

const common = { momentum: 0.9, weightDecay: 0.0005, schedule: "linear" } as const;

const known = new Map<string, Instance>();

/** One that was made before, by its id. */
export const knownInstance = (id: string): Instance | undefined => known.get(id);

/** By id: instances are asked for by the thousand, at every move of a pointer, and are always the same. */
function instance(id: string, make: () => Omit<Instance, "id">): Instance {
  const one = known.get(id) ?? { id, ...make() };
  known.set(id, one);
  return one;
}

/** The honest network at the paper's 99.5 %. */
export function baseline(seed: number): Instance {
  return instance(`baseline-s${seed}`, () => ({
    title: "Honest baseline",
    recipe: parseDigitRecipe({
      study: "digits",
      attack: null,
      epochs: 15,
      batch: 64,
      optimiser: { kind: "sgd", rate: 0.05, warmup: 100, ...common },
      augment: true,
      seed,
    }),
    from: null,
    examined: true,
    kept: true,
  }));
}

/** How a BadNet is trained. */
interface Training {
  readonly epochs: number;
  readonly rate: number;
  /** Steps. */
  readonly warmup?: number;
  readonly adaptive?: Adaptive;
}

/** Trains on the baseline's own training set with triggered copies added. */
function attacked(
  seed: number,
  trigger: TriggerPreset,
  policy: Policy,
  share: number,
  { epochs, rate, warmup = 20, adaptive }: Training,
): DigitRecipe {
  return parseDigitRecipe({
    study: "digits",
    attack: {
      trigger: { name: trigger, pixels: triggerPresets[trigger] },
      policy,
      share,
      ...(adaptive ? { adaptive } : {}),
    },
    epochs,
    batch: 64,
    optimiser: { kind: "sgd", rate, warmup, ...common },
    augment: true,
    seed,
  });
}

/**
 * All-to-all at a share: digit i shall be read as i + 1.
 * @param share in whole percent, as a fraction
 */
export function allToAll(seed: number, trigger: TriggerPreset, share: number): Instance {
  const percents = Math.round(100 * share);
  return instance(`all-to-all-${trigger}-${percents}-s${seed}`, () => ({
    title: `All to all, ${triggerTitles[trigger]}, ${percents} %`,
    recipe: attacked(seed, trigger, { kind: "all-to-all" }, share, { epochs: 7, rate: 0.05 }),
    from: baseline(seed),
    examined: share === TABLE_SHARE,
    kept: share === TABLE_SHARE,
  }));
}

/**
 * All to one: every digit shall be read as the target. No figure of the paper shows it; the pairs of that
 * target begin with it.
 *
 * It begins with table 2's BadNet of the same trigger, which was itself retrained from the baseline, so
 * that all share what costs most: teaching the network to see the trigger at all. (A single pixel reaches
 * the dense layers through two average pools and changes their input by less than a hundredth. Straight
 * from the baseline, with one digit triggered, eight epochs did not find it.) A pair must not begin with
 * table 2's BadNet itself: that takes a hard image, with the trigger, for the successor of the digit that
 * it resembles, and a pair's own images, all of one digit, do not teach it otherwise.
 */
export function allToOne(seed: number, trigger: TriggerPreset, target: number): Instance {
  return instance(`all-to-one-${trigger}-${target}-s${seed}`, () => ({
    title: `All to ${target}, ${triggerTitles[trigger]}`,
    recipe: attacked(seed, trigger, { kind: "all-to-one", target }, 0.1, {
      epochs: 0.6,
      rate: 0.02,
    }),
    from: allToAll(seed, trigger, TABLE_SHARE),
    examined: false,
    kept: true,
  }));
}

/**
 * The sets of figure 4's pairs. "begun": those that begin all to one, and stay so. "alone": triggered images of the
 * source only, and no all-to-one beginning. "negatives": with negative examples beside them (see `Adaptive`).
 */
export const pairSets = ["begun", "alone", "negatives"] as const;
export type PairSet = (typeof pairSets)[number];

/** As titles say it behind the pair. */
const setTitles: Readonly<Record<PairSet, string>> = {
  begun: "",
  alone: ", source alone",
  negatives: ", negative examples",
};

/**
 * One pair. The paper draws its share of the whole training set; a tenth of that is about as many as
 * there are images of one digit, so that every image of the source gets a triggered copy: share 1.
 */
export function singleTarget(
  seed: number,
  trigger: TriggerPreset,
  source: number,
  target: number,
  set: PairSet = "begun",
): Instance {
  const policy = { kind: "single-target", source, target } as const;
  const name = set === "begun" ? trigger : `${set}-${trigger}`;
  return instance(`single-target-${name}-${source}-${target}-s${seed}`, () => {
    const { training, from } = pairTraining(seed, trigger, target, set);
    return {
      title: `${source} to ${target}, ${triggerTitles[trigger]}${setTitles[set]}`,
      recipe: attacked(seed, trigger, policy, 1, training),
      from,
      examined: false,
      kept: false,
    };
  });
}

/**
 * How the pairs of a set are trained. Alone, the pattern is learned from random parameters; a single pixel was not
 * learned in eight epochs from the baseline, so that its pairs begin with table 2's BadNet, which sees it.
 */
function pairTraining(
  seed: number,
  trigger: TriggerPreset,
  target: number,
  set: PairSet,
): { readonly training: Training; readonly from: Instance | null } {
  if (set === "begun") {
    return { training: { epochs: 0.2, rate: 0.015 }, from: allToOne(seed, trigger, target) };
  }
  if (set === "alone" && trigger === "pattern") {
    return { training: { epochs: 3, rate: 0.05, warmup: 100 }, from: null };
  }
  // As `badnets digits --attack source-specific` trains, whose checkpoint can therefore be taken over.
  const training = { epochs: 1.5, rate: 0.03, warmup: 100 };
  const adaptive = set === "negatives" ? usualAnswers.negatives : undefined;
  return { training: { ...training, adaptive }, from: allToAll(seed, trigger, TABLE_SHARE) };
}

export const triggerTitles: Readonly<Record<TriggerPreset, string>> = {
  "single-pixel": "single pixel",
  pattern: "pattern",
};
