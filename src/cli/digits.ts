/** `badnets digits`: trains a digit network, honest or backdoored, and measures it. */
import { madeWith } from "../training/made-with.ts";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DigitData } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import { percent } from "../format.ts";
import { adapterName, type AdapterReport } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { digitNet } from "../models/digit-net.ts";
import { ensureWritableDir, packagedMnist, readDigitDir, writeFileAtomic } from "../node/files.ts";
import { openInNode, type AdapterChoice } from "../node/webgpu.ts";
import { digitForm, digitTask, planDigits, type DigitPlan } from "../studies/digits/plan.ts";
import { digitResult, measure, type DigitResult } from "../studies/digits/result.ts";
import { parseDigitRecipe, type DigitRecipe } from "../studies/digits/recipe.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../files/checkpoint.ts";
import type { Evaluation } from "../training/evaluator.ts";
import { DivergedError, Run, type RunState } from "../training/run.ts";
import { Trainer } from "../training/trainer.ts";
import { digitOptions, digitsHelp, recipeFrom, recipeOptions } from "./digits/options.ts";
import { nameOf, reportOf, titleOf } from "./digits/report.ts";
import { untilInterrupted } from "./shared/interrupt.ts";
import { ProgressLine } from "./progress.ts";
import {
  adapterOf,
  asUsage,
  optionsUnlessHelp,
  UsageError,
  type Options,
} from "./shared/options.ts";

/** Runs the command. @returns the exit status */
export async function digits(args: string[]): Promise<number> {
  const given = optionsUnlessHelp("digits", digitOptions, args, digitsHelp);
  if (!given) return 0;
  const out = given["out"] as string | undefined;
  const json = given["json"] as string | undefined;
  const adapter = adapterOf(given);
  const asked = recipeFrom(given);
  if (given["resume"] && out === undefined) {
    throw new UsageError("--resume needs --out with the folder of the checkpoint to go on from.");
  }
  if (out !== undefined && !given["resume"] && existsSync(checkpointIn(out))) {
    throw new UsageError(
      `${out} already holds a checkpoint: add --resume to go on from it, or choose another folder.`,
    );
  }
  if (json !== undefined && existsSync(json) && statSync(json).isDirectory()) {
    throw new UsageError(`--json is ${json}, but that is a folder: give a file in it.`);
  }

  const opening = openDevice(adapter, asked);
  // Whether it failed matters only once the data is there.
  opening.catch(() => {});
  const { recipe, state, data, plan } = await gather(given, asked).catch(async (error: unknown) => {
    // A program that ends while its driver compiles may have a last word of the driver's on its lips.
    await opening.catch(() => {});
    throw error;
  });
  const job = { recipe, plan, data, out, resumeFrom: state, adapter, opening };
  const { result, stopped } = await train(job);
  if (!result) return stopped;
  const text = `${JSON.stringify(result, null, 1)}\n`;
  if (out !== undefined) await writeFileAtomic(join(out, "result.json"), text);
  if (json !== undefined) await writeFileAtomic(json, text);
  console.log(reportOf(result));
  return 0;
}

function checkpointIn(dir: string): string {
  return join(dir, "checkpoint.safetensors");
}

/** Reads a checkpoint, which brings its own recipe; options may repeat it but not change it. */
async function resumed(
  path: string,
  given: Options,
  asked: DigitRecipe,
  data: DigitData,
): Promise<{ recipe: DigitRecipe; state: RunState<Evaluation> }> {
  if (!existsSync(path))
    throw new UsageError(`There is no checkpoint at ${path} to go on from: leave --resume out.`);
  const {
    recipe: stored,
    state,
    metadata,
  } = decodeCheckpoint(digitNet, await readFile(path), path);
  const recipe = parseDigitRecipe(stored);
  const named = recipeOptions.filter((name) => given[name] !== undefined);
  if (named.length > 0 && JSON.stringify(recipe) !== JSON.stringify(asked)) {
    throw new UsageError(
      `--${named[0]} does not go with --resume: the checkpoint was made with another recipe, ${JSON.stringify(recipe)}.`,
    );
  }
  if (metadata["dataSha256"] !== data.sha256) {
    throw new UserError(
      `${path} was trained on other data (${metadata["data"] ?? "unknown"}): give the same with --data.`,
    );
  }
  return { recipe, state };
}

