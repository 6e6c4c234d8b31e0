/** Detectors on disk, and on a device. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { signSets } from "../data/sign-atlas.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { describeDetector } from "../models/detector-parameters.ts";
import { presets } from "../models/detector-presets.ts";
import { signArtwork } from "../node/sign-artwork.ts";
import { openInNode } from "../node/webgpu.ts";
import { parseSignRecipe, planSigns, type SignRecipe } from "../studies/signs.ts";
import { decodeDetector, type DetectorFile } from "../training/detector-file.ts";
import type { Photographs } from "../training/detector-pictures.ts";
import { DetectorTrainer } from "../training/detector-trainer.ts";
import { adapterChoices, oneOf, UsageError, type Options } from "./usage.ts";

export function detectorIn(dir: string): string {
  return join(dir, "detector.safetensors");
}

/** The parameters of the network that a recipe asks for. */
export const parametersOf = (recipe: unknown) => {
  const { preset, set } = parseSignRecipe(recipe);
  return describeDetector(presets[preset], signSets[set].length + 1);
};

export async function openDevice(given: Options): Promise<Gpu> {
  return await openInNode(oneOf(given, "adapter", adapterChoices) ?? "auto");
}

export type StoredDetector = Omit<DetectorFile, "recipe"> & { readonly recipe: SignRecipe };

/** @throws UsageError where there is no file, UserError where it is no detector */
export async function readDetector(path: string): Promise<StoredDetector> {
  if (!existsSync(path)) throw new UsageError(`There is no detector at ${path}.`);
  const file = decodeDetector(await readFile(path), path, parametersOf);
  return { ...file, recipe: parseSignRecipe(file.recipe) };
}

/** The detector that --model names. */
export async function readModel(given: Options, verb: string): Promise<StoredDetector> {
  const path = given["model"] as string | undefined;
  if (path === undefined) {
    throw new UsageError(`${verb} needs --model FILE, a detector that train wrote.`);
  }
  return await readDetector(path);
}

/** A stored detector on a device, to detect with; with photographs to measure on. */
export async function loadDetector(
  given: Options,
  { recipe, state }: StoredDetector,
  photographs: Photographs | null,
): Promise<{ gpu: Gpu; trainer: DetectorTrainer }> {
  const gpu = await openDevice(given);
  const plan = planSigns({ ...recipe, photographs: null }, await signArtwork(), photographs, []);
  const trainer = await DetectorTrainer.build(gpu, plan, { tiling: state.tiling, learns: false });
  trainer.setParameters(state.parameters);
  return { gpu, trainer };
}
