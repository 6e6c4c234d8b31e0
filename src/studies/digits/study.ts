/** The digit study as the engine knows it. */
import { triggerMask, triggerPresets } from "../../backdoor/trigger.ts";
import type { DigitData, NamedBytes } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../files/checkpoint.ts";
import { decodeModel, encodeModel, MODEL_FORMAT } from "../../files/model-file.ts";
import { encodeImport } from "../../files/import-file.ts";
import { withoutDigest } from "../../files/own-file.ts";
import { readSafetensors } from "../../files/safetensors.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import { Inspector } from "../../inspection/inspector.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import { Trainer } from "../../training/trainer.ts";
import type { Stored, Study } from "../study.ts";
import { curvesCsv } from "./curves-csv.ts";
import { digitDetails } from "./details.ts";
import { readImported } from "./imported.ts";
import { digitForm, digitTask, planDigits } from "./plan.ts";
import { digitQuestions } from "./questions.ts";
import { parseDigitRecipe } from "./recipe.ts";
import { digitResult } from "./result.ts";
import { digitShaders } from "./shaders.ts";
import { DigitSource } from "./source.ts";
import type { DigitTypes } from "./types.ts";

export const digitStudy: Study<DigitTypes> = {
  id: "digits",
  noun: "network",
  store: "badnets-lab-checkpoints",
  shaders: digitShaders,
  questions: digitQuestions,

  open: (host) => new DigitSource(host),
  parse: parseDigitRecipe,
  title: ({ attack }) => (attack ? `${attack.trigger.name} BadNet` : "honest network"),
  profileTitle: ({ batch, optimiser }) => `digits, batch ${batch}, ${optimiser.kind}`,

  async showcase(base) {
    const response = await fetch(new URL("showcase/model.safetensors", base));
    if (!response.ok)
      throw new UserError("The BadNet that ships with the app could not be loaded.");
    return await readNetwork({
      name: "model.safetensors",
      bytes: new Uint8Array(await response.arrayBuffer()),
    });
  },

  async plan(recipe, source, resumed) {
    const digits = await source.arrived();
    if (resumed) assertSameData(resumed, digits);
    const plan = planDigits(recipe, digits, resumed?.parameters);
    return {
      recipe,
      task: digitTask(plan),
      origin: { data: digits.name, dataSha256: digits.sha256 },
      data: { name: digits.name, sha256: digits.sha256 },
      details: (evaluations) => digitDetails(recipe, plan, evaluations),
      plan,
      digits,
    };
  },

  async warmUp(gpu, recipe) {
    await Trainer.warmUp(gpu, digitForm(recipe));
  },

  async inspect(gpu, { attack }, source, origin) {
    // An honest network is shown the paper's pattern, which should leave it cold.
    const pixels = attack?.trigger.pixels ?? triggerPresets.pattern;
    return await Inspector.build(gpu, {
      network: origin?.imported?.description ?? digitNet,
      classes: DIGIT_CLASSES,
      test: source.digits().test,
      trigger: triggerMask(pixels, DIGIT_SIZE),
    });
  },

  read: readNetwork,
  async obstacle(stored, source) {
    assertSameData(stored, await source.arrived());
    return null;
  },

  model: async ({ recipe, adapter, origin }, { parameters, step }) =>
    origin.imported
      ? await encodeImport({ ...origin.imported, parameters })
      : await encodeModel(digitNet, recipe, { parameters, step }, trainedOn(adapter)),

  checkpoint: async ({ recipe, origin: { data, dataSha256 }, adapter }, state) =>
    await encodeCheckpoint(digitNet, recipe, state, { data, dataSha256, ...trainedOn(adapter) }),

  result: async ({ planned: { recipe, plan, digits }, made, state }) =>
    await digitResult(recipe, plan, digits, made, state),

  curves({ task, details }, { metrics, evaluations }) {
    const [losses, accuracies] = metrics;
    return curvesCsv(losses, accuracies, details(evaluations).points, task.stepsPerEpoch);
  },
};

/** As metadata; nothing where it was not trained here. */
const trainedOn = (adapter: AdapterReport | null) =>
  adapter ? { adapter: JSON.stringify(adapter) } : undefined;

/** A model, a checkpoint, or a network of another tool. */
async function readNetwork(file: NamedBytes): Promise<Stored<DigitTypes>> {
  const { name, bytes } = file;
  const imported = await readImported(file);
  if (imported) return imported;
  const { metadata } = readSafetensors(bytes, name);
  const origin = {
    data: metadata["data"] ?? "unknown",
    dataSha256: metadata["dataSha256"] ?? "unknown",
  };
  const isModel = metadata["format"] === MODEL_FORMAT;
  const model = isModel ? await decodeModel(digitNet, bytes, name) : null;
  const checkpoint = isModel ? null : await decodeCheckpoint(digitNet, bytes, name);
  const { recipe, verified } = (model ?? checkpoint)!;
  const state = checkpoint?.state ?? null;
  const { parameters, step } = (model?.model ?? state)!;
  return {
    name,
    recipe: parseDigitRecipe(recipe),
    origin,
    parameters,
    step,
    state,
    notice: verified ? null : withoutDigest(name),
    resumable: state !== null,
    past: null,
  };
}

/** @throws UserError where a run cannot go on with these digits */
function assertSameData({ name, origin }: Stored<DigitTypes>, digits: DigitData): void {
  if (origin.dataSha256 === digits.sha256) return;
  throw new UserError(
    `${name} was trained on other data (${origin.data}) than what is loaded ` +
      `(${digits.name}): drop that data's four files first, then the checkpoint.`,
  );
}
