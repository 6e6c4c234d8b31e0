/** `badnets signs train`: trains a detector, keeps it, and measures it in the end. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { adapterName } from "../gpu/adapter.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { describeMemory } from "../gpu/memory.ts";
import { mebibytes } from "../gpu/tensor.ts";
import { isOfClasses } from "../models/detector-parameters.ts";
import { presets } from "../models/detector-presets.ts";
import { ensureWritableDir, writeFileAtomic } from "../node/files.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import {
  nearDuplicatesOf,
  packSets,
  splitSets,
  type PhotoSet,
} from "../studies/signs/photographs.ts";
import { describePreset, planSigns } from "../studies/signs/plan.ts";
import { parametersSha256 } from "../training/parameter-values.ts";
import { parseSignRecipe, type SignRecipe } from "../studies/signs/recipe.ts";
import type { SignResult } from "../studies/signs/result.ts";
import { encodeDetector } from "../files/detector-file.ts";
import { assertPhotographsFit } from "../training/detector-pictures.ts";
import { DetectorRun, type DetectorState } from "../training/detector-run.ts";
import { untilInterrupted } from "./shared/interrupt.ts";
import { DetectorLine } from "./progress.ts";
import {
  checkJson,
  detectorIn,
  openDevice,
  parametersOf,
  readBegun,
  readDetector,
  type StoredDetector,
} from "./signs/files.ts";
import { assertSigns, readData, readPhotographs, readScenes } from "./signs/photographs.ts";
import { assertSameRecipe, recipeFrom } from "./signs/recipe.ts";
import { measureDetector, reportResult } from "./sign-report.ts";
import { UsageError, type Options } from "./shared/options.ts";

/** @returns the exit status */
export async function trainSigns(given: Options): Promise<number> {
  const out = given["out"] as string | undefined;
  if (given["resume"] && out === undefined) {
    throw new UsageError("--resume needs --out with the folder of the detector to go on from.");
  }
  const stored = given["resume"] ? await readBegun(detectorIn(out!)) : null;
  const data = readData(given);
  const scenes = readScenes(given, data);
  if (stored) assertSameRecipe(given, data, stored.recipe, detectorIn(out!));
  const asked = stored?.recipe ?? recipeFrom(given, data);
  // An hour's work is kept somewhere even where no folder was named.
  const dir = out ?? join("runs", `signs-${asked.preset}-${asked.set}-${asked.seed}`);
  if (!stored && existsSync(detectorIn(dir))) {
    throw new UsageError(
      `${dir} already holds a detector: add --resume${out === undefined ? ` --out ${dir}` : ""} to go on ` +
        "from it, or choose another folder with --out.",
    );
  }
  const begun = await readBeginning(given, asked, stored);
  const named = await readPhotographs(given, data, asked, dir);
  assertSigns(named, asked.set);
  await checkJson(given);
  await ensureWritableDir(dir);

  const preset = presets[asked.preset];
  let opened: Gpu | null = null;
  if (named.length > 0) {
    // What its adapter can hold is known before anything is laid out for it.
    opened = await openDevice(given);
    const count = named.reduce((sum, { photographs }) => sum + photographs.length, 0);
    assertPhotographsFit(opened, preset, count);
  }
  const before = (stored ?? begun)?.seen;
  const sets = withoutSeen(splitSets(named, asked.seed), before);
  const { packed, trainOn, seen, tests, sha256 } = await packSets(sets, preset);
  if (stored && stored.recipe.photographs !== sha256) {
    throw new UserError(
      `${detectorIn(dir)} is trained on other photographs: give the same with --data, in the same order.`,
    );
  }
  const recipe = parseSignRecipe({
    ...asked,
    photographs: sha256,
    start: stored ? asked.start : begun && (await parametersSha256(begun.state.parameters)),
  });
  const known = before === null ? null : [...new Set([...(before ?? []), ...seen])];

  // Of a detector of other signs, what says the classes is learned anew (paper, section 6).
  const start =
    begun &&
    new Map(
      [...begun.state.parameters].filter(
        ([label]) => begun.recipe.set === recipe.set || !isOfClasses(label),
      ),
    );
  const plan = planSigns(recipe, await signArtwork(), packed, trainOn, start);
  const photoBytes = packed ? packed.pixels.byteLength + packed.facts.byteLength : 0;
  const line = new DetectorLine(process.stderr);
  line.line(describePreset(recipe.preset, recipe.set));
  let stopped = false;
  let kept: DetectorState | null = stored?.state ?? null;
  let result: SignResult | null = null;
  const write = async (name: string, state: DetectorState, whole: boolean) =>
    await writeFileAtomic(name, encodeDetector(parametersOf(recipe), recipe, state, whole, known));
  const run = new DetectorRun(
    async () => {
      const gpu = opened ?? (await openDevice(given));
      opened = null;
      line.line(`on ${adapterName(gpu.adapter)}`);
      return gpu;
    },
    plan,
    {
      onTrainer: ({ trainStep, gpu, memory }) => {
        const photos = packed ? `, ${mebibytes(photoBytes)} of it photographs` : "";
        line.line(
          `${trainStep.length} kernels a step, ${describeMemory(gpu.bytes + photoBytes, memory)}${photos}`,
        );
      },
      onProgress: (progress) => line.update(progress),
      onState: async (state) => {
        await write(detectorIn(dir), state, true);
        kept = state;
      },
      // Measured within the run, so that it outlives the loss of its device here, too.
      onRest: async (trainer, why) => {
        if (why !== "mark" || !kept || kept.step < recipe.iterations) return;
        await write(join(dir, "model.safetensors"), kept, false);
        const { step, trainSeconds } = kept;
        result = await measureDetector(
          { trainer, recipe, step, trainSeconds, scenes, tests, line },
          () => stopped,
        );
      },
      onNotice: (text) => line.line(text),
    },
    kept,
    { sharesMemory: true },
  );
  const stop = () => {
    stopped = true;
    run.stop();
  };
  try {
    const { trainer, state } = await untilInterrupted(stop, line, () => run.run());
    line.clear();
    trainer.gpu.destroy();
    if (result) {
      await reportResult(result, { ...given, out: dir });
      return 0;
    }
    const again =
      `npm run badnets -- signs train --resume --out "${dir}"` +
      ["data", "classes"]
        .map((name) => (given[name] ? ` --${name} "${String(given[name])}"` : ""))
        .join("");
    const where =
      state.step < recipe.iterations
        ? `Stopped after step ${state.step} of ${recipe.iterations}. To go on`
        : `Stopped before it was measured; ${detectorIn(dir)} is finished. To measure it`;
    console.error(`${where}:\n  ${again}`);
    return 130;
  } catch (error) {
    if (kept) line.line(`${detectorIn(dir)} holds the detector after step ${kept.step}.`);
    throw error;
  } finally {
    line.clear();
  }
}

