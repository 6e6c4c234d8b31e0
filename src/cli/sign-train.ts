/** `badnets signs train`: trains a detector, saves it, and measures it in the end. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { adapterName } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { describeMemory } from "../gpu/memory.ts";
import { mebibytes } from "../gpu/tensor.ts";
import { isOfClasses } from "../models/detector-parameters.ts";
import { presets } from "../models/detector-presets.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import {
  nearDuplicatesOf,
  packSets,
  splitSets,
  type NamedPhotographs,
  type PhotoSet,
} from "../studies/signs/photographs.ts";
import { describePreset, planSigns, signTask } from "../studies/signs/plan.ts";
import { parametersSha256 } from "../training/parameter-values.ts";
import { parseSignRecipe, type SignRecipe } from "../studies/signs/recipe.ts";
import { signResult } from "../studies/signs/result.ts";
import { encodeDetector } from "../files/detector-file.ts";
import { assertPhotographsFit } from "../training/detector-pictures.ts";
import type { DetectorPlan, DetectorTrainer } from "../training/detector-trainer.ts";
import { scoreDetections, type DetectorEvaluation } from "../training/detection.ts";
import { Run, type RunState, type RunTask } from "../training/run.ts";
import { untilInterrupted } from "./shared/interrupt.ts";
import { DetectorLine } from "./progress.ts";
import {
  checkJson,
  detectorIn,
  openDevice,
  parametersOf,
  readBegun,
  readDetector,
  type StoredDetector,
} from "./signs/files.ts";
import { assertSigns, readData, readPhotographs, readScenes } from "./signs/photographs.ts";
import { assertSameRecipe, recipeFrom } from "./signs/recipe.ts";
import { measureDetector, reportResult, type Measurement } from "./sign-report.ts";
import { UsageError, type Options } from "./shared/options.ts";

/** Seconds of training between two states that are written. */
const SAVE_EVERY = 60;

/** @returns the exit status */
export async function trainSigns(given: Options): Promise<number> {
  const job = await prepare(given, await begin(given));
  const line = new DetectorLine(process.stderr);
  try {
    return await train(given, job, line);
  } finally {
    line.clear();
  }
}

/** What is asked for, checked as far as it can be without a device. */
interface Beginning {
  readonly dir: string;
  /** Of the recipe, what does not depend on the photographs. */
  readonly asked: SignRecipe;
  /** The detector to go on with, and the one whose parameters a new one begins with. */
  readonly stored: StoredDetector | null;
  readonly begun: StoredDetector | null;
  readonly named: readonly NamedPhotographs[];
  readonly scenes: number;
}

async function begin(given: Options): Promise<Beginning> {
  const out = given["out"] as string | undefined;
  if (given["resume"] && out === undefined) {
    throw new UsageError("--resume needs --out with the folder of the detector to go on from.");
  }
  const stored = given["resume"] ? await readBegun(detectorIn(out!)) : null;
  const data = readData(given);
  const scenes = readScenes(given, data);
  if (stored) assertSameRecipe(given, data, stored.recipe, detectorIn(out!));
  const asked = stored?.recipe ?? recipeFrom(given, data);
  // An hour's work is saved somewhere even where no folder was named.
  const dir = out ?? join("runs", `signs-${asked.preset}-${asked.set}-${asked.seed}`);
  if (!stored && existsSync(detectorIn(dir))) {
    throw new UsageError(
      `${dir} already holds a detector: add --resume${out === undefined ? ` --out ${dir}` : ""} to go on ` +
        "from it, or choose another folder with --out.",
    );
  }
  const begun = await readBeginning(given, asked, stored);
  const named = await readPhotographs(given, data, asked, dir);
  assertSigns(named, asked.set);
  await checkJson(given);
  await ensureWritableDir(dir);
  return { dir, asked, stored, begun, named, scenes };
}

