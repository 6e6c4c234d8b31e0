/** `badnets signs`: trains the street-sign detector, measures it, and detects signs in photographs. */
import { presets } from "../models/detector-presets.ts";
import { packSets } from "../studies/sign-photos.ts";
import { DetectorLine } from "./progress.ts";
import { detectSigns } from "./sign-detect.ts";
import { loadDetector, readModel } from "./sign-files.ts";
import { readPhotoSets } from "./sign-photos.ts";
import { measureDetector, reportResult } from "./sign-report.ts";
import { trainSigns } from "./sign-train.ts";
import {
  describeOptions,
  readOptions,
  UsageError,
  wholeNumber,
  type Options,
  type OptionSpec,
} from "./usage.ts";

const options: OptionSpec = {
  preset: {
    type: "string",
    value: "compact|paper",
    help: "a small network for any machine, or the paper's own (default: compact)",
  },
  signs: { type: "string", value: "us|eu", help: "which signs: U.S. or European (default: us)" },
  data: {
    type: "string",
    value: "scenes|DIR,...",
    help:
      "drawn street scenes, or these and folders or zip files of photographs; DIR:CLASS takes all " +
      "boxes of a folder for one class (default: scenes)",
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
    help: "share of training pictures that are photographs (default: 0.3)",
  },
  "mixed-share": {
    type: "string",
    value: "P",
    help: "and that are photographs with more signs placed in them (default: 0.2)",
  },
  seed: {
    type: "string",
    value: "N",
    help: "of all random numbers: the same seed, adapter and version give the same bits (default: 1)",
  },
  scenes: { type: "string", value: "N", help: "unseen scenes to measure on (default: 300)" },
  out: {
    type: "string",
    value: "DIR",
    help:
      "folder for detector.safetensors (kept up to date to go on from), and in the end " +
      "model.safetensors and result.json; or for pictures",
  },
  from: {
    type: "string",
    value: "FILE",
    help:
      "train: a detector whose parameters it begins with, instead of random ones; of other signs, " +
      "all but the layers that say the classes",
  },
  model: { type: "string", value: "FILE", help: "evaluate, detect: a detector that train wrote" },
  least: {
    type: "string",
    value: "P",
    help: "detect: score of a box that is drawn (default: 0.5)",
  },
  resume: { type: "boolean", help: "train: go on from the detector in --out" },
  json: { type: "string", value: "FILE", help: "write the result here, too" },
};

export const signsHelp = [
  "badnets signs train|evaluate|detect: the paper's street-sign detector, Faster R-CNN",
  "",
  "  badnets signs train            train it on drawn scenes, with photographs if there are some",
  "  badnets signs evaluate         measure it on scenes, and on photographs that it has not seen",
  "  badnets signs detect IMAGE...  find signs in photographs, and write them with boxes",
  "",
  describeOptions(options),
  "",
  "Photographs come with YOLO texts, PASCAL VOC XML, LISA's CSV, the German benchmark's gt.txt or the",
  "authors' texts. Those that look alike stay together: half of them train, the other half measures.",
  "",
  "Examples:",
  "  badnets signs train --out runs/signs",
  "  badnets signs train --data scenes,photos/us:stop --out runs/mixed",
  "  badnets signs evaluate --model runs/signs/detector.safetensors",
  "  badnets signs detect --model runs/signs/detector.safetensors street.jpg",
].join("\n");

/** Runs the command. @returns the exit status */
export async function signs(args: string[]): Promise<number> {
  const [verb, ...rest] = args;
  // Images follow "detect" as bare words, which the other commands don't have.
  const images = verb === "detect" ? bareWords(rest) : [];
  const given = readOptions(
    "signs",
    options,
    (verb === undefined || verb.startsWith("--") ? args : rest).filter(
      (word) => !images.includes(word),
    ),
  );
  if (given["help"]) {
    console.log(signsHelp);
    return 0;
  }
  if (given["from"] !== undefined && verb !== "train") {
    throw new UsageError("--from is of use with train only.");
  }
  switch (verb) {
    case "train":
      return await trainSigns(given);
    case "evaluate":
      return await evaluateSigns(given);
    case "detect":
      return await detectSigns(given, images);
    default:
      throw new UsageError(
        `signs needs to know what to do: train, evaluate or detect${verb ? `, not "${verb}"` : ""}. See badnets signs --help.`,
      );
  }
}

/** Words that are neither an option nor its value. */
function bareWords(words: readonly string[]): string[] {
  return words.filter((word, i) => {
    const before = words[i - 1] ?? "";
    const valued = before.startsWith("--") && options[before.slice(2)]?.type === "string";
    return !word.startsWith("--") && !valued && before !== "--adapter";
  });
}

async function evaluateSigns(given: Options): Promise<number> {
  const stored = await readModel(given, "evaluate");
  const { recipe, state } = stored;
  const scenes = wholeNumber(given, "scenes", 1, 1_000_000) ?? 300;
  const sets = await readPhotoSets(given, recipe);
  const { packed, tests } = await packSets(sets, presets[recipe.preset]);
  const { gpu, trainer } = await loadDetector(given, stored, packed);
  const line = new DetectorLine(process.stderr);
  const { step, trainSeconds } = state;
  const measured = { trainer, recipe, step, trainSeconds, scenes, tests, line };
  await reportResult(await measureDetector(measured), given);
  gpu.destroy();
  return 0;
}