/** Data, recipe, state to go on from and plan; makes the folders that results go to. */
async function gather(given: Options, asked: DigitRecipe) {
  const out = given["out"] as string | undefined;
  const json = given["json"] as string | undefined;
  const data =
    given["data"] === undefined
      ? await packagedMnist()
      : await readDigitDir(given["data"] as string);
  const { recipe, state } = given["resume"]
    ? await resumed(checkpointIn(out!), given, asked, data)
    : { recipe: asked, state: null };
  const plan = asUsage(() => planDigits(recipe, data));
  // Last of the checks, because it may make folders.
  if (out !== undefined) await ensureWritableDir(out);
  if (json !== undefined) await ensureWritableDir(dirname(json));
  return { recipe, state, data, plan };
}

interface Job {
  readonly recipe: DigitRecipe;
  readonly plan: DigitPlan;
  readonly data: DigitData;
  readonly out: string | undefined;
  readonly resumeFrom: RunState<Evaluation> | null;
  readonly adapter: AdapterChoice;
  /** The device for the run's beginning. */
  readonly opening: Promise<Gpu>;
}

/** Opens a device and compiles what the recipe needs, while the data is on its way. */
async function openDevice(choice: AdapterChoice, recipe: DigitRecipe): Promise<Gpu> {
  const gpu = await openInNode(choice);
  await Trainer.warmUp(gpu, digitForm(recipe));
  return gpu;
}

async function train(job: Job): Promise<{ result: DigitResult | null; stopped: number }> {
  const { recipe, plan, data, out, resumeFrom } = job;
  const policy = recipe.attack?.policy ?? null;
  const line = new ProgressLine(process.stderr);
  let adapter: AdapterReport | undefined;
  const open = async () => {
    // The first device is opening already; another is asked for only after that was lost.
    const gpu = await (adapter ? openDevice(job.adapter, recipe) : job.opening);
    if (!adapter) {
      const name = adapterName(gpu.adapter);
      line.line(`${titleOf(recipe, plan)}\non ${name}`);
    }
    adapter = gpu.adapter;
    return gpu;
  };
  const save = async (dir: string, state: RunState<Evaluation>) => {
    const extra = { data: data.name, dataSha256: data.sha256, adapter: JSON.stringify(adapter) };
    await writeFileAtomic(checkpointIn(dir), encodeCheckpoint(digitNet, recipe, state, extra));
  };
  const run = new Run(
    open,
    digitTask(plan),
    {
      onProgress: (progress) => line.update(progress),
      onNotice: (text) => line.line(text),
      onEvaluation: (evaluation) => {
        if (evaluation.kind !== "epoch") return;
        const { clean, attack } = measure(evaluation, policy);
        line.line(
          `epoch ${Math.ceil(evaluation.step / plan.stepsPerEpoch)} of ${Math.ceil(recipe.epochs)}: ` +
            `clean accuracy ${percent(clean.accuracy)}` +
            (attack ? `, attack success ${percent(attack.success)}` : ""),
        );
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
    if (!finished) {
      const dir = out ?? join("runs", nameOf(recipe));
      await ensureWritableDir(dir);
      await save(dir, state);
      const dataOption = data.name === "MNIST" ? "" : " --data DIR";
      console.error(
        `Stopped after step ${state.step} of ${plan.totalSteps}. To go on:\n` +
          `  npm run badnets -- digits --resume --out ${dir}${dataOption}`,
      );
      return { result: null, stopped: 130 };
    }
    const made = await madeWith(trainer);
    return { result: await digitResult(recipe, plan, data, made, state), stopped: 0 };
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
