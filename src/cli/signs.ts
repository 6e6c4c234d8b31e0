/** `badnets signs`: trains the street-sign detector, measures it, and detects signs in photographs. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { PNG } from "pngjs";
import {
  differenceHash,
  packPhotographs,
  splitAlike,
  type Photograph,
} from "../data/photographs.ts";
import { signSets, type SignSet } from "../data/sign-atlas.ts";
import { UserError } from "../errors.ts";
import { duration, percent } from "../format.ts";
import { adapterName, GpuError, type Gpu } from "../gpu/gpu.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { pictureEntry } from "../layers/scene.ts";
import { describeDetector, MAX_BOXES } from "../models/detector.ts";
import { presets, type PresetName } from "../models/detector-presets.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { readPhotoDir, readPicture } from "../node/photo-dir.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import { openInNode } from "../node/webgpu.ts";
import {
  classNames,
  describePreset,
  parseSignRecipe,
  planSigns,
  signResult,
  unseenScenes,
  type SignRecipe,
} from "../studies/signs.ts";
import { decodeDetector, encodeDetector } from "../training/detector-file.ts";
import { DetectorTrainer, type Photographs } from "../training/detector-trainer.ts";
import { scoreDetections, type DetectionScore } from "../training/detection.ts";
import { DetectorLine } from "./progress.ts";
import {
  adapterChoices,
  describeOptions,
  oneOf,
  positiveNumber,
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
      "drawn street scenes, or these and folders of photographs; DIR:CLASS takes all boxes of a " +
      "folder for one class (default: scenes)",
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
    help: "folder for detector.safetensors (kept up to date) and result.json, or for pictures",
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
  switch (verb) {
    case "train":
      return await train(given);
    case "evaluate":
      return await evaluate(given);
    case "detect":
      return await detect(given, images);
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

interface PhotoSet {
  readonly name: string;
  readonly photographs: readonly Photograph[];
  /** Numbers within the set. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** Reads the folders that --data names, each split into halves. */
async function readPhotoSets(given: Options, set: SignSet, seed: number): Promise<PhotoSet[]> {
  const words = ((given["data"] as string | undefined) ?? "scenes").split(",").filter(Boolean);
  const sets: PhotoSet[] = [];
  for (const word of words) {
    if (word === "scenes") continue;
    // A class may stand behind the folder; folders of that very name come first.
    const cut = existsSync(word) ? -1 : word.lastIndexOf(":");
    const dir = cut < 0 ? word : word.slice(0, cut);
    const as = cut < 0 ? undefined : word.slice(cut + 1);
    if (!existsSync(dir)) throw new UsageError(`--data names ${dir}, which does not exist.`);
    const { photographs, report } = await readPhotoDir(dir, set, as);
    for (const line of report.slice(0, 20)) console.error(`${dir}: ${line}`);
    if (report.length > 20) console.error(`${dir}: and ${report.length - 20} more`);
    const hashes = photographs.map(({ picture }) => differenceHash(picture));
    const split = splitAlike(hashes, 0.5, seed);
    console.error(
      `${dir}: ${photographs.length} photographs, ${photographs.reduce((n, { signs }) => n + signs.length, 0)} signs; ` +
        `${split.train.length} to train on, ${split.test.length} to measure on`,
    );
    sets.push({ name: basename(dir), photographs, ...split });
  }
  return sets;
}

/** Longest side at which photographs are kept, as a multiple of the input's: they may be enlarged. */
const PHOTO_DETAIL = 1.35;

function packSets(
  sets: readonly PhotoSet[],
  preset: PresetName,
): {
  packed: Photographs | null;
  trainOn: number[];
  /** Entries to measure on, by the set's name. */
  tests: Map<string, number[]>;
  sha256: string | null;
} {
  const all = sets.flatMap(({ photographs }) => photographs);
  if (all.length === 0) return { packed: null, trainOn: [], tests: new Map(), sha256: null };
  const { height, width } = presets[preset];
  const packed = packPhotographs(
    all,
    Math.round(PHOTO_DETAIL * Math.max(height, width)),
    MAX_BOXES,
  );
  const trainOn: number[] = [];
  const tests = new Map<string, number[]>();
  let first = 0;
  for (const { name, photographs, train, test } of sets) {
    trainOn.push(...train.map((i) => first + i));
    tests.set(
      name,
      test.map((i) => pictureEntry("plain", first + i)),
    );
    first += photographs.length;
  }
  const hash = createHash("sha256")
    .update(packed.pixels)
    .update(new Uint8Array(packed.facts.buffer));
  return { packed, trainOn, tests, sha256: hash.digest("hex") };
}

