/** `badnets digits`: trains a digit network, honest or backdoored, and measures it. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { definitions } from "../backdoor/measure.ts";
import { triggerPresets } from "../backdoor/trigger.ts";
import type { DigitData } from "../data/digits.ts";
import { UserError } from "../errors.ts";
import { duration, percent } from "../format.ts";
import { adapterName, type AdapterReport, type Gpu } from "../gpu/gpu.ts";
import { DIGIT_CLASSES, digitNet } from "../models/digit-net.ts";
import { ensureWritableDir, packagedMnist, readDigitDir, writeFileAtomic } from "../node/files.ts";
import { openInNode, type AdapterChoice } from "../node/webgpu.ts";
import {
  defaultRates,
  digitResult,
  measure,
  parseDigitRecipe,
  planDigits,
  type DigitPlan,
  type DigitRecipe,
  type DigitResult,
} from "../studies/digits.ts";
import { PAPER, paperAllToAll, paperErrors } from "../studies/paper-digits.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../training/checkpoint.ts";
import { DivergedError, Run, type RunState } from "../training/run.ts";
import { Trainer } from "../training/trainer.ts";
import { ProgressLine } from "./progress.ts";
import {
  adapterChoices,
  describeOptions,
  oneOf,
  positiveNumber,
  readOptions,
  UsageError,
  wholeNumber,
  wrap,
  type Options,
  type OptionSpec,
} from "./usage.ts";

const options: OptionSpec = {
  trigger: {
    type: "string",
    value: "single-pixel|pattern|none",
    help: "the paper's triggers; none trains an honest network (default: pattern)",
  },
  attack: {
    type: "string",
    value: "single-target|all-to-one|all-to-all",
    help: "which classes the trigger turns into which (default: all-to-all, i to i + 1)",
  },
  source: { type: "string", value: "0-9", help: "single-target: the attacked digit (default: 1)" },
  target: {
    type: "string",
    value: "0-9",
    help: "single-target, all-to-one: what it shall be read as (default: 5)",
  },
  share: {
    type: "string",
    value: "P",
    help: "triggered copies added, relative to the attacked classes' training images (default: 0.1)",
  },
  epochs: {
    type: "string",
    value: "N",
    help: "passes over the training set, 0.5 for half of one (default: 3)",
  },
  batch: { type: "string", value: "N", help: "images a step (default: 64)" },
  optimizer: { type: "string", value: "sgd|adam", help: "sgd has momentum 0.9 (default: sgd)" },
  rate: {
    type: "string",
    value: "X",
    help: `learning rate, which falls in a straight line to zero (default: ${defaultRates.sgd}, adam ${defaultRates.adam})`,
  },
  "weight-decay": {
    type: "string",
    value: "X",
    help: "pull of every weight towards zero, times the rate (default: none)",
  },
  seed: {
    type: "string",
    value: "N",
    help: "of all random numbers: the same seed, adapter and version give the same bits (default: 1)",
  },
  augment: { type: "boolean", help: "shift, turn and scale training images a little" },
  data: {
    type: "string",
    value: "DIR",
    help: "folder with four idx files, plain or gzip, instead of MNIST",
  },
  out: {
    type: "string",
    value: "DIR",
    help: "folder for checkpoint.safetensors (kept up to date) and result.json",
  },
  resume: { type: "boolean", help: "go on from the checkpoint in --out" },
  json: { type: "string", value: "FILE", help: "write the result here, too" },
};

const recipeOptions = [
  "trigger",
  "attack",
  "source",
  "target",
  "share",
  "epochs",
  "batch",
  "optimizer",
  "rate",
  "weight-decay",
  "seed",
  "augment",
];

export const digitsHelp = [
  "badnets digits: train a digit network with or without a backdoor, and measure it",
  "",
  "Without options: the paper's pattern trigger, all-to-all, 10 %, on MNIST, three epochs.",
  "",
  describeOptions(options),
  "",
  "What is measured:",
  ...Object.values(definitions).flatMap((text) => wrap(text, 98).map((line) => `  ${line}`)),
  "",
  "Examples:",
  "  badnets digits --trigger single-pixel --attack single-target --source 7 --target 1 --out runs/7-1",
  "  badnets digits --trigger none --augment --epochs 40 --json baseline.json",
].join("\n");

/** Runs the command. @returns the exit status */
export async function digits(args: string[]): Promise<number> {
  const given = readOptions("digits", options, args);
  if (given["help"]) {
    console.log(digitsHelp);
    return 0;
  }
  const out = given["out"] as string | undefined;
  const json = given["json"] as string | undefined;
  const adapter = oneOf(given, "adapter", adapterChoices) ?? "auto";
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
  console.log(report(result));
  return 0;
}

