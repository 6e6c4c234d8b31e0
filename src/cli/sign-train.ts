/** `badnets signs train`: trains a detector, keeps it, and measures it in the end. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { adapterName, GpuError, type Gpu } from "../gpu/gpu.ts";
import { lossNames } from "../layers/detector-loss.ts";
import { presets } from "../models/detector-presets.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import { describePreset, parseSignRecipe, planSigns, type SignRecipe } from "../studies/signs.ts";
import { encodeDetector } from "../training/detector-file.ts";
import { DetectorTrainer } from "../training/detector-trainer.ts";
import type { TrainerState } from "../training/trainer.ts";
import { DetectorLine } from "./progress.ts";
import { detectorIn, openDevice, parametersOf, readDetector } from "./sign-files.ts";
import { packSets, readPhotoSets } from "./sign-photos.ts";
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
  const asked = recipeFrom(given);
  const scenes = wholeNumber(given, "scenes", 1, 1_000_000) ?? 300;
  const sets = await readPhotoSets(given, asked.set, asked.seed);
  const { packed, trainOn, tests, sha256 } = packSets(sets, asked.preset);
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

  const plan = planSigns(parseSignRecipe(recipe), await signArtwork(), packed, trainOn);
  const line = new DetectorLine(process.stderr);
  line.line(describePreset(recipe.preset, recipe.set));
  const run: TrainingRun = {
    line,
    iterations: recipe.iterations,
    state: stored?.state ?? null,
    seconds: stored?.trainSeconds ?? 0,
    stopped: false,
    save: async (state, seconds) => {
      if (out === undefined && !run.stopped) return;
      await ensureWritableDir(dir);
      const file = encodeDetector(parametersOf(recipe), recipe, state, seconds, true);
      await writeFileAtomic(detectorIn(dir), file);
    },
  };
  const interrupt = () => {
    if (run.stopped) process.exit(130);
    run.stopped = true;
    line.line("Stopping and saving; once more to quit at once.");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let gpu: Gpu | undefined;
  try {
    for (let losses = 0; ;) {
      try {
        gpu = await openDevice(given);
        line.line(`on ${adapterName(gpu.adapter)}`);
        const trainer = await DetectorTrainer.build(gpu, plan, run.state?.tiling);
        await trainOnDevice(trainer, run);
        if (run.stopped) {
          const { step } = trainer;
          console.error(
            `Stopped after step ${step} of ${recipe.iterations}. To go on, say the same with --resume --out ${dir}.`,
          );
          return 130;
        }
        const { step } = trainer;
        const trainSeconds = run.seconds;
        const result = await measureDetector({
          trainer,
          recipe,
          step,
          trainSeconds,
          scenes,
          tests,
          line,
        });
        await reportResult(result, given);
        return 0;
      } catch (error) {
        const lost = error instanceof GpuError && error.problem === "lost";
        if (!lost || ++losses > MOST_LOSSES) throw error;
        line.line(`${error.message} Going on from step ${run.state?.step ?? 0}.`);
        gpu?.destroy();
      }
    }
  } finally {
    line.clear();
    gpu?.destroy();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** Devices that a run may lose before it gives up. */
const MOST_LOSSES = 3;

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
    seed: wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1,
  });
}

function sharesFrom(given: Options): { photoShare: number; mixedShare: number } {
  return {
    photoShare: positiveNumber(given, "photo-share", 1) ?? 0.3,
    mixedShare: positiveNumber(given, "mixed-share", 1) ?? 0.2,
  };
}

/** A run that outlives the devices it is trained on. */
interface TrainingRun {
  readonly line: DetectorLine;
  readonly iterations: number;
  /** What was last kept, to go on from. */
  state: TrainerState | null;
  seconds: number;
  stopped: boolean;
  readonly save: (state: TrainerState, seconds: number) => Promise<void>;
}

/** Milliseconds between two looks at the losses, and between two saves. */
const LOOK_EVERY = 1000;
const SAVE_EVERY = 60_000;

/** Trains on one device until the run is done or stopped, and keeps what it reached. */
async function trainOnDevice(trainer: DetectorTrainer, run: TrainingRun): Promise<void> {
  const { line, iterations } = run;
  line.line(
    `${trainer.trainStep.length} kernels a step, ${(trainer.gpu.bytes / 2 ** 20).toFixed(0)} MiB on the GPU`,
  );
  if (run.state) trainer.load(run.state);
  const first = trainer.step;
  const begun = performance.now();
  const before = run.seconds;
  const keep = async () => {
    const state = await trainer.snapshot();
    if (!state) {
      throw new UserError(
        `The losses are not finite any more; ${run.state ? "what was saved before is unharmed" : "nothing was saved yet"}. Try another seed.`,
      );
    }
    run.seconds = before + (performance.now() - begun) / 1000;
    run.state = state;
    await run.save(state, run.seconds);
  };
  let looked = begun;
  let saved = begun;
  let counted = 0;
  const means = lossNames.map(() => 0);
  await trainer.train(iterations, async () => {
    if (run.stopped) return false;
    const now = performance.now();
    if (now - looked < LOOK_EVERY && trainer.unread < DetectorTrainer.capacity) return true;
    looked = now;
    const { records } = await trainer.readRecords();
    for (const { losses } of records) {
      // A mean that forgets; the first records weigh as much as they are.
      const weight = Math.max(0.01, 1 / ++counted);
      losses.forEach((loss, i) => (means[i] += weight * (loss - means[i])));
    }
    const each = (now - begun) / 1000 / (trainer.step - first);
    line.update(trainer.step, iterations, means, each * (iterations - trainer.step));
    if (now - saved > SAVE_EVERY || !means.every(Number.isFinite)) {
      saved = now;
      await keep();
    }
    return true;
  });
  line.clear();
  await keep();
}
