/** `badnets reproduce`: every table and figure of a section of the paper, by our own runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DigitData } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import { duration, percent } from "../format.ts";
import { adapterName } from "../gpu/adapter.ts";
import { ensureWritableDir, packagedMnist, readDigitDir } from "../node/files.ts";
import { instancePaths, readFolders, SweepDir } from "../node/sweep-dir.ts";
import { openInNode } from "../node/webgpu.ts";
import { baseline } from "../studies/digits/paper/instances.ts";
import { shardOf } from "../studies/digits/paper/shards.ts";
import { digitForm } from "../studies/digits/plan.ts";
import { SOFTWARE } from "../studies/software.ts";
import type { InstanceFile } from "../studies/digits/paper/instance-file.ts";
import { Sweep } from "../studies/digits/paper/sweep.ts";
import { Trainer } from "../training/trainer.ts";
import { untilInterrupted } from "./interrupt.ts";
import { SweepLine } from "./progress.ts";
import { merge } from "./reproduce-merge.ts";
import {
  assertHoldsReproduction,
  DEFAULT_OUT,
  instancesAsked,
  readAsked,
  readShard,
  reproduceHelp,
  reproduceOptions,
  takeMerge,
} from "./reproduce-options.ts";
import { writeReport } from "./reproduce-report.ts";
import { adapterChoices, oneOf, readOptions, UsageError, type Options } from "./usage.ts";

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
  const given = readOptions("reproduce", reproduceOptions, args);
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
  const places = from === undefined ? [out] : [out, from];
  const [first] = (await readFolders(places)).values();
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
  const finished = await untilInterrupted(
    () => sweep.stop(),
    line,
    async () => await sweep.all(),
  );
  line.clear();
  if (!finished) {
    const again = process.argv.slice(2).filter((arg) => arg !== "--resume");
    console.error(
      `Stopped; what is finished is kept. To go on:\n  npm run badnets -- ${again.join(" ")} --resume`,
    );
    return 130;
  }
  await writeReport(out, await readFolders(places), data, asked.seeds);
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

async function dataOf({ data }: Options): Promise<DigitData> {
  return data === undefined ? await packagedMnist() : await readDigitDir(String(data));
}

function inWords({ result: { clean, attack } }: InstanceFile): string {
  return (
    `clean error ${percent(clean.error)}` +
    (attack ? `, backdoor error ${percent(attack.error)}` : "")
  );
}
