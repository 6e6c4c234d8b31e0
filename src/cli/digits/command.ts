/** `badnets digits`: trains a digit network, honest or backdoored, and measures it. */
import { existsSync } from "node:fs";
import { UserError } from "../../errors.ts";
import { withoutDigest } from "../../files/own-file.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { ownFolder } from "../../node/folder-lock.ts";
import { openInNode, type AdapterChoice } from "../../node/webgpu.ts";
import { digitForm, planDigits } from "../../studies/digits/plan.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import { Trainer } from "../../training/trainer.ts";
import { assertThere, madeHere, readAny } from "../models/files.ts";
import { digitDataOf, digitInputs } from "../shared/data.ts";
import {
  adapterOf,
  argumentsUnlessHelp,
  asUsage,
  textOf,
  UsageError,
  type Options,
} from "../shared/options.ts";
import {
  allOf,
  ensureOutputs,
  filesIn,
  filesOf,
  folderToResume,
  reportResult,
} from "../shared/output.ts";
import { noteProvenance } from "../shared/provenance.ts";
import { CHECKPOINT, checkpointIn, readCheckpoint } from "./checkpoint.ts";
import { note } from "../shared/say.ts";
import { digitOptions, digitsHelp, recipeFrom } from "./options.ts";
import { reportOf } from "./report.ts";
import { train } from "./train.ts";

/** Runs the command. @returns the exit status */
export async function digits(args: string[]): Promise<number> {
  const read = await argumentsUnlessHelp("digits", digitOptions, args, digitsHelp);
  if (!read) return 0;
  const { given } = read;
  const out = textOf(given, "out");
  const adapter = adapterOf(given);
  const beginning = await beginningOf(given);
  const asked = recipeFrom(given, beginning?.parametersSha256 ?? null);
  const resumed = folderToResume(given, "checkpoint");
  if (resumed !== undefined && !existsSync(checkpointIn(resumed))) {
    throw new UsageError(
      `There is no checkpoint at ${checkpointIn(resumed)} to go on from: leave --resume out.`,
    );
  }
  if (out !== undefined && resumed === undefined && existsSync(checkpointIn(out))) {
    throw new UsageError(
      `${out} already holds a checkpoint: add --resume to go on from it, or choose another folder.`,
    );
  }

  const open = async (recipe: DigitRecipe) => await openDevice(adapter, recipe);
  const opening = open(asked);
  // Whether it failed matters only once the data is there.
  opening.catch(() => {});
  const job = await gather(given, asked, beginning).catch(async (error: unknown) => {
    // A program that ends while its driver compiles may have a last word of the driver's on its lips.
    await opening.catch(() => {});
    throw error;
  });
  const trained = await train({ ...job, out, opening, open });
  if (!trained) return 130;
  const { result, files } = trained;
  await allOf(
    async () => await reportResult(result, () => reportOf(result), given, out),
    async () => await files.settle(),
  );
  return 0;
}

/** Opens a device and compiles what the recipe needs, while the data is on its way. */
async function openDevice(choice: AdapterChoice, recipe: DigitRecipe): Promise<Gpu> {
  const gpu = await openInNode(choice);
  await Trainer.warmUp(gpu, digitForm(recipe));
  return gpu;
}

/** Data, recipe, plan and state to go on from; makes the folders that results go to, and owns that of the run. */
async function gather(given: Options, asked: DigitRecipe, beginning: Beginning | null) {
  const data = await digitDataOf(given);
  const folder = textOf(given, "data");
  const out = textOf(given, "out");
  const resumed = folderToResume(given, "checkpoint");
  const planOf = (recipe: DigitRecipe, start: ParameterValues | null) =>
    asUsage(() => planDigits(recipe, data, start));
  const fresh =
    resumed === undefined
      ? { recipe: asked, plan: planOf(asked, beginning?.parameters ?? null) }
      : null;
  const outputs = [...filesOf(given, "json"), ...filesIn(out, "result.json", CHECKPOINT)];
  // Last of the checks, because it may make folders.
  const begun = beginning ? [{ name: "--from", path: beginning.path }] : [];
  await ensureOutputs(out, outputs, [...begun, ...digitInputs(given)]);
  if (out !== undefined) await ownFolder(out, note);
  if (fresh) return { data, folder, ...fresh, resumeFrom: null };
  const { recipe, state } = await readCheckpoint(checkpointIn(resumed!), given, asked, data);
  return { data, folder, recipe, plan: planOf(recipe, state.parameters), resumeFrom: state };
}

type Beginning = Awaited<ReturnType<typeof readAny>>;

/** The network whose parameters training begins with; null: with random ones. */
async function beginningOf(given: Options): Promise<Beginning | null> {
  const path = textOf(given, "from");
  if (path === undefined) return null;
  assertThere(path);
  const model = madeHere(await readAny(path), "give a model or checkpoint of badnets digits");
  if (model.format === "badnets-detector") {
    throw new UserError(
      `${path} is a street-sign detector: give a model or checkpoint of badnets digits.`,
    );
  }
  if (!model.verified) note(withoutDigest(path));
  await noteProvenance(model.path);
  return model;
}
