/** Trains a digit network, and says on the way how it fares. */
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { percent } from "../../format.ts";
import { adapterName, type AdapterReport } from "../../gpu/adapter.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { PatientFiles } from "../../node/patient-files.ts";
import { ensureWritableDir } from "../../node/write-output.ts";
import { digitTask, type DigitPlan } from "../../studies/digits/plan.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { digitResult, measure, type DigitResult } from "../../studies/digits/result.ts";
import { madeWith } from "../../training/made-with.ts";
import type { Evaluation } from "../../training/evaluator.ts";
import { DivergedError, Run, type RunState } from "../../training/run.ts";
import { shellCommand } from "../../text/shell.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import { checkpointIn, checkpointOf } from "./checkpoint.ts";
import { ProgressLine } from "./progress.ts";
import { nameOf, titleOf } from "./report.ts";
import { note } from "../shared/say.ts";

interface Job {
  readonly recipe: DigitRecipe;
  readonly plan: DigitPlan;
  readonly data: DigitData;
  /** That the data was read from; undefined: MNIST from its package. */
  readonly folder: string | undefined;
  /** Where checkpoints go, if anywhere. */
  readonly out: string | undefined;
  readonly resumeFrom: RunState<Evaluation> | null;
  /** The device for the run's beginning, and another should that be lost. */
  readonly opening: Promise<Gpu>;
  readonly open: (recipe: DigitRecipe) => Promise<Gpu>;
}

/** What came of it; `files` holds what could not be written yet. */
interface Trained {
  readonly result: DigitResult;
  readonly files: PatientFiles;
}

/** @returns null when it was stopped, after telling how to go on */
export async function train(job: Job): Promise<Trained | null> {
  const { recipe, plan, data, out, resumeFrom } = job;
  const line = new ProgressLine(process.stderr);
  const files = new PatientFiles((text) => line.line(text));
  let adapter: AdapterReport | undefined;
  const open = async () => {
    const gpu = await (adapter ? job.open(recipe) : job.opening);
    if (!adapter) line.line([...titleOf(recipe, plan), `on ${adapterName(gpu.adapter)}`]);
    adapter = gpu.adapter;
    return gpu;
  };
  const save = async (dir: string, state: RunState<Evaluation>) =>
    await files.write(checkpointIn(dir), await checkpointOf(recipe, state, data, adapter));
  const run = new Run(
    open,
    digitTask(plan),
    {
      onProgress: (progress) => line.update(progress),
      onNotice: (text) => line.line(text),
      onEvaluation: (evaluation) => {
        if (evaluation.kind === "epoch") line.line(epochInWords(job, evaluation));
      },
      onState: async (state) => {
        if (out !== undefined) await save(out, state);
      },
    },
    resumeFrom,
  );
  const work = async () => {
    const { finished, state, trainer } = await run.run();
    line.clear();
    if (finished) {
      const made = await madeWith(trainer);
      return { result: await digitResult(recipe, plan, data, made, state), files };
    }
    const dir = out ?? join("runs", nameOf(recipe));
    if (out === undefined) {
      await ensureWritableDir(dir);
      await ownFolder(dir, note);
      await save(dir, state);
    }
    await files.settle();
    note(howToGoOn(job, dir, state.step));
    return null;
  };
  try {
    return await untilInterrupted(() => run.stop(), line, work);
  } catch (error) {
    line.clear();
    await files.settle().catch(() => undefined);
    if (error instanceof DivergedError && error.state && out !== undefined) {
      const path = checkpointIn(out);
      if (files.pending(path) === undefined) {
        line.line(`${path} holds the state after step ${error.state.step}.`);
      }
    }
    throw error;
  }
}

/** What to say of a run that was stopped. */
function howToGoOn({ plan, folder }: Job, dir: string, step: number): string[] {
  const again = ["digits", "--resume", "--out", dir];
  if (folder !== undefined) again.push("--data", folder);
  return [
    `Stopped after step ${step} of ${plan.totalSteps}. To go on:`,
    `  npm run badnets -- ${shellCommand(again)}`,
  ];
}

function epochInWords({ recipe, plan }: Job, evaluation: Evaluation): string {
  const { clean, attack } = measure(evaluation, recipe.attack?.policy ?? null);
  return (
    `epoch ${Math.ceil(evaluation.step / plan.stepsPerEpoch)} of ${Math.ceil(recipe.epochs)}: ` +
    `clean accuracy ${percent(clean.accuracy)}` +
    (attack ? `, attack success ${percent(attack.success)}` : "") +
    (recipe.attack?.policy.kind === "single-target"
      ? `, other digits right ${percent(attack!.otherClassesAccuracy ?? 0)}`
      : "")
  );
}
