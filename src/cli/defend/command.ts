/** `badnets defend`: looks for a backdoor in a network of digits with the defences of the table, and takes it out. */
import { basename, join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Defence } from "../../defences/defence.ts";
import { defend as runDefences, type Defended } from "../../defences/defend.ts";
import { Judge } from "../../defences/judge.ts";
import type { AnyModel } from "../../files/any-model.ts";
import { withoutDigest } from "../../files/own-file.ts";
import { notDigits } from "../../foreign/describe.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import type { NetworkDescription } from "../../models/description.ts";
import { openInNode } from "../../node/webgpu.ts";
import { writeOutput } from "../../node/write-output.ts";
import { defenceMaterials, USUAL_TRAINING } from "../../studies/digits/defence-materials.ts";
import { defenceReport, mendedBy } from "../../studies/digits/defence-report.ts";
import { mendedModel } from "../../studies/digits/mended-model.ts";
import { parseDigitRecipe } from "../../studies/digits/recipe.ts";
import { assertThere, readAny } from "../models/files.ts";
import { digitDataOf, digitInputs } from "../shared/data.ts";
import { untilInterrupted } from "../shared/interrupt.ts";
import {
  adapterOf,
  argumentsUnlessHelp,
  asUsage,
  textOf,
  UsageError,
  wholeNumber,
  type Options,
} from "../shared/options.ts";
import { noteProvenance } from "../shared/provenance.ts";
import { ensureOutputs, filesIn, filesOf, reportResult } from "../shared/output.ts";
import { note } from "../shared/say.ts";
import { attackFrom, chosenDefences, defendHelp, defendOptions } from "./options.ts";
import { DefendLine } from "./progress.ts";
import { reportInWords, titleOf } from "./report.ts";

/** Runs the command. @returns the exit status */
export async function defend(args: string[]): Promise<number> {
  const read = await argumentsUnlessHelp("defend", defendOptions, args, defendHelp, true);
  if (!read) return 0;
  const { given, words } = read;
  const [path, ...more] = words;
  if (path === undefined || more.length > 0) {
    throw new UsageError(
      `Give one network's file, ${path === undefined ? "such as public/showcase/model.safetensors" : `not ${words.length}`}. See badnets defend --help.`,
    );
  }
  const choice = adapterOf(given);
  const job = await gather(given, path);
  const stop = new AbortController();
  const gpu = await openInNode(choice);
  try {
    const made = await carryOut(gpu, job, stop);
    const { attack, data, counts, seed, recipe } = job;
    const { parametersSha256 } = job.model;
    const report = defenceReport(
      {
        model: { file: basename(path), parametersSha256, recipe },
        attack,
        data: { name: data.name, sha256: data.sha256 },
        images: counts,
        seed,
        adapter: gpu.adapter,
      },
      made,
    );
    await reportResult(report, () => reportInWords(report), given, undefined);
    return stop.signal.aborted ? 130 : 0;
  } finally {
    gpu.destroy();
  }
}

/** Network, data, defences and what they work with; makes the folder that --out names. */
async function gather(given: Options, path: string) {
  const asked = chosenDefences(given);
  const images = cleanImages(given, asked);
  const training = wholeNumber(given, "training", 1, 1_000_000) ?? USUAL_TRAINING;
  const judge = wholeNumber(given, "judge", 1, 1_000_000);
  const seed = wholeNumber(given, "seed", 0, 2 ** 32 - 1) ?? 1;
  assertThere(path);
  const model = await readAny(path);
  const description = descriptionOf(model, path);
  const recipe = model.origin ? null : parseDigitRecipe(model.recipe);
  const attack = attackFrom(given, recipe);
  const data = await digitDataOf(given);
  const chosen = fittingTo(description, withTrainingSet(asked, model, data, given), given);
  const subject = { description, parameters: model.parameters };
  const options = { images, training, judge, seed, attack };
  const materials = asUsage(() => defenceMaterials(subject, recipe, data, options));
  const out = textOf(given, "out");
  const mending = chosen.filter(({ kind }) => kind === "remove").map(({ id }) => mendedBy(id));
  // Last of the checks, because it may make a folder.
  await ensureOutputs(
    out,
    [...filesOf(given, "json"), ...filesIn(out, ...mending)],
    [{ name: "the network", path: model.path }, ...digitInputs(given)],
  );
  if (!model.verified) note(withoutDigest(path));
  await noteProvenance(model.path);
  note(titleOf(path, attack, materials.counts));
  return { model, recipe, attack, data, chosen, subject, out, seed, ...materials };
}

