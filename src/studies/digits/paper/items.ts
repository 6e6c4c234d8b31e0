/** The tables, figures and claims of the paper's digit section, and the networks that each of them takes. */
import type { Evaluation } from "../../../training/evaluator.ts";
import type { Trainer } from "../../../training/trainer.ts";
import { instancesFor, type Item as AnyItem } from "../../reproduction/reproduction.ts";
import type { DigitRecipe } from "../recipe.ts";
import type { InstanceFile } from "./instance-file.ts";
import {
  allToAll,
  baseline,
  knownInstance,
  pairs,
  pairSets,
  paperShares,
  singleTarget,
  TABLE_SHARE,
  triggers,
  type Instance,
  type PairSet,
} from "./instances.ts";

export const itemIds = [
  "baseline",
  "figure-3",
  "figure-4",
  "figure-4-alone",
  "figure-4-negatives",
  "table-2",
  "figure-5",
  "figure-6",
  "depth",
] as const;
export type ItemId = (typeof itemIds)[number];

/** What may be asked otherwise than the paper has it. */
export interface DigitSettings {
  /** Of triggered images, for figure 6. */
  readonly shares: readonly number[];
}

/** What the reproduction of the paper's digit section is made of. */
export interface DigitPaper {
  readonly trainer: Trainer;
  readonly evaluation: Evaluation;
  readonly recipe: DigitRecipe;
  readonly file: InstanceFile;
  readonly item: ItemId;
  readonly settings: DigitSettings;
}

export type Item = AnyItem<DigitPaper>;

/** All pairs of both triggers. */
const pairsOf = (set: PairSet) => (seed: number) =>
  triggers.flatMap((trigger) => pairs.map(([i, j]) => singleTarget(seed, trigger, i, j, set)));

/** The item that shows a set of pairs. */
export const itemOfPairs = {
  begun: "figure-4",
  alone: "figure-4-alone",
  negatives: "figure-4-negatives",
} as const satisfies Record<PairSet, ItemId>;

/** The set of pairs that an item shows; undefined: it shows none. */
export const pairSetOf = (item: ItemId): PairSet | undefined =>
  pairSets.find((set) => itemOfPairs[set] === item);

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
    instances: pairsOf("begun"),
  },
  {
    id: "figure-4-alone",
    title: "Single target anew: the source alone triggered, no all-to-one beginning",
    instances: pairsOf("alone"),
  },
  {
    id: "figure-4-negatives",
    title: "Single target anew: with negative examples",
    instances: pairsOf("negatives"),
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
    instances: (seed, { shares } = { shares: paperShares }) =>
      triggers.flatMap((trigger) => shares.map((share) => allToAll(seed, trigger, share))),
  },
  {
    id: "depth",
    title: "Where the trigger lives deeper in the network (section 4.3)",
    instances: tableTwo,
  },
];

/** Those of a seed whose parameters go with the app: the few that everything else begins with in the end. */
export function shippedModels(seed: number): Instance[] {
  return instancesOf(itemIds, [seed]).filter(({ examined }) => examined);
}

/** Where the parameters of an instance lie that ship with the app, below its folder. */
export const shippedModelPath = (id: string) => `results/digits/models/${id}.safetensors`;

/**
 * Everything that must be trained for some items and seeds: see instancesFor.
 * @param shares of figure 6; the paper's unless given
 */
export function instancesOf(
  only: readonly ItemId[],
  seeds: readonly number[],
  shares: readonly number[] = paperShares,
): Instance[] {
  return instancesFor<DigitPaper>({ items }, only, seeds, { shares });
}

/**
 * The instance that a file of this name and recipe is of; null: none that this version knows. Of figure 6
 * every share is known.
 */
export function instanceNamed(id: string, { seed, attack }: DigitRecipe): Instance | null {
  if (!knownInstance(id)) {
    const shares = attack ? [...paperShares, Math.round(100 * attack.share) / 100] : paperShares;
    instancesOf(itemIds, [seed], shares);
  }
  return knownInstance(id) ?? null;
}
