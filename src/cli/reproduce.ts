/** `badnets reproduce`: every table and figure of a section of the paper, by our own runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { duration, percent } from "../format.ts";
import { adapterName } from "../gpu/gpu.ts";
import { ensureWritableDir, packagedMnist, readDigitDir } from "../node/files.ts";
import { instancePaths, readInstances, SweepDir } from "../node/sweep-dir.ts";
import { openInNode } from "../node/webgpu.ts";
import type { DigitData } from "../data/digits.ts";
import {
  baseline,
  instanceNamed,
  instancesOf,
  itemIds,
  items,
  paperShares,
  shardOf,
  type Instance,
  type ItemId,
} from "../studies/digit-instances.ts";
import { missing, seedsOf, type Finished } from "../studies/digit-report.ts";
import { digitForm, SOFTWARE } from "../studies/digits.ts";
import type { InstanceFile } from "../studies/instance-file.ts";
import { Sweep } from "../studies/sweep.ts";
import { Trainer } from "../training/trainer.ts";
import { SweepLine } from "./progress.ts";
import { writeReport } from "./reproduce-report.ts";
import {
  adapterChoices,
  describeOptions,
  oneOf,
  readOptions,
  UsageError,
  wrap,
  type Options,
  type OptionSpec,
} from "./usage.ts";

const DEFAULT_OUT = "runs/reproduce-digits";
/** What `--only` calls the networks that others begin with. */
const BEGINNINGS = "beginnings";

const options: OptionSpec = {
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
    help: "train nothing: join these folders and what --out holds in --out, and say what is missing of all, or of --only, --seeds and --shares",
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
  describeOptions(options),
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
].join("\n");

/** Runs the command. @returns the exit status */
export async function reproduce([study, ...rest]: string[]): Promise<number> {
  if (study === undefined || study.startsWith("-")) {
    if (study !== "--help" && !rest.includes("--help")) {
      throw new UsageError('Say what to reproduce: "badnets reproduce digits".');
    }
    console.log(reproduceHelp);
    return 0;
  }
  if (study !== "digits") throw new UsageError(`"${study}" cannot be reproduced: choose digits.`);
  const { folders, args } = takeMerge(rest);
  const given = readOptions("reproduce", options, args);
  if (given["help"]) {
    console.log(reproduceHelp);
    return 0;
  }
  const out = String(given["out"] ?? DEFAULT_OUT);
  const asked = readAsked(given);
  if (folders) {
    const idle = ["resume", "shard", "from", "adapter"].find((name) => given[name]);
    if (idle) throw new UsageError(`--${idle} is of no use with --merge, which trains nothing.`);
    const expected = given["seeds"] === undefined ? { ...asked, seeds: [] } : asked;
    return await merge(folders, out, expected, await dataOf(given));
  }
  const [part, parts] = readShard(given["shard"]);
  const instances = shardOf(instancesAsked(asked), part, parts);
  const from = given["from"] as string | undefined;
  if (from !== undefined) assertHoldsReproduction("--from", from);
  const begun = (await instancePaths(out)).length > 0 || existsSync(join(out, "checkpoints"));
  if (begun && !given["resume"]) {
    throw new UsageError(
      `${out} already holds a reproduction: add --resume to go on with it, or choose another folder with --out.`,
    );
  }
  // What does not belong together is better known before hours of training than after.
  const before = await readAll(from === undefined ? [out] : [out, from]);
  const [first] = before.values();
  if (first && first.result.software !== SOFTWARE) {
    throw new UserError(
      `${first.id} was made by ${first.result.software}, and this is ${SOFTWARE}: go on with that version, or choose other folders.`,
    );
  }
  const data = await dataOf(given);
  // A part with nothing to do is one of the parts that are joined, too.
  await ensureWritableDir(join(out, "instances"));
  const store = new SweepDir(out, from === undefined ? [] : [from], data.sha256);
  const choice = oneOf(given, "adapter", adapterChoices) ?? "auto";
  const line = new SweepLine(process.stderr);
  const open = async () => {
    const gpu = await openInNode(choice);
    await Trainer.warmUp(gpu, digitForm(baseline(1).recipe));
    line.line(`on ${adapterName(gpu.adapter)}`);
    return gpu;
  };
  const begin = performance.now();
  const spent = { training: 0, evaluating: 0 };
  const sweep = new Sweep(open, data, instances, store, {
    onProgress: (progress) => line.update(progress),
    onFinished: ({ title }, file) => {
      const { trainSeconds, evaluateSeconds } = file.result.timings;
      spent.training += trainSeconds;
      spent.evaluating += evaluateSeconds;
      line.line(`${title}: ${inWords(file)}`);
    },
    onNotice: (text) => line.line(text),
  });
  const finished = await untilInterrupted(sweep, line);
  line.clear();
  if (!finished) {
    const again = process.argv.slice(2).filter((arg) => arg !== "--resume");
    console.error(
      `Stopped; what is finished is kept. To go on:\n  npm run badnets -- ${again.join(" ")} --resume`,
    );
    return 130;
  }
  const all = await readAll(from === undefined ? [out] : [out, from]);
  await report(out, all, asked, data);
  const whole = (performance.now() - begin) / 1000;
  const what =
    instances.length === 0 && parts > 1
      ? `Nothing for part ${part} of ${parts}`
      : `${instances.length} instances`;
  console.log(
    `${what} in ${duration(whole)}, of it ${duration(spent.training)} in training steps ` +
      `and ${duration(spent.evaluating)} in evaluations: ${join(out, "report.md")}`,
  );
  return 0;
}

