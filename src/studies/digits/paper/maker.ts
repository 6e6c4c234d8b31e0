/** How the digit study's instances are made. */
import { targetOf } from "../../../backdoor/attack.ts";
import type { DigitData } from "../../../data/digits.ts";
import { TRIGGERED } from "../../../data/order.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../files/checkpoint.ts";
import { decodeModel, encodeModel } from "../../../files/model-file.ts";
import { Inspector } from "../../../inspection/inspector.ts";
import { uploadImages } from "../../../layers/batch.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../../models/digit-net.ts";
import type { Evaluation } from "../../../training/evaluator.ts";
import { parametersSha256, type ParameterValues } from "../../../training/parameter-values.ts";
import type { RunState } from "../../../training/run.ts";
import type { Looking, Maker, Making } from "../../reproduction/maker.ts";
import { digitTask, planDigits, type DigitPlan } from "../plan.ts";
import { parseDigitRecipe, type DigitRecipe } from "../recipe.ts";
import { digitResult } from "../result.ts";
import { examine, type Evidence } from "./evidence.ts";
import { instanceFile, recipeFrom } from "./instance-file.ts";
import type { Instance } from "./instances.ts";
import type { DigitPaper } from "./items.ts";
import { digitReproduction } from "./reproduction.ts";

export function digitMaker(data: DigitData): Maker<DigitPaper> {
  return {
    reproduction: digitReproduction,
    upload: (gpu) => {
      uploadImages(gpu, "train", data.train, DIGIT_SIZE);
      uploadImages(gpu, "test", data.test, DIGIT_SIZE);
    },
    plan: async (instance, start) => {
      const recipe = recipeFrom(instance, start && (await parametersSha256(start)));
      return makingOf(instance, recipe, planOf(recipe, data, start), data);
    },
    readModel: async (bytes, name) => (await decodeModel(digitNet, bytes, name)).model.parameters,
  };
}

function makingOf(
  instance: Instance,
  recipe: DigitRecipe,
  plan: DigitPlan,
  data: DigitData,
): Making<DigitPaper> {
  return {
    ...digitMaking(recipe, plan, data),
    finish: async (state, made, looking) => {
      const result = await digitResult(recipe, plan, data, made, state);
      if (!instance.examined || !recipe.attack) return instanceFile(instance, result, null);
      const evidence = await evidenceOf(recipe, plan, state, looking);
      return evidence && instanceFile(instance, result, evidence);
    },
  };
}

/** What of a digit network's making does not hang on what is looked for behind its training. */
export function digitMaking(
  recipe: DigitRecipe,
  plan: DigitPlan,
  data: DigitData,
): Omit<Making<DigitPaper>, "finish"> {
  return {
    task: digitTask(plan),
    encode: async (state) => await encodeCheckpoint(digitNet, recipe, state),
    decode: async (bytes, name) => {
      const { recipe: own, ...read } = await decodeCheckpoint(digitNet, bytes, name);
      return JSON.stringify(parseDigitRecipe(own)) === JSON.stringify(recipe) ? read : null;
    },
    model: async (state, { adapter }) =>
      await encodeModel(digitNet, recipe, state, {
        adapter: JSON.stringify(adapter),
        data: data.name,
      }),
  };
}

/**
 * No probes on the way. Triggered images are those that count: all of them of a single target, as what the other digits
 * are read as tells whether the source alone is attacked; else those of the attacked digits.
 */
function planOf(recipe: DigitRecipe, data: DigitData, start: ParameterValues | null): DigitPlan {
  const plan = planDigits(recipe, data, start);
  const { triggered } = plan.evaluation;
  const { labels } = data.test;
  const counts = (entry: number) => {
    const { policy } = recipe.attack!;
    const label = labels[(entry & ~TRIGGERED) >>> 0];
    return policy.kind === "single-target" || targetOf(policy, label, DIGIT_CLASSES) !== null;
  };
  return {
    ...plan,
    probeEvery: Infinity,
    evaluation: { ...plan.evaluation, triggered: triggered && triggered.filter(counts) },
  };
}

async function evidenceOf(
  recipe: DigitRecipe,
  { test, trigger }: DigitPlan,
  { parameters, tiling }: RunState<Evaluation>,
  { scope, between }: Looking,
): Promise<Evidence | null> {
  const gpu = await scope();
  try {
    const options = { network: digitNet, classes: DIGIT_CLASSES, test, trigger, tiling };
    const inspector = await Inspector.build(gpu, options);
    return await examine(inspector, parameters, recipe.attack!.policy, between);
  } finally {
    gpu.destroy();
  }
}
