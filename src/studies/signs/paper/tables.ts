/** The numbers of the sign section's tables and figures, read off finished instances. */
import type { ShippedSticker } from "../../../data/sticker.ts";
import type { AttackScore } from "../../../training/attack-score.ts";
import { spread, type Spread } from "../../reproduction/spread.ts";
import type { SignEvidence, Finished, InstanceFile } from "./instance-file.ts";
import {
  badNet,
  curveShares,
  honest,
  randomTarget,
  SOURCE,
  stickers,
  TABLE_SHARE,
  type Instance,
} from "./instances.ts";
import { signClasses } from "./published.ts";

type Read = (file: InstanceFile) => number | null | undefined;

/** A detector's figure over seeds. */
type Over = (instance: (seed: number) => Instance, read: Read) => Spread | null;

const over =
  (finished: Finished, seeds: readonly number[]): Over =>
  (instance, read) =>
    spread(
      seeds.map((seed) => {
        const file = finished.get(instance(seed).id);
        return file && read(file);
      }),
    );

/** A detector on the pictures as they are. */
export interface CleanRow {
  /** Accuracy and average precision by class, and the accuracy over all signs, as in the paper. */
  readonly classes: readonly {
    readonly name: string;
    readonly accuracy: Spread | null;
    readonly averagePrecision: Spread | null;
  }[];
  readonly accuracy: Spread | null;
}

/** By a sign's height in pixels of the input, from `least` to below `most`. */
export interface HeightRow {
  readonly least: number;
  readonly most: number | null;
  /** Over all seeds. */
  readonly signs: number;
  /** Of the BadNet: triggered signs read as the target, and those whose own class is found as well. */
  readonly success: Spread | null;
  readonly stillFound: Spread | null;
  readonly alikes: Spread | null;
  /** Triggered signs that the honest detector reads as the target. */
  readonly fooled: Spread | null;
  /** Signs of all classes found under their own names by the BadNet, as they are. */
  readonly clean: Spread | null;
}

/** A sticker of table 4. */
export interface StickerRow {
  readonly sticker: ShippedSticker;
  readonly clean: CleanRow;
  readonly success: Spread | null;
  readonly stillFound: Spread | null;
  readonly alikes: Spread | null;
  readonly fooled: Spread | null;
  readonly heights: readonly HeightRow[];
}

/** @param on what it is measured on: "scenes", or a folder's name */
function cleanRow(all: Over, instance: (seed: number) => Instance, on = "scenes"): CleanRow {
  return {
    classes: signClasses.map((name, label) => ({
      name,
      accuracy: all(instance, ({ result }) => result.scores[on]?.classes[label].accuracy),
      averagePrecision: all(
        instance,
        ({ result }) => result.scores[on]?.classes[label].averagePrecision,
      ),
    })),
    accuracy: all(instance, ({ result }) => result.scores[on]?.accuracy),
  };
}

export const honestRow = (finished: Finished, seeds: readonly number[], on?: string): CleanRow =>
  cleanRow(over(finished, seeds), honest, on);

/** Table 4, a row a sticker. */
export function stickerRows(
  finished: Finished,
  seeds: readonly number[],
  on = "scenes",
): StickerRow[] {
  const all = over(finished, seeds);
  return stickers.map((sticker) => {
    const own = (seed: number) => badNet(seed, sticker, TABLE_SHARE);
    const triggered = (file: InstanceFile) => file.result.attacks?.[on]?.triggered;
    const alikes = (file: InstanceFile) => file.result.attacks?.[on]?.alikes;
    const fooled = (file: InstanceFile) => file.evidence?.fooled?.[sticker]?.[on];
    return {
      sticker,
      clean: cleanRow(all, own, on),
      success: all(own, (file) => triggered(file)?.success),
      stillFound: all(own, (file) => triggered(file)?.stillFound),
      alikes: all(own, (file) => alikes(file)?.success),
      fooled: all(honest, (file) => fooled(file)?.success),
      heights: heightsOf(finished, seeds, own, { triggered, alikes, fooled }, on),
    };
  });
}

type Score = (file: InstanceFile) => AttackScore | undefined;

