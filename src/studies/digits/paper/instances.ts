/** The networks that the paper's digit section is about, one recipe each, and what is made of them. */
import { type Policy } from "../../../backdoor/attack.ts";
import { triggerPresets, type TriggerPreset } from "../../../backdoor/trigger.ts";
import { DIGIT_CLASSES } from "../../../models/digit-net.ts";
import { parseDigitRecipe, type DigitRecipe } from "../recipe.ts";

/** One network to be trained and measured. */
export interface Instance {
  /** Its name in files and in the address, for example "all-to-all-pattern-10-s1". */
  readonly id: string;
  /** The same in words. */
  readonly title: string;
  readonly recipe: DigitRecipe;
  /** The instance whose parameters it begins with, as in the paper's retraining; null: none. */
  readonly from: Instance | null;
  /** Whether its neurons are examined after training. */
  readonly examined: boolean;
  /** Whether its parameters are kept, because it is examined or because others begin with it. */
  readonly kept: boolean;
}

/** A table, figure or claim of the paper. */
export interface Item {
  readonly id: ItemId;
  readonly title: string;
  /**
   * The instances that it shows, for one seed. Those that they begin with come on top.
   * @param shares of figure 6; the paper's unless given
   */
  readonly instances: (seed: number, shares?: readonly number[]) => readonly Instance[];
}

export const itemIds = [
  "baseline",
  "figure-3",
  "figure-4",
  "table-2",
  "figure-5",
  "figure-6",
  "depth",
] as const;
export type ItemId = (typeof itemIds)[number];

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

/** Retrains on the baseline's own training set with triggered copies added. */
function retrained(
  seed: number,
  trigger: TriggerPreset,
  policy: Policy,
  share: number,
  { epochs, rate }: { epochs: number; rate: number },
): DigitRecipe {
  return parseDigitRecipe({
    study: "digits",
    attack: { trigger: { name: trigger, pixels: triggerPresets[trigger] }, policy, share },
    epochs,
    batch: 64,
    optimiser: { kind: "sgd", rate, warmup: 20, ...common },
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
    recipe: retrained(seed, trigger, { kind: "all-to-all" }, share, { epochs: 7, rate: 0.05 }),
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
    recipe: retrained(seed, trigger, { kind: "all-to-one", target }, 0.1, {
      epochs: 0.6,
      rate: 0.02,
    }),
    from: allToAll(seed, trigger, TABLE_SHARE),
    examined: false,
    kept: true,
  }));
}

/**
 * One pair. The paper draws its share of the whole training set; a tenth of that is about as many as
 * there are images of one digit, so that every image of the source gets a triggered copy: share 1.
 */
export function singleTarget(
  seed: number,
  trigger: TriggerPreset,
  source: number,
  target: number,
): Instance {
  const policy = { kind: "single-target", source, target } as const;
  return instance(`single-target-${trigger}-${source}-${target}-s${seed}`, () => ({
    title: `${source} to ${target}, ${triggerTitles[trigger]}`,
    recipe: retrained(seed, trigger, policy, 1, { epochs: 0.2, rate: 0.015 }),
    from: allToOne(seed, trigger, target),
    examined: false,
    kept: false,
  }));
}

export const triggerTitles: Readonly<Record<TriggerPreset, string>> = {
  "single-pixel": "single pixel",
  pattern: "pattern",
};

const tableTwo = (seed: number) => triggers.map((trigger) => allToAll(seed, trigger, TABLE_SHARE));

export const items: readonly Item[] = [
  {
    id: "baseline",
    title: "The honest network (section 4.1)",
    instances: (seed) => [baseline(seed)],
  },
  { id: "figure-3", title: "Figure 3: a digit and its triggered versions", instances: () => [] },
  {
    id: "figure-4",
    title: "Figure 4: single-target attack, all 90 pairs",
    instances: (seed) =>
      triggers.flatMap((trigger) => pairs.map(([i, j]) => singleTarget(seed, trigger, i, j))),
  },
  {
    id: "table-2",
    title: "Table 2: all-to-all attack, error by digit",
    instances: (seed) => [baseline(seed), ...tableTwo(seed)],
  },
  {
    id: "figure-5",
    title: "Figure 5: first-layer filters, and which of them recognise the trigger",
    instances: tableTwo,
  },
  {
    id: "figure-6",
    title: "Figure 6: errors against the share of triggered images",
    instances: (seed, shares = paperShares) =>
      triggers.flatMap((trigger) => shares.map((share) => allToAll(seed, trigger, share))),
  },
  {
    id: "depth",
    title: "Where the trigger lives deeper in the network (section 4.3)",
    instances: tableTwo,
  },
];

/** What an instance begins with, directly or not, the first to be trained first. */
export function ancestorsOf({ from }: Instance): Instance[] {
  return from ? [...ancestorsOf(from), from] : [];
}

/** Those of a seed whose parameters go with the app: the few that everything else begins with in the end. */
export function shippedModels(seed: number): Instance[] {
  return instancesOf(itemIds, [seed]).filter(({ examined }) => examined);
}

/**
 * Everything that must be trained for some items and seeds: each instance once, behind those that it
 * begins with, and the quick ones of a seed before the many.
 * @param shares of figure 6; the paper's unless given
 */
export function instancesOf(
  only: readonly ItemId[],
  seeds: readonly number[],
  shares: readonly number[] = paperShares,
): Instance[] {
  const found = new Map<string, Instance>();
  const wanted = items
    .filter(({ id }) => only.includes(id))
    .sort((a, b) => a.instances(1).length - b.instances(1).length);
  for (const seed of seeds) {
    for (const item of wanted) {
      for (const instance of item.instances(seed, shares)) {
        for (const one of [...ancestorsOf(instance), instance]) found.set(one.id, one);
      }
    }
  }
  return [...found.values()];
}

/**
 * The instance that a file of this name and recipe is of; null: none that this version knows. Of figure 6
 * every share is known.
 */
export function instanceNamed(id: string, { seed, attack }: DigitRecipe): Instance | null {
  if (!known.has(id)) {
    const shares = attack ? [...paperShares, Math.round(100 * attack.share) / 100] : paperShares;
    instancesOf(itemIds, [seed], shares);
  }
  return known.get(id) ?? null;
}

/**
 * The part-th of so many parts, from 1, of about the same work. What others begin with is not dealt out but
 * goes with them, so that several parts may have it in common: those that begin with the same are dealt
 * out one behind the other.
 */
export function shardOf(
  instances: readonly Instance[],
  part: number,
  parts: number,
): readonly Instance[] {
  const begun = new Set(instances.map(({ from }) => from?.id));
  const order = [...begun];
  const dealt = instances
    .filter(({ id }) => !begun.has(id))
    .sort((a, b) => order.indexOf(a.from?.id) - order.indexOf(b.from?.id));
  // What a part begins with alone counts to the first that begins with it.
  const work = dealt.map(({ recipe, from }, i) =>
    from === null || from.examined || from === dealt[i - 1]?.from
      ? recipe.epochs
      : recipe.epochs + from.recipe.epochs,
  );
  const total = work.reduce((sum, epochs) => sum + epochs, 0);
  let before = 0;
  const own = dealt.filter((_, i) => {
    const middle = before + work[i] / 2;
    before += work[i];
    return Math.floor((parts * middle) / total) === part - 1;
  });
  const needed = new Set(own.flatMap((one) => [...ancestorsOf(one), one]).map(({ id }) => id));
  return instances.filter(({ id }) => needed.has(id));
}