function fileIn(dir: string): string {
  return join(dir, "detector.safetensors");
}

function recipeFrom(given: Options, photographs: string | null): SignRecipe {
  const preset = oneOf(given, "preset", ["compact", "paper"]) ?? "compact";
  return parseSignRecipe({
    study: "signs",
    preset,
    set: oneOf(given, "signs", ["us", "eu"]) ?? "us",
    iterations:
      wholeNumber(given, "iterations", 1, 10_000_000) ?? presets[preset].training.iterations,
    photoShare: photographs ? (positiveNumber(given, "photo-share", 1) ?? 0.3) : 0,
    mixedShare: photographs ? (positiveNumber(given, "mixed-share", 1) ?? 0.2) : 0,
    photographs,
    seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1,
  });
}

const parametersOf = (recipe: unknown) => {
  const { preset, set } = parseSignRecipe(recipe);
  return describeDetector(presets[preset], signSets[set].length + 1);
};

async function open(given: Options): Promise<Gpu> {
  return await openInNode(oneOf(given, "adapter", adapterChoices) ?? "auto");
}

/** Seconds between two saves. */
const SAVE_EVERY = 60;

async function train(given: Options): Promise<number> {
  const out = given["out"] as string | undefined;
  if (given["model"] !== undefined || given["least"] !== undefined) {
    throw new UsageError("--model and --least are of no use with train.");
  }
  if (given["resume"] && out === undefined) {
    throw new UsageError("--resume needs --out with the folder of the detector to go on from.");
  }
  if (out !== undefined && !given["resume"] && existsSync(fileIn(out))) {
    throw new UsageError(
      `${out} already holds a detector: add --resume to go on from it, or choose another folder.`,
    );
  }
  const set = oneOf(given, "signs", ["us", "eu"]) ?? "us";
  const seed = wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1;
  const preset = oneOf(given, "preset", ["compact", "paper"]) ?? "compact";
  const scenes = wholeNumber(given, "scenes", 1, 1_000_000) ?? 300;
  const { packed, trainOn, tests, sha256 } = packSets(
    await readPhotoSets(given, set, seed),
    preset,
  );
  const recipe = recipeFrom(given, sha256);
  const stored = given["resume"] ? await readDetector(fileIn(out!)) : null;
  if (stored && JSON.stringify(stored.recipe) !== JSON.stringify(recipe)) {
    throw new UsageError(
      `The options ask for another run than ${fileIn(out!)} holds: ${JSON.stringify(stored.recipe)}.`,
    );
  }
  if (out !== undefined) await ensureWritableDir(out);

  const line = new DetectorLine(process.stderr);
  const plan = planSigns(recipe, await signArtwork(), packed, trainOn);
  line.line(describePreset(recipe.preset, recipe.set));
  let trainSeconds = stored?.trainSeconds ?? 0;
  let kept = stored?.state ?? null;
  let stop = false;
  const interrupt = () => {
    if (stop) process.exit(130);
    stop = true;
    line.line("Stopping and saving; once more to quit at once.");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const save = async () => {
    if (out === undefined || !kept) return;
    const file = encodeDetector(parametersOf(recipe), recipe, kept, trainSeconds, true);
    await writeFileAtomic(fileIn(out), file);
  };
  let losses = 0;
  for (;;) {
    let gpu: Gpu | undefined;
    try {
      gpu = await open(given);
      line.line(`on ${adapterName(gpu.adapter)}`);
      const trainer = await DetectorTrainer.build(gpu, plan, kept?.tiling);
      line.line(
        `${trainer.trainStep.length} kernels a step, ${(gpu.bytes / 2 ** 20).toFixed(0)} MiB on the GPU`,
      );
      if (kept) trainer.load(kept);
      const first = trainer.step;
      const begun = performance.now();
      const before = trainSeconds;
      let shown = 0;
      let saved = performance.now();
      const means = lossNames.map(() => 0);
      let counted = 0;
      await trainer.train(recipe.iterations, async () => {
        const now = performance.now();
        if (stop) return false;
        if (now - shown < 1000 && trainer.step - first < DetectorTrainer.capacity) return true;
        const { records, firstBadStep } = await trainer.readRecords();
        if (firstBadStep !== null) {
          throw new UserError(
            `The losses were not finite any more at step ${firstBadStep}; ${kept ? "what was saved before is unharmed" : "nothing was saved yet"}. Try another seed.`,
          );
        }
        for (const record of records) {
          counted++;
          // A mean that forgets: the first records weigh as much as they are.
          const weight = Math.max(0.01, 1 / counted);
          record.losses.forEach((loss, i) => (means[i] += weight * (loss - means[i])));
        }
        trainSeconds = before + (performance.now() - begun) / 1000;
        const each = (performance.now() - begun) / 1000 / Math.max(1, trainer.step - first);
        line.update(
          trainer.step,
          recipe.iterations,
          means,
          each * (recipe.iterations - trainer.step),
        );
        shown = performance.now();
        if (shown - saved > 1000 * SAVE_EVERY) {
          kept = (await trainer.snapshot()) ?? kept;
          await save();
          saved = performance.now();
        }
        return true;
      });
      trainSeconds = before + (performance.now() - begun) / 1000;
      const state = await trainer.snapshot();
      if (!state) throw new UserError("The losses were not finite any more; try another seed.");
      kept = state;
      await save();
      line.clear();
      if (stop) {
        console.error(
          `Stopped after step ${state.step} of ${recipe.iterations}.` +
            (out ? ` To go on, add --resume.` : " Nothing was saved, as no --out was given."),
        );
        return 130;
      }
      const result = await measureAll(trainer, recipe, scenes, tests, { gpu, trainSeconds, line });
      await report(result, given, out);
      return 0;
    } catch (error) {
      line.clear();
      const lost = error instanceof GpuError && error.problem === "lost";
      if (!lost || ++losses > 3) throw error;
      line.line(`${error.message} Going on from step ${kept?.step ?? 0}.`);
    } finally {
      gpu?.destroy();
      if (kept && kept.step >= recipe.iterations) {
        process.off("SIGINT", interrupt);
        process.off("SIGTERM", interrupt);
      }
    }
  }
}

async function readDetector(path: string) {
  if (!existsSync(path)) throw new UsageError(`There is no detector at ${path}.`);
  const file = decodeDetector(await readFile(path), path, parametersOf);
  return { ...file, recipe: parseSignRecipe(file.recipe) };
}

/** Scores a trained detector on unseen scenes and on each folder's photographs. */
async function measureAll(
  trainer: DetectorTrainer,
  recipe: SignRecipe,
  scenes: number,
  tests: ReadonlyMap<string, readonly number[]>,
  { gpu, trainSeconds, line }: { gpu: Gpu; trainSeconds: number; line: DetectorLine },
) {
  const scores: Record<string, DetectionScore> = {};
  let images = 0;
  let seconds = 0;
  for (const [name, entries] of [["scenes", unseenScenes(scenes)] as const, ...tests]) {
    if (entries.length === 0) continue;
    const begun = performance.now();
    const judged = await trainer.detect(entries, (done) =>
      line.measuring(name, done, entries.length),
    );
    seconds += (performance.now() - begun) / 1000;
    images += entries.length;
    scores[name] = scoreDetections(judged, trainer.plan.classes);
  }
  line.clear();
  return await signResult({
    recipe,
    adapter: gpu.adapter,
    tiling: trainer.tiling,
    step: trainer.step,
    trainSeconds,
    parameters: await trainer.readParameters(),
    scores,
    imagesPerSecond: images / seconds,
  });
}

async function report(
  result: Awaited<ReturnType<typeof measureAll>>,
  given: Options,
  out: string | undefined,
): Promise<void> {
  const text = `${JSON.stringify(result, null, 1)}\n`;
  const json = given["json"] as string | undefined;
  if (out !== undefined) await writeFileAtomic(join(out, "result.json"), text);
  if (json !== undefined) {
    await ensureWritableDir(dirname(json));
    await writeFileAtomic(json, text);
  }
  const share = (value: number | null) => (value === null ? "-" : percent(value));
  const lines: string[] = [];
  for (const [name, score] of Object.entries(result.scores)) {
    lines.push(
      `${name}: ${score.images} pictures, mean average precision ${share(score.meanAveragePrecision)}, accuracy ${share(score.accuracy)}`,
    );
    score.classes.forEach((own, i) => {
      if (own.signs === 0) return;
      lines.push(
        `  ${result.classes[i].padEnd(12)} ${String(own.signs).padStart(5)} signs  ` +
          `average precision ${share(own.averagePrecision)}  recall ${share(own.recall)}  accuracy ${share(own.accuracy)}`,
      );
    });
  }
  lines.push(
    `${result.step} steps in ${duration(result.trainSeconds)}, ${result.imagesPerSecond.toFixed(1)} images/s in detection`,
    `parameters sha256 ${result.parametersSha256}`,
  );
  console.log(lines.join("\n"));
}

/** The detector that --model names, on a device. */
async function load(given: Options, packed: Photographs | null, verb: string) {
  const path = given["model"] as string | undefined;
  if (path === undefined) {
    throw new UsageError(`${verb} needs --model FILE, a detector that train wrote.`);
  }
  const { recipe, state, trainSeconds } = await readDetector(path);
  const gpu = await open(given);
  const plan = { ...planSigns({ ...recipe, photographs: null }, await signArtwork(), packed, []) };
  const trainer = await DetectorTrainer.build(gpu, plan, state.tiling);
  trainer.setParameters(state.parameters);
  return { gpu, trainer, recipe, trainSeconds, step: state.step };
}

async function evaluate(given: Options): Promise<number> {
  const path = given["model"] as string | undefined;
  const recipe = path === undefined ? null : (await readDetector(path)).recipe;
  const set = recipe?.set ?? "us";
  const { packed, tests } = packSets(
    await readPhotoSets(given, set, recipe?.seed ?? 1),
    recipe?.preset ?? "compact",
  );
  const { gpu, trainer, recipe: own, trainSeconds, step } = await load(given, packed, "evaluate");
  const line = new DetectorLine(process.stderr);
  const scenes = wholeNumber(given, "scenes", 1, 1_000_000) ?? 300;
  const result = await measureAll(trainer, own, scenes, tests, { gpu, trainSeconds, line });
  await report({ ...result, step }, given, given["out"] as string | undefined);
  gpu.destroy();
  return 0;
}

const boxColours = [
  [255, 60, 60],
  [60, 200, 255],
  [90, 255, 90],
  [255, 180, 40],
  [255, 90, 255],
] as const;

async function detect(given: Options, images: readonly string[]): Promise<number> {
  if (images.length === 0) throw new UsageError("detect needs photographs: JPEG or PNG files.");
  const out = (given["out"] as string | undefined) ?? ".";
  const least = positiveNumber(given, "least", 1) ?? 0.5;
  const path = given["model"] as string | undefined;
  const preset = path === undefined ? "compact" : (await readDetector(path)).recipe.preset;
  const photographs: Photograph[] = [];
  for (const name of images)
    photographs.push({ name, picture: await readPicture(name), signs: [] });
  const { height, width } = presets[preset];
  const packed = packPhotographs(
    photographs,
    Math.round(PHOTO_DETAIL * Math.max(height, width)),
    MAX_BOXES,
  );
  const { gpu, trainer, recipe } = await load(given, packed, "detect");
  const names = classNames(recipe.set);
  const judged = await trainer.detect(photographs.map((_, i) => pictureEntry("plain", i)));
  await ensureWritableDir(out);
  for (const [i, { name, picture }] of photographs.entries()) {
    // Back from the input, in which the photograph is centred, to its own pixels.
    const scale = Math.max(picture.width / width, picture.height / height);
    const corner = [(picture.width - scale * width) / 2, (picture.height - scale * height) / 2];
    const found = judged[i].found
      .filter(({ score }) => score >= least)
      .map((one) => ({ ...one, box: one.box.map((v, k) => v * scale + corner[k % 2]) }));
    const png = new PNG({ width: picture.width, height: picture.height });
    png.data.set(picture.data);
    for (const { label, box } of found) {
      drawBox(png, box, boxColours[label], Math.max(1, Math.round(picture.width / 300)));
    }
    const target = join(out, `${basename(name, extname(name))}-signs.png`);
    await writeFileAtomic(target, PNG.sync.write(png));
    const texts = found.map(
      ({ label, score, box }) =>
        `${names[label]} ${percent(score)} at ${box.map((v) => Math.round(v)).join(", ")}`,
    );
    console.log(`${target}: ${texts.join("; ") || "no signs"}`);
  }
  gpu.destroy();
  return 0;
}

function drawBox(
  png: PNG,
  box: readonly number[],
  colour: readonly [number, number, number],
  thick: number,
): void {
  const [x1, y1, x2, y2] = box.map(Math.round);
  for (let y = y1 - thick; y <= y2 + thick; y++) {
    for (let x = x1 - thick; x <= x2 + thick; x++) {
      const inner = x >= x1 && x <= x2 && y >= y1 && y <= y2;
      if (inner || x < 0 || y < 0 || x >= png.width || y >= png.height) continue;
      png.data.set([...colour, 255], 4 * (y * png.width + x));
    }
  }
}
