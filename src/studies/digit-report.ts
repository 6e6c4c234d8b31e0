/** The arithmetic of the reproduction: from finished instances to the paper's tables, figures and claims. */
import { extent, mean } from "d3";
import type { TriggerPreset } from "../backdoor/trigger.ts";
import { UserError } from "../errors.ts";
import { DIGIT_CLASSES } from "../models/digit-net.ts";
import type { Evidence } from "./digit-evidence.ts";
import {
  allToAll,
  baseline,
  instancesOf,
  itemIds,
  items,
  pairs,
  shares,
  TABLE_SHARE,
  singleTarget,
  type Instance,
  type Item,
} from "./digit-instances.ts";
import type { InstanceFile } from "./instance-file.ts";
import { paperSingleTarget } from "./paper-digits.ts";

/** Finished instances by their id. */
export type Finished = ReadonlyMap<string, InstanceFile>;

/** A figure over several seeds. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Seeds. */
  readonly of: number;
}

/** null where there is no value. */
export function spread(values: readonly (number | null | undefined)[]): Spread | null {
  const known = values.filter((value) => typeof value === "number");
  const [least, most] = extent(known);
  if (least === undefined) return null;
  return { mean: mean(known)!, least, most, of: known.length };
}

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
  /** Mean clean error less the mean of the same seeds' baselines. */
  readonly above: number;
  /** Whether it keeps the paper's claims, to the paper's two decimals. */
  readonly cleanAsClaimed: boolean;
  readonly backdoorAsClaimed: boolean;
}

/** Figure 4 for one trigger. */
export interface PairTable {
  readonly trigger: TriggerPreset;
  /** The pairs of which at least one seed is finished. */
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
): PairTable {
  let done = 0;
  const cells = pairs.flatMap(([source, target]): PairCell[] => {
    const of = seeds.filter((seed) => finished.has(singleTarget(seed, trigger, source, target).id));
    done += of.length;
    const over = (read: Read) =>
      spread(
        of.map((seed) => reading(finished, singleTarget(seed, trigger, source, target), read)),
      );
    const clean = over(cleanError(null));
    const backdoor = over(backdoorError(null));
    const honest = spread(of.map((seed) => reading(finished, baseline(seed), cleanError(null))));
    if (!clean || !backdoor || !honest) return [];
    const above = clean.mean - honest.mean;
    const { mostAbove, mostBackdoor } = paperSingleTarget;
    return [
      {
        source,
        target,
        clean,
        backdoor,
        above,
        cleanAsClaimed: inPercent(above) <= mostAbove,
        backdoorAsClaimed: inPercent(backdoor.mean) <= mostBackdoor,
      },
    ];
  });
  return {
    trigger,
    cells,
    finished: done,
    instances: pairs.length * seeds.length,
    asClaimed: cells.filter((cell) => cell.cleanAsClaimed && cell.backdoorAsClaimed).length,
  };
}

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
  return shares.map((share) => {
    const over = (read: Read) =>
      spread(seeds.map((seed) => reading(finished, allToAll(seed, trigger, share), read)));
    return { share, clean: over(cleanError(null)), backdoor: over(backdoorError(null)) };
  });
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

/** How much of an item is finished. */
export function progressOf({ instances }: Item, finished: Finished, seeds: readonly number[]) {
  const wanted = seeds.flatMap((seed) => instances(seed));
  return { finished: wanted.filter(({ id }) => finished.has(id)).length, instances: wanted.length };
}

/** What of the paper is still missing, and for which seeds; empty when all is there. */
export function missing(finished: Finished, seeds: readonly number[]): string[] {
  const all = items.flatMap((item) => seeds.flatMap((seed) => item.instances(seed)));
  return [...new Set(all.map(({ id }) => id))].filter((id) => !finished.has(id));
}

/** The seeds that finished instances are of, in order. */
export function seedsOf(finished: Finished): number[] {
  const seeds = [...finished.values()].map(({ result }) => result.recipe.seed);
  return [...new Set(seeds)].sort((a, b) => a - b);
}

/**
 * Makes sure that instances belong together: same data, same version of this software, and every
 * BadNet begun with the parameters of the instance that it should begin with.
 * @throws UserError naming the first that does not
 */
export function assertOneStudy(finished: Finished): void {
  const [first] = finished.values();
  const known = new Map(
    instancesOf(itemIds, seedsOf(finished)).map((instance) => [instance.id, instance]),
  );
  for (const { id, result } of finished.values()) {
    if (result.data.sha256 !== first.result.data.sha256) {
      throw new UserError(
        `${id} was trained on ${result.data.name}, and ${first.id} on other data (${first.result.data.name}): they cannot be joined.`,
      );
    }
    if (result.software !== first.result.software) {
      throw new UserError(
        `${id} was made by ${result.software}, and ${first.id} by ${first.result.software}: they cannot be joined.`,
      );
    }
    const { start } = result.recipe;
    const from = known.get(id)?.from;
    const parent = from && finished.get(from.id);
    if (start && parent && start.parametersSha256 !== parent.result.parametersSha256) {
      throw new UserError(
        `${id} begins with the parameters ${start.parametersSha256.slice(0, 12)}..., but ${parent.id} ended with ` +
          `${parent.result.parametersSha256.slice(0, 12)}...: they cannot be joined.`,
      );
    }
  }
}

/** In percent with two decimals, as the paper prints errors. */
export function inPercent(share: number): number {
  return Math.round(10_000 * share) / 100;
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
