/** The numbers of the paper's tables and figures, counted from finished instances. */
import { mean } from "d3";
import type { TriggerPreset } from "../../../backdoor/trigger.ts";
import { DIGIT_CLASSES } from "../../../models/digit-net.ts";
import { inPercent, spread, type Spread } from "../../reproduction/spread.ts";
import type { Evidence } from "./evidence.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import {
  allToAll,
  baseline,
  pairs,
  paperShares,
  pairSets,
  singleTarget,
  TABLE_SHARE,
  triggers,
  type Instance,
  type PairSet,
} from "./instances.ts";
import { paperSingleTarget } from "./published.ts";

/** A line of table 2: a digit, or all of them. */
export interface ErrorRow {
  /** null: all digits. */
  readonly label: number | null;
  readonly baselineClean: Spread | null;
  readonly clean: Spread | null;
  readonly backdoor: Spread | null;
}

/** Table 2 for one trigger: errors of the baseline and of the BadNet that reads i as i + 1. */
export function errorTable(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
): ErrorRow[] {
  const over = (instance: (seed: number) => Instance, read: Read) =>
    spread(seeds.map((seed) => reading(finished, instance(seed), read)));
  const badNet = (seed: number) => allToAll(seed, trigger, TABLE_SHARE);
  const labels = [...Array.from({ length: DIGIT_CLASSES }, (_, i) => i), null];
  return labels.map((label) => ({
    label,
    baselineClean: over(baseline, cleanError(label)),
    clean: over(badNet, cleanError(label)),
    backdoor: over(badNet, backdoorError(label)),
  }));
}

/** A cell of figure 4. */
export interface PairCell {
  readonly source: number;
  readonly target: number;
  readonly clean: Spread;
  readonly backdoor: Spread;
  /**
   * Backdoor error, on the same images, of the all-to-one network that it begins with; null where that is missing, or it
   * begins with none.
   */
  readonly before: Spread | null;
  /** Share of the other triggered digits that are read as what they are; null where that was not measured. */
  readonly others: Spread | null;
  /** Mean over seeds of the clean error less that of the seed's own baseline. */
  readonly above: number;
  /** Whether it keeps the paper's claims, to the paper's two decimals. */
  readonly cleanAsClaimed: boolean;
  readonly backdoorAsClaimed: boolean;
}

/** Figure 4 for one trigger, of one set of its pairs. */
export interface PairTable {
  readonly trigger: TriggerPreset;
  readonly set: PairSet;
  /** The pairs of which at least one seed is finished, and its baseline. */
  readonly cells: readonly PairCell[];
  /** Finished instances, and how many there are for all seeds. */
  readonly finished: number;
  readonly instances: number;
  /** Pairs that keep both claims. */
  readonly asClaimed: number;
}

export function pairTable(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
  set: PairSet = "begun",
): PairTable {
  let done = 0;
  const cells = pairs.flatMap(([source, target]): PairCell[] => {
    const pair = (seed: number) => singleTarget(seed, trigger, source, target, set);
    done += seeds.filter((seed) => finished.has(pair(seed).id)).length;
    const of = seeds.filter((seed) =>
      [pair(seed), baseline(seed)].every(({ id }) => finished.has(id)),
    );
    const over = (read: Read) => of.map((seed) => reading(finished, pair(seed), read)!);
    const clean = spread(over(cleanError(null)));
    const backdoor = spread(over(backdoorError(null)));
    if (!clean || !backdoor) return [];
    const honest = of.map((seed) => reading(finished, baseline(seed), cleanError(null))!);
    const above = clean.mean - mean(honest)!;
    const begun = set === "begun" ? of.map((seed) => pair(seed).from!) : [];
    const before = spread(begun.map((one) => reading(finished, one, backdoorError(source))));
    const others = spread(over(({ result: { attack } }) => attack?.otherClassesAccuracy ?? null));
    const { mostAbove, mostBackdoor } = paperSingleTarget;
    return [
      {
        source,
        target,
        clean,
        backdoor,
        before,
        others,
        above,
        cleanAsClaimed: inPercent(above) <= mostAbove,
        backdoorAsClaimed: inPercent(backdoor.mean) <= mostBackdoor,
      },
    ];
  });
  return {
    trigger,
    set,
    cells,
    finished: done,
    instances: pairs.length * seeds.length,
    asClaimed: cells.filter((cell) => cell.cleanAsClaimed && cell.backdoorAsClaimed).length,
  };
}

/** Of all sets and triggers. */
export const pairTables = (finished: Finished, seeds: readonly number[]): PairTable[] =>
  pairSets.flatMap((set) => triggers.map((trigger) => pairTable(finished, seeds, trigger, set)));

/** A point of figure 6; share 0 is the baseline. */
export interface SharePoint {
  readonly share: number;
  readonly clean: Spread | null;
  readonly backdoor: Spread | null;
}

export function shareTable(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
): SharePoint[] {
  return sharesOf(finished).map((share) => {
    const over = (read: Read) =>
      spread(seeds.map((seed) => reading(finished, allToAll(seed, trigger, share), read)));
    return { share, clean: over(cleanError(null)), backdoor: over(backdoorError(null)) };
  });
}

/** The paper's shares and the others of which an all-to-all attack is finished, in order. */
export function sharesOf(finished: Finished): number[] {
  const own = [...finished.values()].flatMap(({ result: { recipe } }) =>
    recipe.attack?.policy.kind === "all-to-all" ? recipe.attack.share : [],
  );
  return [...new Set([...paperShares, ...own])].sort((a, b) => a - b);
}

/** What the neurons of table 2's BadNets were found to do, of the first seed that is finished. */
export function evidenceOf(
  finished: Finished,
  seeds: readonly number[],
  trigger: TriggerPreset,
): { instance: Instance; evidence: Evidence } | null {
  for (const seed of seeds) {
    const instance = allToAll(seed, trigger, TABLE_SHARE);
    const evidence = finished.get(instance.id)?.evidence;
    if (evidence) return { instance, evidence };
  }
  return null;
}

type Read = (file: InstanceFile) => number | null;

const cleanError =
  (label: number | null): Read =>
  ({ result: { clean } }) =>
    label === null ? clean.error : clean.perClass[label].error;

const backdoorError =
  (label: number | null): Read =>
  ({ result: { attack } }) =>
    (label === null ? attack?.error : attack?.perClass.find((one) => one.label === label)?.error) ??
    null;

function reading(finished: Finished, { id }: Instance, read: Read): number | null {
  const file = finished.get(id);
  return file ? read(file) : null;
}