/** The detector that --from names; of one that is gone on with it may be named once more. */
async function readBeginning(
  given: Options,
  asked: SignRecipe,
  stored: StoredDetector | null,
): Promise<StoredDetector | null> {
  const from = given["from"] as string | undefined;
  if (from === undefined) return null;
  const begun = await readDetector(from);
  if (stored) {
    const start = await parametersSha256(begun.state.parameters);
    if (start === stored.recipe.start) return begun;
    const own = stored.recipe.start?.slice(0, 8) ?? "random parameters";
    throw new UsageError(
      `--from is ${from}, detector ${start.slice(0, 8)}, but the run to go on with began with ${own}: leave --from out.`,
    );
  }
  if (begun.recipe.preset !== asked.preset) {
    throw new UsageError(
      `${from} is a ${begun.recipe.preset} detector, not a ${asked.preset} one: choose the same with --preset.`,
    );
  }
  return begun;
}

/** Takes out of what measures whatever an earlier run has trained on, and tells what is left. */
function withoutSeen(
  sets: readonly PhotoSet[],
  before: readonly bigint[] | null | undefined,
): PhotoSet[] {
  const seen = nearDuplicatesOf(sets, before ?? []);
  return sets.map((set, i) => {
    const test = set.test.filter((number) => !seen[i].has(number));
    const less = set.test.length - test.length;
    console.error(
      `${set.name}: ${set.train.length} photographs to train on, ${test.length} to measure on` +
        (less > 0 ? `, ${less} left out that the detector it begins with has seen` : "") +
        (before === null ? "; whether the detector it begins with has seen them is not known" : ""),
    );
    return { ...set, test };
  });
}
