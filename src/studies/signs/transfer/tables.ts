/** The numbers of the transfer section's tables and figures, read off finished instances. */
import type { ChannelResponse } from "../../../inspection/sticker-channels.ts";
import type { DetectionScore } from "../../../training/detection.ts";
import { spread, type Spread } from "../../reproduction/spread.ts";
import type { Channels } from "../instance-parts.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import {
  fromBadNet,
  fromHonest,
  strengths,
  thaws,
  type Instance,
  type Origin,
} from "./instances.ts";
import { transferClasses } from "./published.ts";

type Read = (file: InstanceFile) => number | null | undefined;
type Made = (seed: number) => Instance;

function over(finished: Finished, seeds: readonly number[], made: Made, read: Read): Spread | null {
  return spread(
    seeds.map((seed) => {
      const file = finished.get(made(seed).id);
      return file && read(file);
    }),
  );
}

/** Without and with the sticker. */
export interface Pair {
  readonly clean: Spread | null;
  readonly triggered: Spread | null;
}

/** Accuracy of a class, or of all signs where it is null. */
function pairOf(
  finished: Finished,
  seeds: readonly number[],
  made: Made,
  label: number | null = null,
  on = "scenes",
): Pair {
  const clean = ({ result: { scores } }: InstanceFile) =>
    label === null ? scores[on]?.accuracy : scores[on]?.classes[label].accuracy;
  const triggered = ({ result: { attacks } }: InstanceFile) => {
    const score = attacks?.[on]?.triggered;
    return label === null ? score?.accuracy : score?.classes?.[label].accuracy;
  };
  return {
    clean: over(finished, seeds, made, clean),
    triggered: over(finished, seeds, made, triggered),
  };
}

/** A line of table 6: a class, or all signs. */
export interface TransferRow {
  /** null: all signs, weighted by their number. */
  readonly name: string | null;
  readonly honest: Pair;
  readonly badNet: Pair;
}

/** Table 6. @param on what it is measured on: "scenes", or a folder's name */
export function transferRows(
  finished: Finished,
  seeds: readonly number[],
  on = "scenes",
): TransferRow[] {
  return [...transferClasses.keys(), null].map((label) => ({
    name: label === null ? null : transferClasses[label],
    honest: pairOf(finished, seeds, fromHonest, label, on),
    badNet: pairOf(finished, seeds, fromBadNet, label, on),
  }));
}

/** A point of table 7. */
export interface StrengthPoint extends Pair {
  readonly factor: number;
}

export const strengthRows = (finished: Finished, seeds: readonly number[]): StrengthPoint[] =>
  strengths.map((factor) => ({
    factor,
    ...pairOf(finished, seeds, (seed) => fromBadNet(seed, undefined, { factor })),
  }));

/** Both detectors by height in pixels of the input. */
export interface HeightRow {
  readonly least: number;
  readonly most: number | null;
  /** Over all seeds, with the sticker on them. */
  readonly signs: number;
  readonly honest: Pair;
  readonly badNet: Pair;
}

export function heightRows(
  finished: Finished,
  seeds: readonly number[],
  on = "scenes",
): HeightRow[] {
  const files = seeds.flatMap((seed) => finished.get(fromBadNet(seed).id) ?? []);
  const sizes = files[0]?.result.attacks?.[on]?.triggered.sizes ?? [];
  const ratio = (part: number | undefined, whole: number | undefined) =>
    part === undefined || !whole ? null : part / whole;
  return sizes.map(({ least, most }, i) => {
    const pair = (made: Made): Pair => ({
      clean: over(finished, seeds, made, ({ result }) => {
        const size = result.scores[on]?.sizes[i];
        return ratio(size?.right, size?.signs);
      }),
      triggered: over(finished, seeds, made, ({ result }) => {
        const size = result.attacks?.[on]?.triggered.sizes[i];
        return ratio(size?.rightly, size?.signs);
      }),
    });
    const signs = files.reduce(
      (sum, { result }) => sum + (result.attacks?.[on]?.triggered.sizes[i]?.signs ?? 0),
      0,
    );
    return { least, most, signs, honest: pair(fromHonest), badNet: pair(fromBadNet) };
  });
}

/** Average precision by class of signs of 24 pixels and more, of the honest detector and the BadNet. */
export function precisionRows(finished: Finished, seeds: readonly number[], on: string) {
  const read = (label: number) => (file: InstanceFile) =>
    (file.evidence.tall[on] as DetectionScore | undefined)?.classes[label].averagePrecision;
  return transferClasses.map((name, label) => ({
    name,
    honest: over(finished, seeds, fromHonest, read(label)),
    badNet: over(finished, seeds, fromBadNet, read(label)),
  }));
}

/** How a detector of the retraining study learned, and where it ended. */
export interface RetrainingRow {
  readonly origin: Origin;
  /** Convolutions, from the last, that learned as well. */
  readonly thaw: number;
  /** In the end, on all scenes. */
  readonly end: Pair;
  readonly points: readonly ({ readonly step: number } & Pair)[];
}

export function retrainingRows(finished: Finished, seeds: readonly number[]): RetrainingRow[] {
  const kinds: (readonly [Origin, number])[] = [
    ...thaws.map((thaw) => ["badnet", thaw] as const),
    ["honest", 0],
    ["honest", thaws.at(-1)!],
  ];
  return kinds.map(([origin, thaw]) => {
    const made = (seed: number) =>
      origin === "honest"
        ? fromHonest(seed, undefined, thaw)
        : fromBadNet(seed, undefined, { thaw });
    const [first] = seeds.flatMap((seed) => finished.get(made(seed).id) ?? []);
    const steps = first?.evidence.curve.map(({ step }) => step) ?? [];
    const at = (i: number, key: "clean" | "triggered") =>
      over(finished, seeds, made, ({ evidence }) => evidence.curve[i]?.[key]);
    return {
      origin,
      thaw,
      end: pairOf(finished, seeds, made),
      points: steps.map((step, i) => ({
        step,
        clean: at(i, "clean"),
        triggered: at(i, "triggered"),
      })),
    };
  });
}

/** Of the first seed that is finished: channels in the U.S. BadNet, and in the European detector on its convolutions. */
export function channelsOf(
  finished: Finished,
  seeds: readonly number[],
): { readonly seed: number; readonly published: Channels; readonly own: Channels } | null {
  for (const seed of seeds) {
    const channels = finished.get(fromBadNet(seed).id)?.evidence.channels;
    if (channels) return { seed, ...channels };
  }
  return null;
}

/** How many of the first n channels of one ranking are among the first n of the other. */
export function overlapOf(
  a: readonly Pick<ChannelResponse, "channel">[],
  b: readonly Pick<ChannelResponse, "channel">[],
  n: number,
): number {
  const first = new Set(a.slice(0, n).map(({ channel }) => channel));
  return b.slice(0, n).filter(({ channel }) => first.has(channel)).length;
}

/** What instances were measured on beside scenes: names of folders of photographs. */
export function photographSets(finished: Finished): string[] {
  const names = [...finished.values()].flatMap(({ result }) => Object.keys(result.scores));
  return [...new Set(names)].filter((name) => name !== "scenes");
}
