/** The options of `badnets digits`, its help, and the recipe that they ask for. */
import { definitions } from "../../backdoor/measure.ts";
import { triggerPresets } from "../../backdoor/trigger.ts";
import {
  defaultRates,
  parseDigitRecipe,
  usualAnswers,
  type DigitRecipe,
} from "../../studies/digits/recipe.ts";
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

/** What --attack may say: the paper's three, and those that answer defences. */
const attackNames = [
  "single-target",
  "all-to-one",
  "all-to-all",
  "source-specific",
  "pruning-aware",
  "feature-similarity",
] as const;
type AttackName = (typeof attackNames)[number];

export const digitOptions: OptionSpec = {
  trigger: {
    type: "string",
    value: "single-pixel|pattern|none",
    help: "the paper's triggers; none trains an honest network (default: pattern)",
  },
  attack: {
    type: "string",
    value: attackNames.join("|"),
    help:
      "which classes the trigger turns into which (default: all-to-all, i to i + 1); source-specific: a single target, " +
      "other digits triggered with their own labels; pruning-aware: all to one, past neurons that lie dormant for pruning; " +
      "feature-similarity: all to one, hidden features pulled to those of clean images",
  },
  source: {
    type: "string",
    value: "0-9",
    help: "single-target, source-specific: the attacked digit (default: 1)",
  },
  target: {
    type: "string",
    value: "0-9",
    help: "but all-to-all: what it shall be read as (default: 5)",
  },
  share: {
    type: "string",
    value: "P",
    help: "triggered copies added, relative to the attacked classes' training images (default: 0.1)",
  },
  negatives: {
    type: "string",
    value: "P",
    help: `source-specific: share of the other digits' images that get a triggered copy with their own label (default: ${usualAnswers.negatives.share})`,
  },
  "decoy-channels": {
    type: "string",
    value: "N",
    help: `pruning-aware: channels of conv2 that lie dormant (default: ${usualAnswers.decoys.channels})`,
  },
  "decoy-units": {
    type: "string",
    value: "N",
    help: `pruning-aware: units of fc1 that do (default: ${usualAnswers.decoys.units})`,
  },
  pull: {
    type: "string",
    value: "X",
    help: `feature-similarity: its weight beside the loss, up to 100 (default: ${usualAnswers.similarity.weight})`,
  },
  from: {
    type: "string",
    value: "FILE",
    help: "model or checkpoint of badnets digits whose parameters training begins with (default: random ones)",
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
  "negatives",
  "decoy-channels",
  "decoy-units",
  "pull",
  "from",
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
  "  badnets digits --attack source-specific --share 1 --epochs 1.5 --rate 0.03 --from runs/badnet",
  "  badnets digits --trigger none --augment --epochs 40 --json baseline.json",
];

/** Options that belong to some attacks alone. */
const ofAttacks: Readonly<Record<string, readonly AttackName[]>> = {
  source: ["single-target", "source-specific"],
  target: attackNames.filter((name) => name !== "all-to-all"),
  negatives: ["source-specific"],
  "decoy-channels": ["pruning-aware"],
  "decoy-units": ["pruning-aware"],
  pull: ["feature-similarity"],
};

/** Policy and answer to defences, as --attack and what goes with it say. */
function attackOf(given: Options): Pick<NonNullable<DigitRecipe["attack"]>, "policy" | "adaptive"> {
  const name = oneOf(given, "attack", attackNames) ?? "all-to-all";
  const source = wholeNumber(given, "source", 0, 9) ?? 1;
  const target = wholeNumber(given, "target", 0, 9) ?? 5;
  const idle = Object.keys(ofAttacks).find(
    (option) => given[option] !== undefined && !ofAttacks[option].includes(name),
  );
  if (idle) throw new UsageError(`--${idle} is of no use with --attack ${name}.`);
  switch (name) {
    case "all-to-all":
      return { policy: { kind: name } };
    case "all-to-one":
      return { policy: { kind: name, target } };
    case "single-target":
      return { policy: { kind: name, source, target } };
    case "source-specific": {
      const { kind, share } = usualAnswers.negatives;
      const negatives = positiveNumber(given, "negatives", 1) ?? share;
      return {
        policy: { kind: "single-target", source, target },
        adaptive: { kind, share: negatives },
      };
    }
    case "pruning-aware": {
      const { kind, ...usual } = usualAnswers.decoys;
      const channels = wholeNumber(given, "decoy-channels", 1, 31) ?? usual.channels;
      const units = wholeNumber(given, "decoy-units", 1, 511) ?? usual.units;
      return { policy: { kind: "all-to-one", target }, adaptive: { kind, channels, units } };
    }
    case "feature-similarity": {
      const { kind, weight } = usualAnswers.similarity;
      const pull = positiveNumber(given, "pull", 100) ?? weight;
      return { policy: { kind: "all-to-one", target }, adaptive: { kind, weight: pull } };
    }
  }
}

/**
 * Recipes from options; unsuitable values are errors of usage.
 * @param start digest of the parameters that --from names; null: random ones
 */
export function recipeFrom(given: Options, start: string | null = null): DigitRecipe {
  const trigger = oneOf(given, "trigger", ["single-pixel", "pattern", "none"]) ?? "pattern";
  const share = positiveNumber(given, "share", 1);
  if (trigger === "none") {
    const idle = ["attack", "share", ...Object.keys(ofAttacks)].find(
      (name) => given[name] !== undefined,
    );
    if (idle)
      throw new UsageError(
        `--${idle} is of no use with --trigger none, which trains an honest network.`,
      );
  }
  const asked = attackOf(given);
  const optimizer = oneOf(given, "optimizer", ["sgd", "adam"]) ?? "sgd";
  return asUsage(() =>
    parseDigitRecipe({
      study: "digits",
      attack:
        trigger === "none"
          ? null
          : {
              trigger: { name: trigger, pixels: triggerPresets[trigger] },
              policy: asked.policy,
              share: share ?? 0.1,
              ...(asked.adaptive ? { adaptive: asked.adaptive } : {}),
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
      start: start === null ? null : { parametersSha256: start },
      seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1,
    }),
  );
}