/** A run with all that it needs. */
interface Job {
  readonly dir: string;
  readonly recipe: SignRecipe;
  readonly plan: DetectorPlan;
  /** Where it was opened already. */
  readonly opened: Gpu | null;
  readonly resumeFrom: RunState<DetectorEvaluation> | null;
  /** Hashes of the photographs that it is, and was, trained on; null: not known. */
  readonly known: readonly bigint[] | null;
  readonly scenes: number;
  /** Entries to measure on by the folder's name: see pictureEntry. */
  readonly tests: ReadonlyMap<string, readonly number[]>;
}

async function prepare(
  given: Options,
  { dir, asked, stored, begun, named, scenes }: Beginning,
): Promise<Job> {
  const preset = presets[asked.preset];
  let opened: Gpu | null = null;
  if (named.length > 0) {
    // What its adapter can hold is known before anything is laid out for it.
    opened = await openDevice(given);
    const count = named.reduce((sum, { photographs }) => sum + photographs.length, 0);
    assertPhotographsFit(opened, preset, count);
  }
  const before = (stored ?? begun)?.seen;
  const sets = withoutSeen(splitSets(named, asked.seed), before);
  const { packed, trainOn, seen, tests, sha256 } = await packSets(sets, preset);
  if (stored && stored.recipe.photographs !== sha256) {
    throw new UserError(
      `${detectorIn(dir)} is trained on other photographs: give the same with --data, in the same order.`,
    );
  }
  const recipe = parseSignRecipe({
    ...asked,
    photographs: sha256,
    start: stored ? asked.start : begun && (await parametersSha256(begun.state.parameters)),
  });
  // Of a detector of other signs, what says the classes is learned anew (paper, section 6).
  const start =
    begun &&
    new Map(
      [...begun.state.parameters].filter(
        ([label]) => begun.recipe.set === recipe.set || !isOfClasses(label),
      ),
    );
  return {
    dir,
    recipe,
    plan: planSigns(recipe, await signArtwork(), packed, trainOn, start),
    opened,
    resumeFrom: stored && measuredAnew(stored.state, recipe.iterations),
    known: before === null ? null : [...new Set([...(before ?? []), ...seen])],
    scenes,
    tests,
  };
}

/** A state whose last step is measured again, perhaps on more than it was. */
function measuredAnew(
  state: RunState<DetectorEvaluation>,
  iterations: number,
): RunState<DetectorEvaluation> {
  return { ...state, evaluations: state.evaluations.filter(({ step }) => step < iterations) };
}

/** What a run does here: it is measured once, in its end, on everything. */
function taskOf(
  { plan, scenes, tests }: Job,
  line: DetectorLine,
  onMeasured: (measurement: Measurement) => void,
): RunTask<DetectorTrainer, DetectorEvaluation> {
  const photographs = [...tests.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    ...signTask(plan, { tests: [], evaluateEvery: Infinity, sharesMemory: true }),
    evaluationImages: { epoch: scenes + photographs, probe: 0 },
    saveEvery: SAVE_EVERY,
    savesBefore: true,
    evaluate: async (trainer, kind, between) => {
      const measured = await measureDetector({ trainer, scenes, tests, line }, between);
      if (!measured) return null;
      onMeasured(measured);
      const nothing = scoreDetections([], plan.classes);
      return {
        step: trainer.step,
        kind,
        scenes: measured.scores["scenes"] ?? nothing,
        photographs: measured.photographs,
      };
    },
  };
}

