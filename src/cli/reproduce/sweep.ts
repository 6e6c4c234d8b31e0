/** Trains, measures and examines what a reproduction is asked for, and writes its report. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { duration, percent } from "../../format.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { instancePaths, readFolders, SweepDir } from "../../node/sweep-dir.ts";
import { openInNode } from "../../node/webgpu.ts";
import { ensureWritableDir } from "../../node/write-output.ts";
import type { InstanceFile } from "../../studies/digits/paper/instance-file.ts";
import { baseline, type Instance } from "../../studies/digits/paper/instances.ts";
import { shardOf } from "../../studies/digits/paper/shards.ts";
import { Sweep, type SweepStore } from "../../studies/digits/paper/sweep.ts";
import { digitForm } from "../../studies/digits/plan.ts";
import { SOFTWARE } from "../../studies/software.ts";
import { Trainer } from "../../training/trainer.ts";
import { SweepLine } from "./progress.ts";
import { digitDataOf } from "../shared/data.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import { adapterOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { assertHoldsReproduction, instancesAsked, readShard, type Asked } from "./options.ts";
import { writeReport } from "./report.ts";
import { shellCommand } from "../../text/shell.ts";
import { note, say } from "../shared/say.ts";

/** @param out folder of the reproduction @returns the exit status */
export async function sweep(given: Options, asked: Asked, out: string): Promise<number> {
  const [part, parts] = readShard(given["shard"]);
  const instances = shardOf(instancesAsked(asked), part, parts);
  const from = textOf(given, "from");
  if (from !== undefined) assertHoldsReproduction("--from", from);
  const folders = from === undefined ? [out] : [out, from];
  await assertGoesOn(out, folders, given["resume"] === true);
  const data = await digitDataOf(given);
  // A part with nothing to do is one of the parts that are joined, too.
  await ensureWritableDir(join(out, "instances"));
  await ownFolder(out, note);
  const line = new SweepLine(process.stderr);
  const files = new PatientFiles((text) => line.line(text));
  const store = new SweepDir(out, folders.slice(1), data.sha256, files);
  const begin = performance.now();
  const spent = await train(instances, data, store, given, line).catch(async (error: unknown) => {
    await store.settle().catch(() => undefined);
    throw error;
  });
  await store.settle();
  if (!spent) {
    const again = process.argv.slice(2).filter((arg) => arg !== "--resume");
    note([
      "Stopped; what is finished is kept. To go on:",
      `  npm run badnets -- ${shellCommand(again)} --resume`,
    ]);
    return 130;
  }
  await writeReport(out, await readFolders(folders), data, asked.seeds);
  const whole = (performance.now() - begin) / 1000;
  const what =
    instances.length === 0 && parts > 1
      ? `Nothing for part ${part} of ${parts}`
      : `${instances.length} instances`;
  await say(
    `${what} in ${duration(whole)}, of it ${duration(spent.training)} in training steps ` +
      `and ${duration(spent.evaluating)} in evaluations: ${join(out, "report.md")}`,
    true,
  );
  return 0;
}

/**
 * What does not belong together is better known before hours of training than after.
 * @param folders that finished instances are taken from
 */
async function assertGoesOn(
  out: string,
  folders: readonly string[],
  resume: boolean,
): Promise<void> {
  const begun = (await instancePaths(out)).length > 0 || existsSync(join(out, "checkpoints"));
  if (begun && !resume) {
    throw new UsageError(
      `${out} already holds a reproduction: add --resume to go on with it, or choose another folder with --out.`,
    );
  }
  const [first] = (await readFolders(folders)).values();
  if (first && first.result.software !== SOFTWARE) {
    throw new UserError(
      `${first.id} was made by ${first.result.software}, and this is ${SOFTWARE}: go on with that version, or choose other folders.`,
    );
  }
}

/** @returns seconds that what was made now took; null when it was stopped */
async function train(
  instances: readonly Instance[],
  data: DigitData,
  store: SweepStore,
  given: Options,
  line: SweepLine,
): Promise<{ training: number; evaluating: number } | null> {
  const adapter = adapterOf(given);
  const spent = { training: 0, evaluating: 0 };
  const open = async () => {
    const gpu = await openInNode(adapter);
    await Trainer.warmUp(gpu, digitForm(baseline(1).recipe));
    line.line(`on ${adapterName(gpu.adapter)}`);
    return gpu;
  };
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
  return finished ? spent : null;
}

function inWords({ result: { clean, attack } }: InstanceFile): string {
  return (
    `clean error ${percent(clean.error)}` +
    (attack ? `, backdoor error ${percent(attack.error)}` : "")
  );
}