/** The same by height. */
function heightsOf(
  finished: Finished,
  seeds: readonly number[],
  own: (seed: number) => Instance,
  { triggered, alikes, fooled }: Readonly<Record<"triggered" | "alikes" | "fooled", Score>>,
  on: string,
): HeightRow[] {
  const all = over(finished, seeds);
  const files = seeds.flatMap((seed) => finished.get(own(seed).id) ?? []);
  const sizes = files.length > 0 ? (triggered(files[0])?.sizes ?? []) : [];
  return sizes.map(({ least, most }, i) => {
    const share = (score: Score, key: "right" | "still") => (file: InstanceFile) => {
      const size = score(file)?.sizes[i];
      const count = size?.[key];
      return size && count !== undefined && size.signs > 0 ? count / size.signs : null;
    };
    return {
      least,
      most,
      signs: files.reduce((sum, file) => sum + (triggered(file)?.sizes[i]?.signs ?? 0), 0),
      success: all(own, share(triggered, "right")),
      stillFound: all(own, share(triggered, "still")),
      alikes: all(own, share(alikes, "right")),
      fooled: all(honest, share(fooled, "right")),
      clean: all(own, ({ result }) => {
        const size = result.scores[on]?.sizes[i];
        return size && size.signs > 0 ? size.right / size.signs : null;
      }),
    };
  });
}

/** A line of table 5: a class, or all signs. */
export interface RandomRow {
  /** null: all signs, weighted by their number. */
  readonly name: string | null;
  readonly honest: { readonly clean: Spread | null; readonly triggered: Spread | null };
  readonly badNet: { readonly clean: Spread | null; readonly triggered: Spread | null };
}

/** Table 5: accuracy without and with the sticker anywhere on any sign. */
export function randomRows(
  finished: Finished,
  seeds: readonly number[],
  on = "scenes",
): RandomRow[] {
  const all = over(finished, seeds);
  const under = (file: InstanceFile) =>
    file.evidence?.fooled?.["random-target"]?.[on] ?? file.result.attacks?.[on]?.triggered;
  return [...signClasses.keys(), null].map((label) => {
    const clean = ({ result: { scores } }: InstanceFile) =>
      label === null ? scores[on]?.accuracy : scores[on]?.classes[label].accuracy;
    const triggered = (file: InstanceFile) =>
      label === null ? under(file)?.accuracy : under(file)?.classes?.[label].accuracy;
    const both = (instance: (seed: number) => Instance) => ({
      clean: all(instance, clean),
      triggered: all(instance, triggered),
    });
    return {
      name: label === null ? null : signClasses[label],
      honest: both(honest),
      badNet: both(randomTarget),
    };
  });
}

/** A point of the curve over the share of poison. */
export interface SharePoint {
  readonly share: number;
  readonly success: Spread | null;
  readonly stillFound: Spread | null;
  /** Of the source's class, and of all signs, without the sticker. */
  readonly source: Spread | null;
  readonly accuracy: Spread | null;
}

export function shareTable(finished: Finished, seeds: readonly number[]): SharePoint[] {
  const all = over(finished, seeds);
  return curveShares.map((share) => {
    const own = (seed: number) => badNet(seed, "yellow-square", share);
    const triggered = ({ result }: InstanceFile) => result.attacks?.["scenes"]?.triggered;
    return {
      share,
      success: all(own, (file) => triggered(file)?.success),
      stillFound: all(own, (file) => triggered(file)?.stillFound),
      source: all(own, ({ result }) => result.scores["scenes"].classes[SOURCE].accuracy),
      accuracy: all(own, ({ result }) => result.scores["scenes"].accuracy),
    };
  });
}

/** Conv5 of the yellow square's BadNet, of the first seed that is finished. */
export function channelsOf(
  finished: Finished,
  seeds: readonly number[],
): {
  readonly instance: Instance;
  readonly channels: NonNullable<SignEvidence["channels"]>;
} | null {
  for (const seed of seeds) {
    const instance = badNet(seed, "yellow-square", TABLE_SHARE);
    const channels = finished.get(instance.id)?.evidence?.channels;
    if (channels) return { instance, channels };
  }
  return null;
}

/** What instances were measured on beside scenes: names of folders of photographs. */
export function photographSets(finished: Finished): string[] {
  const names = [...finished.values()].flatMap(({ result }) => Object.keys(result.scores));
  return [...new Set(names)].filter((name) => name !== "scenes");
}
