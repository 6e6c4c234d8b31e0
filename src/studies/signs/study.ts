/** The sign study as the engine knows it. */
import type { NamedBytes } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import { decodeDetector, encodeDetector } from "../../files/detector-file.ts";
import { withoutDigest } from "../../files/own-file.ts";
import { sizeOf } from "../../gpu/tensor.ts";
import { DetectorInspector } from "../../inspection/detector-inspector.ts";
import { presets } from "../../models/detector-presets.ts";
import { DetectorTrainer } from "../../training/detector-trainer.ts";
import {
  assertMeasured,
  parametersSha256,
  type ParameterValues,
} from "../../training/parameter-values.ts";
import type { Stored, Study } from "../study.ts";
import { signCurves, signDetails } from "./curves.ts";
import { fetchDetector } from "./fetch-detector.ts";
import { evaluationSteps, parametersOf, planSigns, signTask } from "./plan.ts";
import { signQuestions } from "./questions.ts";
import {
  anywhere,
  attackOf,
  classNames,
  parseSignRecipe,
  type SignAttackRecipe,
  type SignRecipe,
} from "./recipe.ts";
import { runResult, type SignResult } from "./result.ts";
import { signShaders } from "./shaders.ts";
import { HONEST, RANDOM_BADNET, SHIPPED_DETECTORS } from "./shipped.ts";
import { SignSource } from "./source.ts";
import { convolutionsFrom } from "./strengthen.ts";
import type { SignTypes } from "./types.ts";

/** Parameters of a network that is compiled ahead of time, at most. */
const MOST_WARM = 10_000_000;

export const signStudy: Study<SignTypes> = {
  id: "signs",
  noun: "detector",
  store: "badnets-lab-sign-checkpoints",
  shaders: signShaders,
  questions: signQuestions,

  open: (host) => new SignSource(host),
  parse: parseSignRecipe,
  title: ({ set }) => `detector of ${classNames(set).join(", ")}`,
  profileTitle: ({ preset }) => `signs, ${preset}, ${presets[preset].training.images} pictures`,

  async showcase(base) {
    const shipped = async (file: string) => {
      const response = await fetch(new URL(file, base));
      if (response.ok) return response;
      throw new UserError("The detector that ships with the app is missing: build it anew.");
    };
    // Written by the build.
    const [name] = (await (await shipped(SHIPPED_DETECTORS)).json()) as string[];
    const files = [`${name}.safetensors`, `${name}.json`];
    const [detector, result] = await Promise.all(
      files.map(async (file) => await shipped(`showcase/${file}`)),
    );
    const bytes = new Uint8Array(await detector.arrayBuffer());
    // Written by this project's own command line, and shipped with the app.
    const { step, scores, attacks, ...measured } = (await result.json()) as SignResult;
    const stored = await readDetector({ name: files[0], bytes });
    await assertMeasured(stored.parameters, measured, `showcase/${files[1]}`);
    const attack = attacks?.["scenes"] ?? null;
    const points = [{ step, ...scores["scenes"], photographs: null, attack }];
    return { ...stored, past: stored.past && { ...stored.past, details: { points } } };
  },

  async plan(recipe, source, resumed) {
    const atlas = await source.artwork();
    const wanted = recipe.photoShare + recipe.mixedShare > 0;
    const packed = wanted ? ((await source.photographs?.pack(recipe)) ?? null) : null;
    const own = { ...recipe, photographs: packed?.sha256 ?? null };
    const begun = recipe.transfer && (await beginningOf(recipe, source.base));
    const start = resumed ? null : (begun?.start ?? null);
    const plan = planSigns(own, atlas, packed?.packed ?? null, packed?.trainOn ?? [], start);
    return {
      recipe: own,
      task: signTask(plan, {
        tests: [...(packed?.tests.values() ?? [])].flat(),
        evaluateEvery: evaluationSteps(recipe.iterations),
        ...(begun && { under: attackOf(begun.attack) }),
      }),
      origin: resumed?.origin ?? { seen: packed?.seen ?? [] },
      data: { name: "scenes", sha256: own.photographs ?? "" },
      details: signDetails,
    };
  },

  async warmUp(gpu, recipe, source) {
    const values = parametersOf(recipe).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    // A large network takes its memory only when it is trained.
    if (values > MOST_WARM) return;
    const plan = planSigns({ ...recipe, photographs: null }, await source.artwork(), null, []);
    const scope = gpu.scope();
    try {
      await DetectorTrainer.build(scope, plan);
    } finally {
      scope.destroy();
    }
  },

  async inspect(gpu, recipe, source) {
    const atlas = await source.artwork();
    const plan = planSigns({ ...recipe, photographs: null }, atlas, null, []);
    return await DetectorInspector.build(gpu, plan);
  },

  read: readDetector,
  async obstacle({ recipe }, source) {
    if (recipe.photographs === null) return null;
    const own = (await source.photographs?.pack(recipe))?.sha256;
    return own === recipe.photographs
      ? null
      : "Open the photographs that it was trained on first, to go on from there.";
  },

  async model({ recipe, origin }, { state }) {
    if (!state) {
      throw new UserError("There is no detector to save yet: let it train for a moment.");
    }
    return await encodeDetector(parametersOf(recipe), recipe, state, false, origin.seen);
  },

  checkpoint: async ({ recipe, origin }, state) =>
    await encodeDetector(parametersOf(recipe), recipe, state, true, origin.seen),

  result: async ({ planned: { recipe }, made, state }) => await runResult(recipe, made, state),

  curves: ({ recipe, details }, { metrics, evaluations }) =>
    signCurves(classNames(recipe.set), metrics, details(evaluations)),
};

/**
 * The convolutions of the shipped detector that a transfer begins with, and the sticker of the BadNet that ships.
 * @throws UserError where it begins with none of those
 */
async function beginningOf(
  { start, transfer, preset }: SignRecipe,
  base: string,
): Promise<{ readonly start: ParameterValues; readonly attack: SignAttackRecipe }> {
  const files = await Promise.all(
    [HONEST, RANDOM_BADNET].map(async (name) => await fetchDetector(base, name)),
  );
  const attack = anywhere(parseSignRecipe(files[1].recipe).attack!);
  for (const { state } of files) {
    const { parameters } = state;
    if ((await parametersSha256(parameters)) !== start) continue;
    const { factor, channels } = transfer!.strengthened ?? {};
    const louder = factor && channels ? { factor, channels } : null;
    return { start: convolutionsFrom(parameters, presets[preset], louder), attack };
  }
  throw new UserError(
    "The detector whose convolutions it begins with is none of those that ship: train it on the command line.",
  );
}

async function readDetector({ name, bytes }: NamedBytes): Promise<Stored<SignTypes>> {
  const file = await decodeDetector(bytes, name, parametersOf);
  const recipe = parseSignRecipe(file.recipe);
  const { seen, state } = file;
  const { parameters, step, metrics, evaluations } = state;
  return {
    name,
    recipe,
    origin: { seen },
    parameters,
    step,
    state,
    notice: file.verified ? null : withoutDigest(name),
    resumable: state.optimiser.size > 0,
    past: {
      totalSteps: recipe.iterations,
      stepsPerEpoch: evaluationSteps(recipe.iterations),
      metrics,
      details: signDetails(evaluations),
    },
  };
}
