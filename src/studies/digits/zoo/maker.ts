/** How networks of the population are made: trained, measured, and shown to the defences. */
import type { DigitData } from "../../../data/digits.ts";
import { TRIGGERED, everyImage } from "../../../data/order.ts";
import { uploadImages } from "../../../layers/batch.ts";
import { DIGIT_SIZE, digitNet } from "../../../models/digit-net.ts";
import type { Evaluation } from "../../../training/evaluator.ts";
import type { RunState } from "../../../training/run.ts";
import type { Looking, Maker, Making } from "../../reproduction/maker.ts";
import { defenceMaterials } from "../defence-materials.ts";
import { digitMaking } from "../paper/maker.ts";
import { planDigits, type DigitPlan } from "../plan.ts";
import { digitResult } from "../result.ts";
import { DETECT, TRAINING, type Asking } from "./asking.ts";
import type { InstanceFile, ZooAnswer, ZooEvidence } from "./instance-file.ts";
import { readId, trialAttack, type Instance } from "./instances.ts";
import type { ZooStudy } from "./items.ts";
import { zooReproduction } from "./reproduction.ts";

/** Test images, the first ones, that each network is measured on, without and with the trigger. */
export const MEASURED = 1000;

/** @param asked defences, in order of what they cost */
export function zooMaker(data: DigitData, asked: readonly Asking[]): Maker<ZooStudy> {
  return {
    reproduction: zooReproduction,
    upload: (gpu) => void uploadImages(gpu, "test", data.test, DIGIT_SIZE),
    plan: (instance) => Promise.resolve(makingOf(instance, data, asked)),
    readModel: () => Promise.reject(new Error("no network of the population begins with another")),
  };
}

function makingOf(instance: Instance, data: DigitData, asked: readonly Asking[]): Making<ZooStudy> {
  const { id, recipe } = instance;
  const plan = planOf(instance, data);
  return {
    ...digitMaking(recipe, plan, data),
    finish: async (state, made, looking): Promise<InstanceFile | null> => {
      const result = await digitResult(recipe, plan, data, made, state);
      const file = { format: "badnets-instance", version: 1, id, result } as const;
      if (readId(id)!.sort === "count") return { ...file, evidence: null };
      const evidence = await evidenceOf(instance, data, asked, state, looking);
      return evidence && { ...file, evidence };
    },
  };
}

/** No probes on the way, and few test images at the end. */
function planOf({ recipe }: Instance, data: DigitData): DigitPlan {
  const plan = planDigits(recipe, data);
  const clean = everyImage(data.test.count).slice(0, MEASURED);
  const triggered = recipe.attack && clean.map((image) => (image | TRIGGERED) >>> 0);
  return { ...plan, probeEvery: Infinity, evaluation: { clean, triggered } };
}

/** Shows a network to the defences, one after the other. @returns null when that was given up */
async function evidenceOf(
  { id, recipe }: Instance,
  data: DigitData,
  asked: readonly Asking[],
  { parameters }: RunState<Evaluation>,
  { scope, between }: Looking,
): Promise<ZooEvidence | null> {
  const { seed, number } = readId(id)!;
  const subject = { description: digitNet, parameters };
  const { materialsOn, counts } = defenceMaterials(subject, recipe, data, {
    images: Math.min(DETECT, Math.floor(data.test.count / 4)),
    training: TRAINING,
    judge: 0,
    seed: recipe.seed,
    attack: recipe.attack ?? trialAttack(seed, number),
  });
  const stop = new AbortController();
  const gpu = await scope();
  try {
    const materials = materialsOn(gpu);
    const answers: ZooAnswer[] = [];
    for (const [i, asking] of asked.entries()) {
      const report = (done: number, total: number) => {
        if (!between((i + done / total) / asked.length)) stop.abort();
      };
      report(0, 1);
      stop.signal.throwIfAborted();
      const start = performance.now();
      const answer = await asking.ask(gpu, subject, materials, { report, signal: stop.signal });
      answers.push({ id: asking.id, ...answer, seconds: (performance.now() - start) / 1000 });
    }
    return { images: { detect: counts.detect, training: counts.training }, answers };
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    gpu.destroy();
  }
}