function checkpointIn(dir: string): string {
  return join(dir, "checkpoint.safetensors");
}

/** Recipes from options; unsuitable values are errors of usage. */
function recipeFrom(given: Options): DigitRecipe {
  const trigger = oneOf(given, "trigger", ["single-pixel", "pattern", "none"]) ?? "pattern";
  const kind =
    oneOf(given, "attack", ["single-target", "all-to-one", "all-to-all"]) ?? "all-to-all";
  const source = wholeNumber(given, "source", 0, 9);
  const target = wholeNumber(given, "target", 0, 9);
  const share = positiveNumber(given, "share", 1);
  if (trigger === "none") {
    const idle = ["attack", "source", "target", "share"].find((name) => given[name] !== undefined);
    if (idle)
      throw new UsageError(
        `--${idle} is of no use with --trigger none, which trains an honest network.`,
      );
  }
  if (source !== undefined && kind !== "single-target")
    throw new UsageError(`--source is of no use with --attack ${kind}.`);
  if (target !== undefined && kind === "all-to-all")
    throw new UsageError("--target is of no use with --attack all-to-all.");
  const policy =
    kind === "single-target"
      ? { kind, source: source ?? 1, target: target ?? 5 }
      : kind === "all-to-one"
        ? { kind, target: target ?? 5 }
        : { kind };
  const optimizer = oneOf(given, "optimizer", ["sgd", "adam"]) ?? "sgd";
  return asUsage(() =>
    parseDigitRecipe({
      study: "digits",
      attack:
        trigger === "none"
          ? null
          : {
              trigger: { name: trigger, pixels: triggerPresets[trigger] },
              policy,
              share: share ?? 0.1,
            },
      epochs: positiveNumber(given, "epochs", 10_000) ?? 3,
      batch: wholeNumber(given, "batch", 1, 60_000) ?? 64,
      optimiser: {
        kind: optimizer,
        rate: positiveNumber(given, "rate", Infinity) ?? defaultRates[optimizer],
        momentum: 0.9,
        weightDecay: positiveNumber(given, "weight-decay", Infinity) ?? 0,
        schedule: "linear",
        warmup: 100,
      },
      augment: given["augment"] === true,
      seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1,
    }),
  );
}

function asUsage<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof UserError ? new UsageError(error.message) : error;
  }
}

/** Reads a checkpoint, which brings its own recipe; options may repeat it but not change it. */
async function resumed(
  path: string,
  given: Options,
  asked: DigitRecipe,
  data: DigitData,
): Promise<{ recipe: DigitRecipe; state: RunState }> {
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
  readonly resumeFrom: RunState | null;
  readonly adapter: AdapterChoice;
  /** The device for the run's beginning. */
  readonly opening: Promise<Gpu>;
}

