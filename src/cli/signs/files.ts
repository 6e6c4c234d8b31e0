/** Detectors on disk, and on a device. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { signArtwork } from "../../node/sign-artwork.ts";
import { openInNode } from "../../node/webgpu.ts";
import {
  parseSignRecipe,
  type SignAttackRecipe,
  type SignRecipe,
} from "../../studies/signs/recipe.ts";
import { parametersOf, planSigns } from "../../studies/signs/plan.ts";
import { decodeDetector, type DetectorFile } from "../../files/detector-file.ts";
import { withoutDigest } from "../../files/own-file.ts";
import type { Photographs } from "../../training/detector-pictures.ts";
import { DetectorTrainer } from "../../training/detector-trainer.ts";
import { adapterOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { note } from "../shared/say.ts";

export const DETECTOR = "detector.safetensors";
export const MODEL = "model.safetensors";

export function detectorIn(dir: string): string {
  return join(dir, DETECTOR);
}

/** Where a run is kept that names no folder: an attacked one beside the honest one of the same seed. */
export function usualFolder({ preset, set, transfer, attack, seed }: SignRecipe): string {
  const kind = [...(transfer ? ["transfer"] : []), ...(attack ? [attack.sticker] : [])];
  const about = [preset, set, ...kind, seed];
  return join("runs", `signs-${about.join("-")}`);
}

export async function openDevice(given: Options): Promise<Gpu> {
  return await openInNode(adapterOf(given));
}

export type StoredDetector = Omit<DetectorFile, "recipe"> & { readonly recipe: SignRecipe };

/** @throws UsageError where there is no file, UserError where it is no detector */
export async function readDetector(path: string): Promise<StoredDetector> {
  if (!existsSync(path)) throw new UsageError(`There is no detector at ${path}.`);
  if (!statSync(path).isFile()) {
    throw new UsageError(`${path} is no file: give the detector, such as ${detectorIn(path)}.`);
  }
  const file = await decodeDetector(await readFile(path), path, parametersOf);
  if (!file.verified) note(withoutDigest(path));
  const recipe = parseSignRecipe(file.recipe);
  // What never saw photographs, nor began with another detector, need not say so.
  const none = recipe.photographs === null && recipe.start === null;
  return { ...file, recipe, seen: file.seen ?? (none ? [] : null) };
}

/** A detector that training goes on from. @throws UserError also where it is a model for looking only */
export async function readBegun(path: string): Promise<StoredDetector> {
  const stored = await readDetector(path);
  if (stored.state.optimiser.size === 0) {
    throw new UserError(
      `${path} holds a model without the optimiser's state, which --resume cannot go on from: ` +
        "give the detector.safetensors that train wrote, or begin a new run with --from.",
    );
  }
  return stored;
}

/** The detector that --model names. */
export async function readModel(given: Options, verb: string): Promise<StoredDetector> {
  const path = textOf(given, "model");
  if (path === undefined) {
    throw new UsageError(`${verb} needs --model FILE, a detector that train wrote.`);
  }
  return await readDetector(path);
}

/** A stored detector on a device, to detect with; with photographs and an attack to measure on. */
export async function loadDetector(
  gpu: Gpu,
  { recipe, state }: StoredDetector,
  {
    photographs = null,
    attack = null,
  }: { photographs?: Photographs | null; attack?: SignAttackRecipe | null } = {},
): Promise<DetectorTrainer> {
  const own = { ...recipe, photographs: null, attack };
  const plan = planSigns(own, await signArtwork(), photographs, []);
  const trainer = await DetectorTrainer.build(gpu, plan, { tiling: state.tiling, learns: false });
  trainer.setParameters(state.parameters);
  return trainer;
}
