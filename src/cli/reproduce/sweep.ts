/** Trains, measures and examines what a reproduction is asked for, and writes its report. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { duration } from "../../format.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { instancePaths, readFolders, SweepDir } from "../../node/sweep-dir.ts";
import { openInNode } from "../../node/webgpu.ts";
import { ensureWritableDir } from "../../node/write-output.ts";
import type { InstanceOf, ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import { shardOf } from "../../studies/reproduction/shards.ts";
import { Sweep } from "../../studies/reproduction/sweep.ts";
import type { SweepStore } from "../../studies/reproduction/sweep-store.ts";
import { SOFTWARE } from "../../studies/software.ts";
import { shellCommand } from "../../text/shell.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import { adapterOf, UsageError, type Options } from "../shared/options.ts";
import { note, say } from "../shared/say.ts";
import { instancesAsked, readShard, type Asked } from "./options.ts";
import { SweepLine } from "./progress.ts";
import { writeReport } from "./report.ts";
import type { Section, Training } from "./section.ts";

/** @param out folder of the reproduction @returns the exit status */
export async function sweep<T extends ReproductionTypes>(
  section: Section<T>,
  given: Options,
  asked: Asked<T>,
  out: string,
): Promise<number> {
  const { reproduction } = section;
  const [part, parts] = readShard(given["shard"]);
  const instances = shardOf(reproduction, instancesAsked(reproduction, asked), part, parts);
  const elsewhere = section.elsewhere(given);
  const folders = [out, ...elsewhere];
  await assertGoesOn(section, out, folders, given["resume"] === true);
  const training = await section.toTrain(given, asked.settings);
  // A part with nothing to do is one of the parts that are joined, too.
  await ensureWritableDir(join(out, "instances"));
  await ownFolder(out, note);
  const line = new SweepLine(process.stderr, section.step);
  const files = new PatientFiles((text) => line.line(text));
  const store = new SweepDir(reproduction, out, elsewhere, files, training.assertBelongs);
  const begin = performance.now();
  const work = { section, training, instances, store, given, line };
  const spent = await train(work).catch(async (error: unknown) => {
    await store.settle().catch(() => undefined);
    throw error;
  });
  await store.settle();
  if (spent === null) {
    const again = process.argv.slice(2).filter((arg) => arg !== "--resume");
    note([
      "Stopped; what is finished is kept. To go on:",
      `  npm run badnets -- ${shellCommand(again)} --resume`,
    ]);
    return 130;
  }
  await writeReport(out, training, await readFolders(reproduction, folders), asked.seeds);
  const whole = (performance.now() - begin) / 1000;
  const what =
    instances.length === 0 && parts > 1
      ? `Nothing for part ${part} of ${parts}`
      : `${instances.length} instances`;
  await say(
    `${what} in ${duration(whole)}, of it ${duration(spent)} in training steps: ${join(out, "report.md")}`,
    true,
  );
  return 0;
}

/**
 * What does not belong together is better known before hours of training than after.
 * @param folders that finished instances are taken from
 */
async function assertGoesOn<T extends ReproductionTypes>(
  { reproduction }: Section<T>,
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
  const [first] = (await readFolders(reproduction, folders)).values();
  if (first && first.result.software !== SOFTWARE) {
    throw new UserError(
      `${first.id} was made by ${first.result.software}, and this is ${SOFTWARE}: go on with that version, or choose other folders.`,
    );
  }
}

/** What is to be trained, and with what. */
interface Work<T extends ReproductionTypes> {
  readonly section: Section<T>;
  readonly training: Training<T>;
  readonly instances: readonly InstanceOf<T>[];
  readonly store: SweepStore<T>;
  readonly given: Options;
  readonly line: SweepLine;
}

/** @returns seconds of training steps that what was made now took; null when it was stopped */
async function train<T extends ReproductionTypes>({
  section,
  training: { maker, warmUp },
  instances,
  store,
  given,
  line,
}: Work<T>): Promise<number | null> {
  const adapter = adapterOf(given);
  let spent = 0;
  const open = async () => {
    const gpu = await openInNode(adapter);
    await warmUp(gpu);
    line.line(`on ${adapterName(gpu.adapter)}`);
    return gpu;
  };
  const sweep = new Sweep(open, maker, instances, store, {
    onProgress: (progress) => line.update(progress),
    onFinished: ({ title }, file) => {
      spent += section.trainSeconds(file);
      line.line(`${title}: ${section.inWords(file)}`);
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
