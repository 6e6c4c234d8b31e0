/** `badnets reproduce`: every table and figure of a section of the paper, by our own runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { duration, percent } from "../format.ts";
import { adapterName } from "../gpu/gpu.ts";
import { ensureWritableDir, packagedMnist, readDigitDir } from "../node/files.ts";
import { instancePaths, readInstances, SweepDir } from "../node/sweep-dir.ts";
import { openInNode } from "../node/webgpu.ts";
import {
  baseline,
  instancesOf,
  itemIds,
  items,
  shardOf,
  type ItemId,
} from "../studies/digit-instances.ts";
import { missing, seedsOf } from "../studies/digit-report.ts";
import { digitForm } from "../studies/digits.ts";
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
  type OptionSpec,
} from "./usage.ts";

const DEFAULT_OUT = "runs/reproduce-digits";

const options: OptionSpec = {
  only: { type: "string", value: "LIST", help: `of ${itemIds.join(", ")} (default: all)` },
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
  from: {
    type: "string",
    value: "DIR",
    help: "take finished instances and what others begin with from this folder, too, instead of training them again",
  },
  merge: {
    type: "string",
    value: "DIR...",
    help: "train nothing: join these folders in --out, and say what is missing",
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
  "Trains an honest baseline from scratch, and every BadNet by retraining, as the paper does: from the",
  "baseline all to all at three shares, from that all to one for each target, and from that its pairs,",
  "for both triggers.",
  "Each instance is kept as soon as it is finished; what is killed goes on with --resume.",
  "",
  describeOptions(options),
  "",
  "What each is:",
  ...items.flatMap(({ id, title, instances }) => {
    const text = `${title}; ${instances(1).length} networks a seed`;
    return wrap(text, 86).map((line, i) => `  ${(i === 0 ? id : "").padEnd(10)}${line}`);
  }),
  "",
  "Examples:",
  "  badnets reproduce digits --only table-2,figure-5 --out runs/table-2",
  "  badnets reproduce digits --shard 3/8 --from runs/baseline --out runs/shard-3",
  "  badnets reproduce digits --merge runs/shard-1 runs/shard-2 --out runs/whole",
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
  if (folders) {
    const idle = ["only", "resume", "shard", "seeds", "from", "data"].find((name) => given[name]);
    if (idle) throw new UsageError(`--${idle} is of no use with --merge, which trains nothing.`);
    return await merge(folders, out);
  }
  const seeds = readSeeds(given["seeds"]);
  const instances = shardOf(
    instancesOf(readItems(given["only"]), seeds),
    ...readShard(given["shard"]),
  );
  const from = given["from"] as string | undefined;
  if (from !== undefined && !existsSync(from))
    throw new UsageError(`--from is ${from}, but there is no such folder.`);
  const begun = (await instancePaths(out)).length > 0 || existsSync(join(out, "checkpoints"));
  if (begun && !given["resume"]) {
    throw new UsageError(
      `${out} already holds a reproduction: add --resume to go on with it, or choose another folder with --out.`,
    );
  }
  const data =
    given["data"] === undefined ? await packagedMnist() : await readDigitDir(String(given["data"]));
  await ensureWritableDir(out);
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
  const all = await readInstances([
    ...(await instancePaths(out)),
    ...(from ? await instancePaths(from) : []),
  ]);
  await writeReport(out, all, data);
  const whole = (performance.now() - begin) / 1000;
  console.log(
    `${instances.length} instances in ${duration(whole)}, of it ${duration(spent.training)} in training steps ` +
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

/** Joins finished instances of several folders, with their models, and reports on the whole. */
async function merge(folders: readonly string[], out: string): Promise<number> {
  const all = await readInstances((await Promise.all(folders.map(instancePaths))).flat());
  if (all.size === 0) {
    throw new UserError(`There is no finished instance in ${folders.join(", ")}.`);
  }
  const [{ result }] = all.values();
  await ensureWritableDir(out);
  const store = new SweepDir(out, folders, result.data.sha256);
  const kept = new Set(
    instancesOf(itemIds, seedsOf(all)).flatMap(({ id, kept }) => (kept ? id : [])),
  );
  for (const file of all.values()) {
    await store.finish(file);
    const model = kept.has(file.id) ? await store.model(file.id) : null;
    if (model) await store.saveModel(file.id, new Uint8Array(model));
  }
  await writeReport(out, all, await packagedMnist());
  const lacking = missing(all, seedsOf(all));
  console.log(`${all.size} instances in ${out}: ${join(out, "report.md")}`);
  if (lacking.length === 0) return 0;
  console.log(`Missing for seeds ${seedsOf(all).join(", ")}, ${lacking.length} instances:`);
  console.log(
    wrap(lacking.join(" "), 98)
      .map((text) => `  ${text}`)
      .join("\n"),
  );
  return 1;
}

/** Takes `--merge DIR...` out of the arguments. */
function takeMerge(args: readonly string[]): { folders: string[] | null; args: string[] } {
  const at = args.indexOf("--merge");
  if (at === -1) return { folders: null, args: [...args] };
  const behind = args.findIndex((arg, i) => i > at && arg.startsWith("--"));
  const end = behind === -1 ? args.length : behind;
  const folders = args.slice(at + 1, end);
  if (folders.length === 0) throw new UsageError("--merge needs the folders to join.");
  const strange = folders.find((folder) => !existsSync(join(folder, "instances")));
  if (strange !== undefined) {
    throw new UsageError(`--merge names ${strange}, but that holds no reproduction.`);
  }
  return { folders, args: [...args.slice(0, at), ...args.slice(end)] };
}

function readItems(text: string | boolean | undefined): readonly ItemId[] {
  if (text === undefined) return itemIds;
  return String(text)
    .split(",")
    .map((word) => {
      const id = itemIds.find((one) => one === word.trim());
      if (!id) throw new UsageError(`--only names ${word}, but there is ${itemIds.join(", ")}.`);
      return id;
    });
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
