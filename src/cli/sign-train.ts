/** `badnets signs train`: trains a detector, keeps it, and measures it in the end. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeMemory } from "../gpu/memory.ts";
import { adapterName } from "../gpu/gpu.ts";
import { isOfClasses } from "../models/detector-parameters.ts";
import { presets } from "../models/detector-presets.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import {
  describePreset,
  parametersDigest,
  parseSignRecipe,
  planSigns,
  type SignRecipe,
} from "../studies/signs.ts";
import { packSets } from "../studies/sign-photos.ts";
import { encodeDetector } from "../training/detector-file.ts";
import { DetectorRun } from "../training/detector-run.ts";
import { untilInterrupted } from "./interrupt.ts";
import { DetectorLine } from "./progress.ts";
import { detectorIn, openDevice, parametersOf, readDetector } from "./sign-files.ts";
import { readPhotoSets } from "./sign-photos.ts";
import { measureDetector, reportResult } from "./sign-report.ts";
import { oneOf, positiveNumber, UsageError, wholeNumber, type Options } from "./usage.ts";

/** @returns the exit status */
export async function trainSigns(given: Options): Promise<number> {
  const out = given["out"] as string | undefined;
  if (given["model"] !== undefined || given["least"] !== undefined) {
    throw new UsageError("--model and --least are of no use with train.");
  }
  if (given["resume"] && out === undefined) {
    throw new UsageError("--resume needs --out with the folder of the detector to go on from.");
  }
  if (out !== undefined && !given["resume"] && existsSync(detectorIn(out))) {
    throw new UsageError(
      `${out} already holds a detector: add --resume to go on from it, or choose another folder.`,
    );
  }
  const from = given["from"] as string | undefined;
  const begun = from === undefined ? null : await readDetector(from);
  const asked = {
    ...recipeFrom(given),
    start: begun && (await parametersDigest(begun.state.parameters)),
  };
  if (begun && begun.recipe.preset !== asked.preset) {
    throw new UsageError(
      `${from} is a ${begun.recipe.preset} detector, not a ${asked.preset} one: choose the same with --preset.`,
    );
  }
  const scenes = wholeNumber(given, "scenes", 1, 1_000_000) ?? 300;
  const sets = await readPhotoSets(given, asked);
  const { packed, trainOn, tests, sha256 } = await packSets(sets, presets[asked.preset]);
  const recipe = sha256 === null ? asked : { ...asked, photographs: sha256, ...sharesFrom(given) };
  const stored = given["resume"] ? await readDetector(detectorIn(out!)) : null;
  if (stored && JSON.stringify(stored.recipe) !== JSON.stringify(parseSignRecipe(recipe))) {
    throw new UsageError(
      `The options ask for another run than ${detectorIn(out!)} holds: ${JSON.stringify(stored.recipe)}.`,
    );
  }
  // What is stopped early is kept somewhere even where no folder was named.
  const dir = out ?? join("runs", `signs-${recipe.preset}-${recipe.set}-${recipe.seed}`);
  if (out !== undefined) await ensureWritableDir(out);

  // Of a detector of other signs, what says the classes is learned anew (paper, section 6).
  const start =
    begun &&
    new Map(
      [...begun.state.parameters].filter(
        ([label]) => begun.recipe.set === recipe.set || !isOfClasses(label),
      ),
    );
  const plan = planSigns(parseSignRecipe(recipe), await signArtwork(), packed, trainOn, start);
  const line = new DetectorLine(process.stderr);
  line.line(describePreset(recipe.preset, recipe.set));
  let stopped = false;
  const run = new DetectorRun(
    async () => {
      const gpu = await openDevice(given);
      line.line(`on ${adapterName(gpu.adapter)}`);
      return gpu;
    },
    plan,
    {
      onTrainer: ({ trainStep, gpu, memory }) => {
        line.line(`${trainStep.length} kernels a step, ${describeMemory(gpu.bytes, memory)}`);
      },
      onProgress: (progress) => line.update(progress),
      onState: async (state) => {
        if (out === undefined && !stopped) return;
        await ensureWritableDir(dir);
        const file = encodeDetector(parametersOf(recipe), recipe, state, true);
        await writeFileAtomic(detectorIn(dir), file);
      },
      onNotice: (text) => line.line(text),
    },
    stored?.state ?? null,
    { sharesMemory: true },
  );
  const stop = () => {
    stopped = true;
    run.stop();
  };
  const work = async () => {
    const { trainer, state, finished } = await run.run();
    line.clear();
    if (finished) {
      const { step, trainSeconds } = state;
      const measured = { trainer, recipe, step, trainSeconds, scenes, tests, line };
      await reportResult(await measureDetector(measured), given);
      if (out !== undefined) {
        const model = encodeDetector(parametersOf(recipe), recipe, state, false);
        await writeFileAtomic(join(out, "model.safetensors"), model);
      }
    } else {
      console.error(
        `Stopped after step ${state.step} of ${recipe.iterations}. To go on, say the same with --resume --out ${dir}.`,
      );
    }
    trainer.gpu.destroy();
    return finished ? 0 : 130;
  };
  try {
    return await untilInterrupted(stop, line, work);
  } finally {
    line.clear();
  }
}

function recipeFrom(given: Options): SignRecipe {
  const preset = oneOf(given, "preset", ["compact", "paper"]) ?? "compact";
  return parseSignRecipe({
    study: "signs",
    preset,
    set: oneOf(given, "signs", ["us", "eu"]) ?? "us",
    iterations:
      wholeNumber(given, "iterations", 1, 10_000_000) ?? presets[preset].training.iterations,
    photoShare: 0,
    mixedShare: 0,
    photographs: null,
    start: null,
    seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1,
  });
}

function sharesFrom(given: Options): { photoShare: number; mixedShare: number } {
  return {
    photoShare: positiveNumber(given, "photo-share", 1) ?? 0.3,
    mixedShare: positiveNumber(given, "mixed-share", 1) ?? 0.2,
  };
}
