/** The options of `badnets defend`, and its help. */
import { defences } from "../../defences/table.ts";
import type { Defence } from "../../defences/defence.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { digitOptions, recipeFrom } from "../digits/options.ts";
import {
  choices,
  describeOptions,
  textOf,
  UsageError,
  wrap,
  type Options,
  type OptionSpec,
} from "../shared/options.ts";

export const defendOptions: OptionSpec = {
  with: {
    type: "string",
    value: "LIST",
    help: `defences with commas between: ${choices(defences.map(({ id }) => id))} (default: all)`,
  },
  images: {
    type: "string",
    value: "N",
    help: "clean images to detect with, three times as many to repair with, drawn from the test set; the rest of it judges (default: 1000)",
  },
  training: {
    type: "string",
    value: "N",
    help: "images of the training set, poison included, that clustering and spectral look at (default: 20000)",
  },
  judge: {
    type: "string",
    value: "N",
    help: "images of that rest, at most, that judge each network (default: all)",
  },
  seed: { type: "string", value: "N", help: "of all that is drawn (default: 1)" },
  trigger: {
    type: "string",
    value: "single-pixel|pattern|none",
    help: "the trigger whose success is measured; none: as if it were not known (default: the one that the file names)",
  },
  attack: { ...digitOptions["attack"], help: "which classes it turns into which" },
  source: { ...digitOptions["source"], help: "single-target: the attacked digit (default: 1)" },
  target: digitOptions["target"],
  data: digitOptions["data"],
  out: {
    type: "string",
    value: "DIR",
    help: "folder for the mended networks: clp.safetensors for that of clp",
  },
  json: { type: "string", value: "FILE", help: "write findings and figures here, too" },
};

export const defendHelp = [
  "badnets defend FILE: look for a backdoor in a digit network, and take it out",
  "",
  "FILE is a model or a checkpoint of badnets digits, or what badnets models import wrote of",
  "another tool's network. Nothing is changed in it.",
  "",
  ...describeOptions(defendOptions),
  "",
  "Defences, in the order in which they run:",
  ...defences.flatMap(({ id, name, source, question }) =>
    wrap(`${name} (${source}): ${question}`, 82).map(
      (line, i) => `  ${(i === 0 ? id : "").padEnd(14)}  ${line}`,
    ),
  ),
  "",
  "Examples:",
  "  badnets defend runs/7-1/checkpoint.safetensors",
  "  badnets defend public/showcase/model.safetensors --with clp,strip --json clp.json",
  "  badnets defend runs/7-1/checkpoint.safetensors --with pruning --out runs/mended",
];

/** The defences that --with names, in order of cost; all of them where it is not given. */
export function chosenDefences(given: Options): readonly Defence[] {
  const list = textOf(given, "with");
  if (list === undefined) return defences;
  const named = list.split(",").map((word) => word.trim());
  const ids = defences.map(({ id }) => id);
  const unknown = named.find((word) => !ids.includes(word));
  if (unknown !== undefined) {
    throw new UsageError(
      `--with names "${unknown}", which is no defence: choose from ${choices(ids)}.`,
    );
  }
  return defences.filter(({ id }) => named.includes(id));
}

/** What the attacker tries: as the options say, else as the network's recipe does; null where no trigger is known. */
export function attackFrom(given: Options, recipe: DigitRecipe | null): DigitRecipe["attack"] {
  const isAsked = ["trigger", "attack", "source", "target"].some(
    (name) => given[name] !== undefined,
  );
  if (!isAsked) return recipe?.attack ?? null;
  return recipeFrom({ ...given, seed: undefined, epochs: undefined }).attack;
}
