/** The options of `badnets digits`, its help, and the recipe that they ask for. */
import { definitions } from "../../backdoor/measure.ts";
import { triggerPresets } from "../../backdoor/trigger.ts";
import { defaultRates, parseDigitRecipe, type DigitRecipe } from "../../studies/digits/recipe.ts";
import {
  asUsage,
  describeOptions,
  oneOf,
  positiveNumber,
  UsageError,
  wholeNumber,
  wrap,
  type Options,
  type OptionSpec,
} from "../shared/options.ts";

export const digitOptions: OptionSpec = {
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

/** Those that decide the recipe. */
export const recipeOptions = [
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
  ...describeOptions(digitOptions),
  "",
  "What is measured:",
  ...Object.values(definitions).flatMap((text) => wrap(text, 98).map((line) => `  ${line}`)),
  "",
  "Examples:",
  "  badnets digits --trigger single-pixel --attack single-target --source 7 --target 1 --out runs/7-1",
  "  badnets digits --trigger none --augment --epochs 40 --json baseline.json",
];

/** Recipes from options; unsuitable values are errors of usage. */
export function recipeFrom(given: Options): DigitRecipe {
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