/** Runs the defences until they are done or it is interrupted, and writes each mended network. */
async function carryOut(
  gpu: Gpu,
  { model, chosen, subject, out, judging, materialsOn }: Awaited<ReturnType<typeof gather>>,
  stop: AbortController,
): Promise<Defended> {
  const line = new DefendLine(process.stderr, chosen);
  const { description } = subject;
  const work = async () => {
    const judge = await Judge.build(gpu, description, judging);
    return await runDefences(gpu, subject, materialsOn(gpu), chosen, judge, {
      onProgress: (...told) => line.update(...told),
      onResult: async (defence, result, mended) => {
        line.tell(defence, result);
        if (out === undefined || !mended) return;
        const file = join(out, mendedBy(defence.id));
        await writeOutput(file, await mendedModel({ ...model, description }, mended, result));
      },
      signal: stop.signal,
    });
  };
  return await untilInterrupted(() => stop.abort(), line, work).finally(() => line.clear());
}

/** How many are asked for; none where no defence looks at one, so that all of them judge. */
function cleanImages(given: Options, asked: readonly Defence[]): number | undefined {
  const images = wholeNumber(given, "images", 1, 1_000_000);
  if (asked.some(({ needs }) => needs === "images")) return images;
  if (images === undefined) return 0;
  const named = asked.map(({ id }) => id).join(" and ");
  throw new UsageError(`--images is of no use with --with ${named}: no clean image is looked at.`);
}

/** @throws UserError where it is of no network that the defences look at */
function descriptionOf({ description }: AnyModel, path: string): NetworkDescription {
  if (!description) {
    throw new UserError(
      `${path} is a street-sign detector, and the defences are of digit networks: give a model or checkpoint of badnets digits.`,
    );
  }
  const obstacle = notDigits(description);
  if (obstacle !== null) throw new UserError(`${path} cannot be looked at: ${obstacle}.`);
  return description;
}

/**
 * What looks at layers that the network has not is left out.
 * @throws UserError where it was asked for
 */
function fittingTo(
  description: NetworkDescription,
  asked: readonly Defence[],
  given: Options,
): readonly Defence[] {
  const missing = asked.filter(({ layers }) => layers && !layers(description));
  if (missing.length === 0) return asked;
  const named = missing.map(({ id }) => id).join(" and ");
  const why = `${named} look at layers that this network has not`;
  if (given["with"] !== undefined) throw new UserError(`${why}.`);
  note(`${why}, and are left out.`);
  return asked.filter((defence) => !missing.includes(defence));
}

/**
 * What looks at the training set is left out where the data at hand are not what the network was trained on.
 * @throws UserError where it was asked for
 */
function withTrainingSet(
  asked: readonly Defence[],
  { metadata, origin }: AnyModel,
  data: { readonly name: string; readonly sha256: string },
  given: Options,
): readonly Defence[] {
  const { data: name = data.name, dataSha256 = data.sha256 } = metadata;
  const needing = asked.filter(({ needs }) => needs === "training set");
  const isSame = !origin && name === data.name && dataSha256 === data.sha256;
  if (needing.length === 0 || isSame) return asked;
  const named = needing.map(({ id }) => id).join(" and ");
  const why = origin
    ? `${named} look at the training set, and of an imported network it is not known`
    : `${named} look at the training set, but the network was trained on ${name}, not on ${data.name}`;
  const advice = origin ? "" : ": give that with --data";
  if (given["with"] !== undefined) throw new UserError(`${why}${advice}.`);
  note(`${why}, and are left out${advice}.`);
  return asked.filter((defence) => !needing.includes(defence));
}
