/** `badnets digits`: trains a digit network, honest or backdoored, and measures it. */
import { existsSync } from "node:fs";
import type { Gpu } from "../../gpu/gpu.ts";
import { openInNode, type AdapterChoice } from "../../node/webgpu.ts";
import { digitForm, planDigits } from "../../studies/digits/plan.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { Trainer } from "../../training/trainer.ts";
import { digitDataOf } from "../shared/data.ts";
import {
  adapterOf,
  asUsage,
  optionsUnlessHelp,
  textOf,
  UsageError,
  type Options,
} from "../shared/options.ts";
import { assertJsonIsFile, ensureOutputs, folderToResume, reportResult } from "../shared/output.ts";
import { checkpointIn, readCheckpoint } from "./checkpoint.ts";
import { digitOptions, digitsHelp, recipeFrom } from "./options.ts";
import { reportOf } from "./report.ts";
import { train } from "./train.ts";

/** Runs the command. @returns the exit status */
export async function digits(args: string[]): Promise<number> {
  const given = optionsUnlessHelp("digits", digitOptions, args, digitsHelp);
  if (!given) return 0;
  const out = textOf(given, "out");
  const adapter = adapterOf(given);
  const asked = recipeFrom(given);
  const resumed = folderToResume(given, "checkpoint");
  if (out !== undefined && resumed === undefined && existsSync(checkpointIn(out))) {
    throw new UsageError(
      `${out} already holds a checkpoint: add --resume to go on from it, or choose another folder.`,
    );
  }
  assertJsonIsFile(given);

  const open = async (recipe: DigitRecipe) => await openDevice(adapter, recipe);
  const opening = open(asked);
  // Whether it failed matters only once the data is there.
  opening.catch(() => {});
  const job = await gather(given, asked).catch(async (error: unknown) => {
    // A program that ends while its driver compiles may have a last word of the driver's on its lips.
    await opening.catch(() => {});
    throw error;
  });
  const result = await train({ ...job, out, opening, open });
  if (!result) return 130;
  await reportResult(result, () => reportOf(result), given, out);
  return 0;
}

/** Opens a device and compiles what the recipe needs, while the data is on its way. */
async function openDevice(choice: AdapterChoice, recipe: DigitRecipe): Promise<Gpu> {
  const gpu = await openInNode(choice);
  await Trainer.warmUp(gpu, digitForm(recipe));
  return gpu;
}

/** Data, recipe, plan and state to go on from; makes the folders that results go to. */
async function gather(given: Options, asked: DigitRecipe) {
  const data = await digitDataOf(given);
  const resumed = folderToResume(given, "checkpoint");
  const { recipe, state } =
    resumed === undefined
      ? { recipe: asked, state: null }
      : await readCheckpoint(checkpointIn(resumed), given, asked, data);
  const plan = asUsage(() => planDigits(recipe, data));
  // Last of the checks, because it may make folders.
  await ensureOutputs(given, textOf(given, "out"));
  return { data, folder: textOf(given, "data"), recipe, plan, resumeFrom: state };
}