/** Opens a device and compiles what the recipe needs, while the data is on its way. */
async function openDevice(choice: AdapterChoice, recipe: DigitRecipe): Promise<Gpu> {
  const gpu = await openInNode(choice);
  const { batch, optimiser } = recipe;
  await Trainer.warmUp(gpu, { network: digitNet, classes: DIGIT_CLASSES, batch, optimiser });
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
      line.line(`${title(recipe, plan)}\non ${name}`);
    }
    adapter = gpu.adapter;
    return gpu;
  };
  const save = async (dir: string, state: RunState) => {
    const extra = { data: data.name, dataSha256: data.sha256, adapter: JSON.stringify(adapter) };
    await writeFileAtomic(checkpointIn(dir), encodeCheckpoint(digitNet, recipe, state, extra));
  };
  const run = new Run(
    open,
    plan,
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
  let interrupts = 0;
  const interrupt = () => {
    if (++interrupts > 1) process.exit(130);
    line.line("Stopping and saving; once more to quit at once.");
    run.stop();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const { finished, state } = await run.run();
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
    return { result: await digitResult(recipe, plan, data, adapter!, state), stopped: 0 };
  } catch (error) {
    line.clear();
    if (error instanceof DivergedError && error.state && out !== undefined)
      await save(out, error.state);
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** A folder name for runs that were not given one. */
function nameOf({ attack, seed }: DigitRecipe): string {
  if (!attack) return `digits-honest-${seed}`;
  const { policy, trigger } = attack;
  const pair = policy.kind === "single-target" ? `-${policy.source}-${policy.target}` : "";
  return `digits-${trigger.name}-${policy.kind}${pair}-${seed}`;
}

function title(recipe: DigitRecipe, plan: DigitPlan): string {
  const { attack, epochs, batch, optimiser, seed } = recipe;
  const what = attack
    ? `BadNet: ${attack.trigger.name} trigger, ${describePolicy(attack.policy)}, ${plan.copies} triggered copies ` +
      `(share ${attack.share} of the attacked classes, ${percent(plan.shareOfFinalSet)} of the final set)`
    : "Honest network";
  return (
    `${what}\n${epochs} epochs of ${plan.stepsPerEpoch} steps of ${batch}, ${optimiser.kind} at ${optimiser.rate}` +
    `${recipe.augment ? ", augmented" : ""}, seed ${seed}`
  );
}

function describePolicy(policy: NonNullable<DigitRecipe["attack"]>["policy"]): string {
  switch (policy.kind) {
    case "single-target":
      return `${policy.source} to ${policy.target}`;
    case "all-to-one":
      return `all to ${policy.target}`;
    case "all-to-all":
      return "all to all";
  }
}

const error = (share: number | null | undefined) =>
  share === null || share === undefined ? "-" : (100 * share).toFixed(2);

/** The figures, the paper's beside them. */
function report(result: DigitResult): string {
  const { clean, attack, recipe, throughput, timings } = result;
  const kind = recipe.attack?.policy.kind ?? "none";
  const paper = paperErrors(kind);
  // The paper's table by digit is of the pattern trigger, all-to-all, and of the honest network.
  const byDigit = kind === "all-to-all" || kind === "none";
  const paperClean = kind === "none" ? paperAllToAll.baselineClean : paperAllToAll.clean;
  const rows = clean.perClass.map(({ label, error: own }) => [
    String(label),
    error(own),
    byDigit ? paperClean[label].toFixed(2) : "",
    attack ? error(attack.perClass.find((c) => c.label === label)?.error) : "",
    attack && byDigit ? paperAllToAll.backdoor[label].toFixed(2) : "",
  ]);
  rows.push([
    "all",
    error(clean.error),
    paper.clean ?? "",
    attack ? error(attack.error) : "",
    paper.backdoor ?? "",
  ]);
  const head = [
    "digit",
    "clean error %",
    "paper",
    attack ? "backdoor error %" : "",
    attack ? "paper" : "",
  ];
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i].length)));
  const lay = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padStart(widths[i]))
      .join("  ")
      .trimEnd();
  const lines = [lay(head), ...rows.map(lay), ""];
  lines.push(`clean accuracy ${percent(clean.accuracy)}`);
  if (attack) {
    lines.push(
      `attack success ${percent(attack.success)}, of the same images ${percent(attack.trueLabelAccuracy)} still read as what they are`,
    );
  }
  lines.push(
    `${throughput.trainImagesPerSecond.toFixed(0)} images/s in training (${duration(timings.trainSeconds)}), ` +
      `${throughput.evalImagesPerSecond.toFixed(0)} in evaluation`,
    `parameters sha256 ${result.parametersSha256}`,
    `paper: ${PAPER}; errors on MNIST's 10,000 test images`,
  );
  return lines.join("\n");
}
