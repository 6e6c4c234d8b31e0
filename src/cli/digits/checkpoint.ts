/** Checkpoints of digit runs on disk. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../files/checkpoint.ts";
import { withoutDigest } from "../../files/own-file.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import { digitNet } from "../../models/digit-net.ts";
import { parseDigitRecipe, type DigitRecipe } from "../../studies/digits/recipe.ts";
import type { Evaluation } from "../../training/evaluator.ts";
import type { RunState } from "../../training/run.ts";
import { UsageError, type Options } from "../shared/options.ts";
import { recipeOptions } from "./options.ts";
import { note } from "../shared/say.ts";

export const CHECKPOINT = "checkpoint.safetensors";

export function checkpointIn(dir: string): string {
  return join(dir, CHECKPOINT);
}

/** A run's state, and what tells whether a later run may go on from it. */
export async function checkpointOf(
  recipe: DigitRecipe,
  state: RunState<Evaluation>,
  data: DigitData,
  adapter: AdapterReport | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const extra = { data: data.name, dataSha256: data.sha256, adapter: JSON.stringify(adapter) };
  return await encodeCheckpoint(digitNet, recipe, state, extra);
}

/** Reads a checkpoint, which brings its own recipe; options may repeat it but not change it. */
export async function readCheckpoint(
  path: string,
  given: Options,
  asked: DigitRecipe,
  data: DigitData,
): Promise<{ recipe: DigitRecipe; state: RunState<Evaluation> }> {
  const {
    recipe: stored,
    state,
    metadata,
    verified,
  } = await decodeCheckpoint(digitNet, await readFile(path), path);
  if (!verified) note(withoutDigest(path));
  const recipe = parseDigitRecipe(stored);
  const named = recipeOptions.filter((name) => given[name] !== undefined);
  if (named.length > 0 && JSON.stringify(recipe) !== JSON.stringify(asked)) {
    throw new UsageError(
      `--${named[0]} does not go with --resume: the checkpoint was made with another recipe, ${JSON.stringify(recipe)}.`,
    );
  }
  if (metadata["dataSha256"] !== data.sha256) {
    throw new UserError(
      `${path} was trained on other data (${metadata["data"] ?? "unknown"}): give the same with --data.`,
    );
  }
  return { recipe, state };
}
