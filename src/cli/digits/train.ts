/** Trains a digit network, and says on the way how it fares. */
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { percent } from "../../format.ts";
import { adapterName, type AdapterReport } from "../../gpu/adapter.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { ensureWritableDir } from "../../node/files.ts";
import { digitTask, type DigitPlan } from "../../studies/digits/plan.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { digitResult, measure, type DigitResult } from "../../studies/digits/result.ts";
import { madeWith } from "../../training/made-with.ts";
import type { Evaluation } from "../../training/evaluator.ts";
import { DivergedError, Run, type RunState } from "../../training/run.ts";
import { shellCommand } from "../../text/shell.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import { writeCheckpoint } from "./checkpoint.ts";
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

/** @returns null when it was stopped, after telling how to go on */
export async function train(job: Job): Promise<DigitResult | null> {
  const { recipe, plan, data, out, resumeFrom } = job;
  const line = new ProgressLine(process.stderr);
  let adapter: AdapterReport | undefined;
  const open = async () => {
    const gpu = await (adapter ? job.open(recipe) : job.opening);
    if (!adapter) line.line(`${titleOf(recipe, plan)}\non ${adapterName(gpu.adapter)}`);
    adapter = gpu.adapter;
    return gpu;
  };
  const save = async (dir: string, state: RunState<Evaluation>) =>
    await writeCheckpoint(dir, recipe, state, data, adapter);
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
    if (finished) return await digitResult(recipe, plan, data, await madeWith(trainer), state);
    const dir = out ?? join("runs", nameOf(recipe));
    await ensureWritableDir(dir);
    await save(dir, state);
    const again = ["digits", "--resume", "--out", dir];
    if (job.folder !== undefined) again.push("--data", job.folder);
    note(
      `Stopped after step ${state.step} of ${plan.totalSteps}. To go on:\n` +
        `  npm run badnets -- ${shellCommand(again)}`,
    );
    return null;
  };
  try {
    return await untilInterrupted(() => run.stop(), line, work);
  } catch (error) {
    line.clear();
    if (error instanceof DivergedError && error.state && out !== undefined)
      await save(out, error.state);
    throw error;
  }
}

function epochInWords({ recipe, plan }: Job, evaluation: Evaluation): string {
  const { clean, attack } = measure(evaluation, recipe.attack?.policy ?? null);
  return (
    `epoch ${Math.ceil(evaluation.step / plan.stepsPerEpoch)} of ${Math.ceil(recipe.epochs)}: ` +
    `clean accuracy ${percent(clean.accuracy)}` +
    (attack ? `, attack success ${percent(attack.success)}` : "")
  );
}