async function untilInterrupted(sweep: Sweep, line: SweepLine): Promise<boolean> {
  let interrupts = 0;
  const interrupt = () => {
    if (++interrupts > 1) process.exit(130);
    line.line("Stopping and saving; once more to quit at once.");
    sweep.stop();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await sweep.all();
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** What is asked for: items or only what they begin with, seeds, and shares of figure 6. */
interface Asked {
  readonly items: readonly ItemId[];
  readonly beginnings: boolean;
  readonly seeds: readonly number[];
  readonly shares: readonly number[];
}

function instancesAsked({ items, beginnings, seeds, shares }: Asked): readonly Instance[] {
  const begun = beginnings ? instancesOf(itemIds, seeds).filter(({ kept }) => kept) : [];
  return [...new Set([...begun, ...instancesOf(items, seeds, shares)])];
}

/**
 * Joins finished instances of several folders and of `out`, with their models, and reports on the whole.
 * @param asked what should be there; seeds that are there count, too
 */
async function merge(
  folders: readonly string[],
  out: string,
  asked: Asked,
  data: DigitData,
): Promise<number> {
  const all = await readAll([...folders, out]);
  if (all.size === 0) {
    throw new UserError(`There is no finished instance in ${folders.join(", ")}.`);
  }
  const [{ result }] = all.values();
  if (result.data.sha256 !== data.sha256) {
    throw new UserError(
      `The instances were trained on ${result.data.name}, not on ${data.name}: give their data with --data.`,
    );
  }
  await ensureWritableDir(out);
  const store = new SweepDir(out, folders, data.sha256);
  for (const file of all.values()) {
    await store.finish(file);
    const kept = instanceNamed(file.id, file.result.recipe)?.kept;
    const model = kept ? await store.model(file.id) : null;
    if (model) await store.saveModel(file.id, new Uint8Array(model));
  }
  const seeds = await report(out, all, asked, data);
  const lacking = missing(all, seeds, asked.items, asked.shares);
  console.log(`${all.size} instances in ${out}: ${join(out, "report.md")}`);
  if (lacking.length === 0) return 0;
  console.log(`Missing for seeds ${seeds.join(", ")}, ${lacking.length} instances:`);
  console.log(
    wrap(lacking.join(" "), 98)
      .map((text) => `  ${text}`)
      .join("\n"),
  );
  return 1;
}

/** Reports on all that is finished. @returns the seeds that were asked for, and those that are there */
async function report(
  out: string,
  finished: Finished,
  asked: Asked,
  data: DigitData,
): Promise<readonly number[]> {
  const seeds = [...new Set([...asked.seeds, ...seedsOf(finished)])].sort((a, b) => a - b);
  await writeReport(out, finished, data, seeds);
  return seeds;
}

/** All finished instances of some folders. @throws UserError where they do not belong together */
async function readAll(folders: readonly string[]) {
  return await readInstances((await Promise.all(folders.map(instancePaths))).flat());
}

async function dataOf({ data }: Options): Promise<DigitData> {
  return data === undefined ? await packagedMnist() : await readDigitDir(String(data));
}

/** Takes `--merge DIR...` out of the arguments, however often it stands there. */
function takeMerge(args: readonly string[]): { folders: string[] | null; args: string[] } {
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

function assertHoldsReproduction(option: string, folder: string): void {
  if (!existsSync(join(folder, "instances"))) {
    throw new UsageError(`${option} names ${folder}, but that holds no reproduction.`);
  }
}

function readAsked(given: Options): Asked {
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
function readShard(text: string | boolean | undefined): [part: number, parts: number] {
  if (text === undefined) return [1, 1];
  const match = /^(\d+)\/(\d+)$/.exec(String(text));
  const [part, parts] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (part < 1 || part > parts) {
    throw new UsageError(`--shard is ${String(text)}, but must be such as 3/8, from 1/8 to 8/8.`);
  }
  return [part, parts];
}

function inWords({ result: { clean, attack } }: InstanceFile): string {
  return (
    `clean error ${percent(clean.error)}` +
    (attack ? `, backdoor error ${percent(attack.error)}` : "")
  );
}