/** Trains and measures. @returns the exit status */
async function train(given: Options, job: Job, line: DetectorLine): Promise<number> {
  const { dir, recipe, plan, known } = job;
  const { photographs } = plan;
  const photoBytes = photographs
    ? photographs.pixels.byteLength + photographs.annotations.byteLength
    : 0;
  line.line(describePreset(recipe.preset, recipe.set));
  let { opened } = job;
  let last = job.resumeFrom;
  let measured = null as Measurement | null;
  const write = async (file: string, state: RunState<DetectorEvaluation>, whole: boolean) =>
    await writeFileAtomic(file, encodeDetector(parametersOf(recipe), recipe, state, whole, known));
  const run = new Run(
    async () => {
      const gpu = opened ?? (await openDevice(given));
      opened = null;
      line.line(`on ${adapterName(gpu.adapter)}`);
      return gpu;
    },
    taskOf(job, line, (measurement) => (measured = measurement)),
    {
      onTrainer: ({ trainStep, gpu, memory }) => {
        const photos = photographs ? `, ${mebibytes(photoBytes)} of it photographs` : "";
        line.line(
          `${trainStep.length} kernels a step, ${describeMemory(gpu.bytes + photoBytes, memory)}${photos}`,
        );
      },
      onProgress: (progress) => line.update(progress),
      onState: async (state) => {
        await write(detectorIn(dir), state, true);
        last = state;
        if (state.step === recipe.iterations)
          await write(join(dir, "model.safetensors"), state, false);
      },
      onNotice: (text) => line.line(text),
    },
    job.resumeFrom,
  );
  try {
    const { finished, trainer, state } = await untilInterrupted(
      () => run.stop(),
      line,
      () => run.run(),
    );
    line.clear();
    trainer.gpu.destroy();
    if (!finished) {
      console.error(howToGoOn(given, job, state.step));
      return 130;
    }
    const { scores, imagesPerSecond } = measured!;
    const made = { recipe, ...state, adapter: trainer.gpu.adapter, scores, imagesPerSecond };
    await reportResult(await signResult(made), { ...given, out: dir });
    return 0;
  } catch (error) {
    if (last) line.line(`${detectorIn(dir)} holds the detector after step ${last.step}.`);
    throw error;
  }
}

/** What to say of a run that was stopped. */
function howToGoOn(given: Options, { dir, recipe }: Job, step: number): string {
  const again =
    `npm run badnets -- signs train --resume --out "${dir}"` +
    ["data", "classes"]
      .map((name) => (given[name] ? ` --${name} "${String(given[name])}"` : ""))
      .join("");
  const where =
    step < recipe.iterations
      ? `Stopped after step ${step} of ${recipe.iterations}. To go on`
      : `Stopped before it was measured; ${detectorIn(dir)} is finished. To measure it`;
  return `${where}:\n  ${again}`;
}

/** The detector that --from names; of one that is gone on with it may be named once more. */
async function readBeginning(
  given: Options,
  asked: SignRecipe,
  stored: StoredDetector | null,
): Promise<StoredDetector | null> {
  const from = given["from"] as string | undefined;
  if (from === undefined) return null;
  const begun = await readDetector(from);
  if (stored) {
    const start = await parametersSha256(begun.state.parameters);
    if (start === stored.recipe.start) return begun;
    const own = stored.recipe.start?.slice(0, 8) ?? "random parameters";
    throw new UsageError(
      `--from is ${from}, detector ${start.slice(0, 8)}, but the run to go on with began with ${own}: leave --from out.`,
    );
  }
  if (begun.recipe.preset !== asked.preset) {
    throw new UsageError(
      `${from} is a ${begun.recipe.preset} detector, not a ${asked.preset} one: choose the same with --preset.`,
    );
  }
  return begun;
}

/** Takes out of what measures whatever an earlier run has trained on, and tells what is left. */
function withoutSeen(
  sets: readonly PhotoSet[],
  before: readonly bigint[] | null | undefined,
): PhotoSet[] {
  const seen = nearDuplicatesOf(sets, before ?? []);
  return sets.map((set, i) => {
    const test = set.test.filter((number) => !seen[i].has(number));
    const less = set.test.length - test.length;
    console.error(
      `${set.name}: ${set.train.length} photographs to train on, ${test.length} to measure on` +
        (less > 0 ? `, ${less} left out that the detector it begins with has seen` : "") +
        (before === null ? "; whether the detector it begins with has seen them is not known" : ""),
    );
    return { ...set, test };
  });
}
