/** The options that `badnets reproduce` has for every section: what each is, and what is read from them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beginningsOf } from "../../studies/reproduction/instance.ts";
import {
  idsOf,
  instancesFor,
  type InstanceOf,
  type Reproduction,
  type ReproductionTypes,
} from "../../studies/reproduction/reproduction.ts";
import {
  describeOptions,
  UsageError,
  wrap,
  type Options,
  type OptionSpec,
} from "../shared/options.ts";
import type { Section } from "./section.ts";

/** What `--only` calls the networks that others begin with. */
const BEGINNINGS = "beginnings";

export const defaultOut = (study: string) => `runs/reproduce-${study}`;

/** Whether instances begin with others. */
const hasBeginnings = <T extends ReproductionTypes>(reproduction: Reproduction<T>) =>
  beginningsOf(instancesFor(reproduction, idsOf(reproduction), [1])).length > 0;

export function optionsOf<T extends ReproductionTypes>({
  reproduction,
  options,
}: Section<T>): OptionSpec {
  const begin = hasBeginnings(reproduction) ? `; ${BEGINNINGS}: what all others begin with` : "";
  return {
    only: {
      type: "string",
      value: "LIST",
      help: `of ${idsOf(reproduction).join(", ")} (default: all)${begin}`,
    },
    out: {
      type: "string",
      value: "DIR",
      help: `folder for instances, models, figures and report.md (default: ${defaultOut(reproduction.study)})`,
    },
    resume: { type: "boolean", help: "go on with what --out holds already" },
    shard: {
      type: "string",
      value: "I/N",
      help: "only the I-th of N parts of the instances, I from 1, for N machines",
    },
    seeds: { type: "string", value: "LIST", help: "such as 1,2,3 (default: 1)" },
    merge: {
      type: "string",
      value: "DIR...",
      help: "train nothing: join these folders and what --out holds in --out, and say what is missing of all, or of --only, --seeds and the like; may be given more than once",
    },
    ...options,
  };
}

export function helpOf<T extends ReproductionTypes>(section: Section<T>): string[] {
  const { reproduction, about, examples } = section;
  const width = 2 + Math.max(...idsOf(reproduction).map(({ length }) => length));
  return [
    ...about,
    "Each instance is kept as soon as it is finished; what is killed goes on with --resume.",
    "",
    ...describeOptions(optionsOf(section)),
    "",
    "What each is:",
    ...reproduction.items.flatMap(({ id, title, instances }) => {
      const [shown, all] = [instances(1).length, instancesFor(reproduction, [id], [1]).length];
      const others = all > shown ? `, ${all} with what they begin with` : "";
      const text = `${title}; ${shown} networks a seed${others}`;
      return wrap(text, 96 - width).map(
        (line, i) => `  ${(i === 0 ? id : "").padEnd(width)}${line}`,
      );
    }),
    "",
    "Examples:",
    ...examples.map((line) => `  ${line}`),
  ];
}

/** What is asked for: items or only what they begin with, seeds, and what the section may be asked beside. */
export interface Asked<T extends ReproductionTypes> {
  readonly items: readonly T["item"][];
  readonly beginnings: boolean;
  readonly seeds: readonly number[];
  readonly settings: T["settings"];
}

export function instancesAsked<T extends ReproductionTypes>(
  reproduction: Reproduction<T>,
  { items, beginnings, seeds, settings }: Asked<T>,
): readonly InstanceOf<T>[] {
  const begun = beginnings
    ? beginningsOf(instancesFor(reproduction, idsOf(reproduction), seeds))
    : [];
  const all = [...begun, ...instancesFor(reproduction, items, seeds, settings)];
  return [...new Map(all.map((instance) => [instance.id, instance])).values()];
}

/** Takes `--merge DIR...` out of the arguments, however often it stands there. */
export function takeMerge(args: readonly string[]): { folders: string[] | null; args: string[] } {
  const folders: string[] = [];
  const others: string[] = [];
  let merging = false;
  let taking = false;
  for (const arg of args) {
    const joined = /^--merge(?:=(.*))?$/s.exec(arg);
    if (joined) {
      merging = taking = true;
      if (joined[1] !== undefined) folders.push(joined[1]);
    } else {
      taking &&= !arg.startsWith("--");
      (taking ? folders : others).push(arg);
    }
  }
  if (!merging) return { folders: null, args: others };
  if (folders.length === 0) throw new UsageError("--merge needs the folders to join.");
  for (const folder of folders) assertHoldsReproduction("--merge", folder);
  return { folders, args: others };
}

export function assertHoldsReproduction(option: string, folder: string): void {
  if (!existsSync(join(folder, "instances"))) {
    throw new UsageError(`${option} names ${folder}, but that holds no reproduction.`);
  }
}

export function readAsked<T extends ReproductionTypes>(
  { reproduction, settings }: Section<T>,
  given: Options,
): Asked<T> {
  const ids = idsOf(reproduction);
  const words = given["only"] === undefined ? ids : String(given["only"]).split(",");
  const wanted = words.map((word) => word.trim()).filter((word) => word !== "");
  const known: readonly string[] = [...ids, ...(hasBeginnings(reproduction) ? [BEGINNINGS] : [])];
  const strange = wanted.find((word) => !known.includes(word));
  if (strange !== undefined || wanted.length === 0) {
    throw new UsageError(`--only names ${strange ?? "nothing"}, but there is ${known.join(", ")}.`);
  }
  return {
    items: ids.filter((id) => wanted.includes(id)),
    beginnings: wanted.includes(BEGINNINGS),
    seeds: readSeeds(given["seeds"]),
    settings: settings(given),
  };
}

function readSeeds(text: string | boolean | undefined): number[] {
  const words = String(text ?? "1").split(",");
  const seeds = words.map((word) => {
    const seed = Number(word);
    if (!/^\d+$/.test(word.trim()) || seed >= 2 ** 32) {
      throw new UsageError(
        `--seeds is ${String(text)}, but must be whole numbers from 0 to 4294967295 with commas between.`,
      );
    }
    return seed;
  });
  return [...new Set(seeds)];
}

/** @returns which of how many parts, both from 1 */
export function readShard(text: string | boolean | undefined): [part: number, parts: number] {
  if (text === undefined) return [1, 1];
  const match = /^(\d+)\/(\d+)$/.exec(String(text));
  const [part, parts] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (part < 1 || part > parts) {
    throw new UsageError(`--shard is ${String(text)}, but must be such as 3/8, from 1/8 to 8/8.`);
  }
  return [part, parts];
}
