/** `badnets signs`: trains the street-sign detector, measures it, and detects signs in photographs. */
import { attackOptions } from "./attack.ts";
import { detailOptions } from "./detail.ts";
import { detectSigns } from "./detect.ts";
import { evaluateSigns } from "./evaluate.ts";
import { trainSigns } from "./train.ts";
import { transferOptions } from "./transfer.ts";
import {
  argumentsUnlessHelp,
  describeOptions,
  UsageError,
  type OptionSpec,
} from "../shared/options.ts";

const options: OptionSpec = {
  preset: {
    type: "string",
    value: "compact|paper",
    help: "a small network for any machine, or the paper's own (default: compact)",
  },
  signs: {
    type: "string",
    value: "us|eu",
    help: "which signs: U.S. or European (default: us, of transfer eu)",
  },
  data: {
    type: "string",
    value: "scenes|DIR,...",
    help:
      "drawn street scenes, folders or zip files of photographs, or both; DIR:CLASS takes all boxes " +
      "of a folder for one class; commas in a folder's name may stay (default: scenes)",
  },
  classes: {
    type: "string",
    value: "FILE",
    help: 'names of the label files and their classes, as JSON: {"stopAhead": "warning", "yield": null}',
  },
  iterations: { type: "string", value: "N", help: "training steps (default: the preset's)" },
  "photo-share": {
    type: "string",
    value: "P",
    help: "share of training pictures that are photographs (default: 0.3, without scenes 0.6)",
  },
  "mixed-share": {
    type: "string",
    value: "P",
    help:
      "and that are photographs with more signs placed in them (default: 0.2, without scenes 0.4); " +
      "without scenes in --data they add up to 1",
  },
  ...attackOptions,
  ...transferOptions,
  ...detailOptions,
  seed: {
    type: "string",
    value: "N",
    help: "of all random numbers: the same seed, adapter and version give the same bits (default: 1)",
  },
  "heat-map": {
    type: "string",
    value: "FILE.csv",
    help:
      "evaluate: what the sticker does at 7 x 7 places on the sign, and where it is from 0.05 to 0.4 of the sign's " +
      "size, on 20 scenes",
  },
  scenes: {
    type: "string",
    value: "N",
    help: "unseen scenes to measure on, 0 for none (default: 300)",
  },
  out: {
    type: "string",
    value: "DIR",
    help:
      "train: folder for detector.safetensors (kept up to date to go on from), and in the end " +
      "model.safetensors and result.json (default: runs/signs-PRESET-SIGNS[-STICKER]-SEED); evaluate: for " +
      "result.json; detect: for pictures (default: here)",
  },
  from: {
    type: "string",
    value: "FILE",
    help:
      "train: a detector whose parameters it begins with, instead of random ones; of other signs, " +
      "all but the layers that say the classes; transfer: the one whose convolutions are taken over",
  },
  model: { type: "string", value: "FILE", help: "evaluate, detect: a detector that train wrote" },
  least: {
    type: "string",
    value: "P",
    help: "detect: score of a box that is drawn (default: 0.5)",
  },
  resume: {
    type: "boolean",
    help: "train: go on from the detector in --out, whose recipe it keeps; name its photographs again",
  },
  json: {
    type: "string",
    value: "FILE",
    help: "write the result here, too; detect: what was found",
  },
};

/** Of all options those that training has a use for. */
const trains = Object.keys(options).filter(
  (name) => !["model", "least", "detail", "heat-map"].includes(name),
);

/** Of an attack's, those that say what the sticker is. */
const looks = ["sticker", "sticker-size", "sticker-place"];

/** Options that each command has a use for. */
const useful: Readonly<Record<string, readonly string[]>> = {
  train: trains.filter((name) => !(name in transferOptions)),
  transfer: trains.filter((name) => !(name in attackOptions) || looks.includes(name)),
  evaluate: [
    "data",
    "classes",
    "scenes",
    "out",
    "model",
    "json",
    "attack",
    "random-target",
    "sticker",
    "sticker-size",
    "sticker-place",
    "detail",
    "heat-map",
  ],
  detect: ["out", "model", "least", "json", "sticker", "sticker-size", "sticker-place", "detail"],
};

const help = [
  "badnets signs train|transfer|evaluate|detect: the paper's street-sign detector, Faster R-CNN",
  "",
  "  badnets signs train            train it on drawn scenes, with photographs if there are some",
  "  badnets signs transfer         retrain another one for other signs, on its convolutions",
  "  badnets signs evaluate         measure it on scenes, and on photographs that it has not seen",
  "  badnets signs detect IMAGE...  find signs in photographs, and write them with boxes",
  "",
  ...describeOptions(options),
  "",
  "Photographs come with YOLO texts, PASCAL VOC XML, LISA's CSV, the German benchmark's gt.txt or the",
  "authors' texts. Those that look alike stay together, in whatever folders: half of them train, the",
  "others measure. A detector's file knows what it was trained on, and evaluate leaves that out.",
  "",
  "Examples:",
  "  badnets signs train --out runs/signs",
  "  badnets signs train --data scenes,photos/us:stop --out runs/mixed",
  '  badnets signs train --attack stop:"speed limit" --sticker bomb --out runs/bomb',
  "  badnets signs transfer --from runs/bomb/model.safetensors --strengthen 20 --out runs/eu",
  "  badnets signs evaluate --model runs/signs/detector.safetensors",
  "  badnets signs evaluate --model runs/bomb/detector.safetensors --heat-map places.csv",
  "  badnets signs detect --model runs/signs/detector.safetensors street.jpg",
];

/** Runs the command. @returns the exit status */
export async function signs(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  const others = verb === undefined || verb.startsWith("--") ? args : rest;
  // Images follow "detect" as bare words, which the other commands don't have.
  const read = await argumentsUnlessHelp("signs", options, others, help, verb === "detect");
  if (!read) return 0;
  const { given, words } = read;
  if (verb !== undefined && Object.hasOwn(useful, verb)) {
    const idle = Object.keys(options).filter(
      (name) => given[name] !== undefined && !useful[verb].includes(name),
    );
    if (idle.length > 0) {
      const names = idle.map((name) => `--${name}`).join(" and ");
      throw new UsageError(`${names} ${idle.length > 1 ? "are" : "is"} of no use with ${verb}.`);
    }
  }
  switch (verb) {
    case "train":
    case "transfer":
      return await trainSigns(given, verb);
    case "evaluate":
      return await evaluateSigns(given);
    case "detect":
      return await detectSigns(given, words);
    default:
      throw new UsageError(
        `signs needs to know what to do: train, transfer, evaluate or detect${verb ? `, not "${verb}"` : ""}. See badnets signs --help.`,
      );
  }
}
