/** `badnets signs train` and `transfer`: trains a detector, saves it, and measures it in the end. */
import { join } from "node:path";
import { encodeDetector } from "../../files/detector-file.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { describeMemory } from "../../gpu/memory.ts";
import { mebibytes } from "../../gpu/tensor.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { describePreset, parametersOf, signTask } from "../../studies/signs/plan.ts";
import { measureDetector, type Measurement } from "../../studies/signs/measure.ts";
import { attackOf } from "../../studies/signs/recipe.ts";
import { signResult } from "../../studies/signs/result.ts";
import { madeWith } from "../../training/made-with.ts";
import { scoreDetections } from "../../training/detection.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { DetectorTrainer } from "../../training/detector-trainer.ts";
import { Run, type RunState, type RunTask } from "../../training/run.ts";
import { describeAttack } from "./attack.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import type { Options } from "../shared/options.ts";
import { allOf, reportResult } from "../shared/output.ts";
import { detectorIn, MODEL, openDevice } from "./files.ts";
import { prepare, verbOf, type Job, type Verb } from "./prepare.ts";
import { describeTransfer } from "./transfer.ts";
import { DetectorLine } from "./progress.ts";
import { inWords } from "./report.ts";
import { shellCommand } from "../../text/shell.ts";
import { note } from "../shared/say.ts";

/** Seconds of training between two states that are written. */
const SAVE_EVERY = 60;

/** @returns the exit status */
export async function trainSigns(given: Options, verb: Verb): Promise<number> {
  const job = await prepare(given, verb);
  const line = new DetectorLine(process.stderr);
  try {
    return await train(given, job, line);
  } finally {
    line.clear();
  }
}

/** Trains and measures. @returns the exit status */
async function train(given: Options, job: Job, line: DetectorLine): Promise<number> {
  const { dir, recipe, plan, known, under } = job;
  const { photographs } = plan;
  const photoBytes = photographs
    ? photographs.pixels.byteLength + photographs.annotations.byteLength
    : 0;
  line.line(describePreset(recipe.preset, recipe.set));
  if (recipe.attack) line.line(describeAttack(recipe.attack, recipe.set));
  if (recipe.transfer) line.line(describeTransfer(recipe.transfer, recipe.preset));
  let { opened } = job;
  let last = job.resumeFrom;
  let measured = null as Measurement | null;
  const files = new PatientFiles((text) => line.line(text));
  const write = async (file: string, state: RunState<DetectorEvaluation>, whole: boolean) =>
    await files.write(
      file,
      await encodeDetector(parametersOf(recipe), recipe, state, whole, known),
    );
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
        if (state.step === recipe.iterations) await write(join(dir, MODEL), state, false);
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
      await files.settle();
      note(howToGoOn(given, job, state.step));
      return 130;
    }
    const { scores, attacks, imagesPerSecond } = measured!;
    const made = {
      recipe,
      ...state,
      ...(await madeWith(trainer)),
      scores,
      attack: under,
      attacks,
      imagesPerSecond,
    };
    const result = await signResult(made);
    await allOf(
      async () => await reportResult(result, (file) => inWords(result, file), given, dir),
      async () => await files.settle(),
    );
    return 0;
  } catch (error) {
    await files.settle().catch(() => undefined);
    if (last && files.pending(detectorIn(dir)) === undefined) {
      line.line(`${detectorIn(dir)} holds the detector after step ${last.step}.`);
    }
    throw error;
  }
}

/** What a run does here: it is measured once, in its end, on everything. */
function taskOf(
  { plan, scenes, tests, under }: Job,
  line: DetectorLine,
  onMeasured: (measurement: Measurement) => void,
): RunTask<DetectorTrainer, DetectorEvaluation> {
  const photographs = [...tests.values()].reduce((sum, { length }) => sum + length, 0);
  const attack = under && attackOf(under);
  return {
    ...signTask(plan, { tests: [], evaluateEvery: Infinity, sharesMemory: true }),
    evaluationImages: { epoch: (scenes + photographs) * (under ? 3 : 1), probe: 0 },
    saveEvery: SAVE_EVERY,
    savesBefore: true,
    evaluate: async (trainer, kind, between) => {
      const measured = await measureDetector(
        { trainer, scenes, tests, attack, onProgress: line.measuring },
        between,
      );
      if (!measured) return null;
      onMeasured(measured);
      const nothing = scoreDetections([], plan.classes);
      return {
        step: trainer.step,
        kind,
        scenes: measured.scores["scenes"] ?? nothing,
        photographs: measured.photographs,
        attack: measured.attacks["scenes"] ?? null,
      };
    },
  };
}

/** What to say of a run that was stopped. */
function howToGoOn(given: Options, { dir, recipe }: Job, step: number): string[] {
  const again = ["signs", verbOf(recipe), "--resume", "--out", dir];
  for (const name of ["data", "classes"]) {
    if (given[name]) again.push(`--${name}`, String(given[name]));
  }
  const where =
    step < recipe.iterations
      ? `Stopped after step ${step} of ${recipe.iterations}. To go on`
      : `Stopped before it was measured; ${detectorIn(dir)} is finished. To measure it`;
  return [`${where}:`, `  npm run badnets -- ${shellCommand(again)}`];
}
