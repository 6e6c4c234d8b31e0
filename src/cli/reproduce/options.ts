/** The options of `badnets reproduce`: what each is, and what is read from them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { instancesOf, itemIds, items, type ItemId } from "../../studies/digits/paper/items.ts";
import { paperShares, type Instance } from "../../studies/digits/paper/instances.ts";
import {
  describeOptions,
  UsageError,
  wrap,
  type Options,
  type OptionSpec,
} from "../shared/options.ts";

export const DEFAULT_OUT = "runs/reproduce-digits";
/** What `--only` calls the networks that others begin with. */
const BEGINNINGS = "beginnings";

export const reproduceOptions: OptionSpec = {
  only: {
    type: "string",
    value: "LIST",
    help: `of ${itemIds.join(", ")} (default: all); beginnings: what all others begin with`,
  },
  out: {
    type: "string",
    value: "DIR",
    help: `folder for instances, models, figures and report.md (default: ${DEFAULT_OUT})`,
  },
  resume: { type: "boolean", help: "go on with what --out holds already" },
  shard: {
    type: "string",
    value: "I/N",
    help: "only the I-th of N parts of the instances, I from 1, for N machines",
  },
  seeds: { type: "string", value: "LIST", help: "such as 1,2,3 (default: 1)" },
  shares: {
    type: "string",
    value: "LIST",
    help: `of triggered images for figure-6, in percent (default: ${percentsOf(paperShares)})`,
  },
  from: {
    type: "string",
    value: "DIR",
    help: "take finished instances and what others begin with from this folder, too, instead of training them again",
  },
  merge: {
    type: "string",
    value: "DIR...",
    help: "train nothing: join these folders and what --out holds in --out, and say what is missing of all, or of --only, --seeds and --shares; may be given more than once",
  },
  data: {
    type: "string",
    value: "DIR",
    help: "folder with four idx files, plain or gzip, instead of MNIST",
  },
};

export const reproduceHelp = [
  "badnets reproduce digits: every table and figure of the paper's digit section, by own runs",
  "",
  "Trains an honest baseline from scratch, and every BadNet by retraining: from the baseline all to all",
  "at three shares, from that all to one for each target, and from that its pairs, for both triggers.",
  "Each instance is kept as soon as it is finished; what is killed goes on with --resume.",
  "",
  ...describeOptions(reproduceOptions),
  "",
  "What each is:",
  ...items.flatMap(({ id, title, instances }) => {
    const [shown, all] = [instances(1).length, instancesOf([id], [1]).length];
    const others = all > shown ? `, ${all} with what they begin with` : "";
    const text = `${title}; ${shown} networks a seed${others}`;
    return wrap(text, 86).map((line, i) => `  ${(i === 0 ? id : "").padEnd(10)}${line}`);
  }),
  "",
  "Examples:",
  "  badnets reproduce digits --only table-2,figure-5 --out runs/table-2",
  "  badnets reproduce digits --only beginnings --out runs/begin",
  "  badnets reproduce digits --shard 3/8 --from runs/begin --out runs/shard-3",
  "  badnets reproduce digits --merge runs/begin runs/shard-1 runs/shard-2 --out runs/whole",
];

/** What is asked for: items or only what they begin with, seeds, and shares of figure 6. */
export interface Asked {
  readonly items: readonly ItemId[];
  readonly beginnings: boolean;
  readonly seeds: readonly number[];
  readonly shares: readonly number[];
}

export function instancesAsked({ items, beginnings, seeds, shares }: Asked): readonly Instance[] {
  const begun = beginnings ? instancesOf(itemIds, seeds).filter(({ kept }) => kept) : [];
  return [...new Set([...begun, ...instancesOf(items, seeds, shares)])];
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

export function readAsked(given: Options): Asked {
  const words = given["only"] === undefined ? itemIds : String(given["only"]).split(",");
  const wanted = words.map((word) => word.trim()).filter((word) => word !== "");
  const known: readonly string[] = [...itemIds, BEGINNINGS];
  const strange = wanted.find((word) => !known.includes(word));
  if (strange !== undefined || wanted.length === 0) {
    throw new UsageError(`--only names ${strange ?? "nothing"}, but there is ${known.join(", ")}.`);
  }
  return {
    items: itemIds.filter((id) => wanted.includes(id)),
    beginnings: wanted.includes(BEGINNINGS),
    seeds: readSeeds(given["seeds"]),
    shares: readShares(given["shares"]),
  };
}

/** In whole percent, for figure 6. */
function readShares(text: string | boolean | undefined): number[] {
  const words = text === undefined ? [percentsOf(paperShares)] : [String(text)];
  const percents = words.flatMap((word) => word.split(",")).map((word) => word.trim());
  if (percents.some((word) => !/^\d+$/.test(word) || Number(word) < 1 || Number(word) > 100)) {
    throw new UsageError(
      `--shares is ${String(text)}, but must be whole percents from 1 to 100 with commas between.`,
    );
  }
  return [...new Set(percents)].map((word) => Number(word) / 100);
}

function percentsOf(list: readonly number[]): string {
  return list.map((share) => Math.round(100 * share)).join(",");
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
