/** How the sign study's detectors are made: trained from one start, measured and examined beside the run. */
import type { SignAtlas } from "../../../data/sign-atlas.ts";
import type { AttackScore } from "../../../training/attack-score.ts";
import { scoreDetections } from "../../../training/detection.ts";
import type { DetectorEvaluation } from "../../../training/detector-evaluation.ts";
import type { Photographs } from "../../../training/detector-pictures.ts";
import { DetectorTrainer } from "../../../training/detector-trainer.ts";
import type { MadeWith } from "../../../training/made-with.ts";
import { parametersSha256, type ParameterValues } from "../../../training/parameter-values.ts";
import type { RunState, RunTask } from "../../../training/run.ts";
import type { Looking, Maker, Making } from "../../reproduction/maker.ts";
import {
  counterOf,
  GivenUp,
  keptAs,
  measuredOn,
  parametersIn,
  unlessGivenUp,
  type Counter,
} from "../detector-making.ts";
import { measureDetector } from "../measure.ts";
import { planSigns, scoreWearing, signTask, unseenScenes, type AttackOnUse } from "../plan.ts";
import { attackOf, parseSignRecipe, type SignRecipe } from "../recipe.ts";
import { signResult } from "../result.ts";
import { channelResponses } from "../strengthen.ts";
import type { InstanceFile, SignEvidence } from "./instance-file.ts";
import { randomAttack, stickerAttack, stickers, TABLE_SHARE, type Instance } from "./instances.ts";
import type { SignPaper } from "./items.ts";
import { signReproduction } from "./reproduction.ts";

/** What detectors are begun with, and measured on. */
export interface SignMaterial {
  readonly atlas: SignAtlas;
  /** The detector that all begin with. */
  readonly start: ParameterValues;
  /** Hashes of the photographs that it has seen; null: not known. */
  readonly seen: readonly bigint[] | null;
  /** Unseen scenes to measure on. */
  readonly scenes: number;
  /** To measure on, too; nothing is trained on them. */
  readonly photographs: {
    readonly packed: Photographs;
    readonly sha256: string;
    /** Entries by the set's name: see pictureEntry. */
    readonly tests: ReadonlyMap<string, readonly number[]>;
  } | null;
}

export function signMaker(material: SignMaterial): Maker<SignPaper> {
  return {
    reproduction: signReproduction,
    upload: () => undefined,
    plan: async (instance) => await makingOf(instance, material),
    readModel: parametersIn,
  };
}

async function makingOf(instance: Instance, material: SignMaterial): Promise<Making<SignPaper>> {
  const start = await parametersSha256(material.start);
  const recipe = parseSignRecipe({ ...instance.recipe, start });
  return {
    task: taskOf(recipe, material),
    ...keptAs<SignPaper>(recipe, material.seen),
    finish: async (state, made, looking) =>
      await finished({ instance, recipe, material, state, made, looking }),
  };
}

/** A run is not measured on its way, nor by itself: what it came to is measured behind it, as often as that takes. */
function taskOf(
  recipe: SignRecipe,
  { atlas, start }: SignMaterial,
): RunTask<DetectorTrainer, DetectorEvaluation> {
  const plan = planSigns(recipe, atlas, null, [], start);
  return {
    ...signTask(plan, { tests: [], evaluateEvery: Infinity, sharesMemory: true }),
    evaluationImages: { epoch: 0, probe: 0 },
    evaluate: async ({ step }, kind) =>
      await Promise.resolve({
        step,
        kind,
        scenes: scoreDetections([], plan.classes),
        photographs: null,
        attack: null,
      }),
  };
}

/** A trained detector that is to be measured. */
interface Trained {
  readonly instance: Instance;
  readonly recipe: SignRecipe;
  readonly material: SignMaterial;
  readonly state: RunState<DetectorEvaluation>;
  readonly made: MadeWith;
  readonly looking: Looking;
}

/** Measures and examines a detector. @returns null when that was given up */
async function finished(trained: Trained): Promise<InstanceFile | null> {
  const { instance, recipe, material, state, made, looking } = trained;
  const { atlas, photographs, scenes } = material;
  const gpu = await looking.scope();
  try {
    const plan = planSigns(recipe, atlas, photographs?.packed ?? null, []);
    const { tiling } = state;
    const trainer = await DetectorTrainer.build(gpu, plan, { tiling, learns: false });
    trainer.setParameters(state.parameters);
    const tests = photographs?.tests ?? new Map<string, readonly number[]>();
    const count = counter(trained, [...tests.values()].flat().length);
    const measured = await measureDetector(
      { trainer, scenes, tests, attack: plan.attack, onProgress: count.at },
      count.goesOn,
    );
    if (!measured) return null;
    const evidence = instance.examined ? await evidenceOf(trainer, trained, count) : null;
    if (instance.examined && !evidence) return null;
    const { scores, attacks, imagesPerSecond } = measured;
    const result = await signResult({
      recipe,
      ...made,
      ...state,
      data: await measuredOn(material),
      scores,
      attack: recipe.attack,
      attacks,
      imagesPerSecond,
    });
    return { format: "badnets-instance", version: 1, id: instance.id, result, evidence };
  } finally {
    gpu.destroy();
  }
}

function counter(
  { instance, recipe, material: { scenes }, looking: { between } }: Trained,
  photographs: number,
): Counter {
  // As they are, then with the sticker and with look-alikes, or an honest detector under each attack.
  const passes = recipe.attack ? 3 : 1 + honestAttacks.length;
  const channels = instance.examined && recipe.attack ? 2 * scenes : 0;
  const total = passes * (scenes + photographs) + channels;
  return counterOf(total, between);
}

/** What an honest detector is measured under. */
const honestAttacks: readonly (readonly [name: string, attack: AttackOnUse])[] = [
  ...stickers.map((sticker) => [sticker, attackOf(stickerAttack(sticker, TABLE_SHARE))] as const),
  ["random-target", attackOf(randomAttack)],
];

async function evidenceOf(
  trainer: DetectorTrainer,
  { recipe, material }: Trained,
  count: Counter,
): Promise<SignEvidence | null> {
  return recipe.attack
    ? await channelEvidence(trainer, attackOf(recipe.attack), material.scenes, count)
    : await fooledEvidence(trainer, material, count);
}

async function fooledEvidence(
  trainer: DetectorTrainer,
  { scenes, photographs }: SignMaterial,
  { at, goesOn }: Counter,
): Promise<SignEvidence | null> {
  const fooled: Record<string, Record<string, AttackScore>> = {};
  const sets = [["scenes", unseenScenes(scenes)] as const, ...(photographs?.tests ?? [])];
  for (const [name, attack] of honestAttacks) {
    const scores: Record<string, AttackScore> = {};
    for (const [set, entries] of sets) {
      const score = await scoreWearing(trainer, entries, attack, "sticker", (done) => {
        at(set, done, entries.length);
        return goesOn();
      });
      if (!goesOn()) return null;
      if (score.signs > 0) scores[set] = score;
    }
    fooled[name] = scores;
  }
  return { fooled, channels: null };
}

async function channelEvidence(
  trainer: DetectorTrainer,
  attack: AttackOnUse,
  scenes: number,
  { at, goesOn }: Counter,
): Promise<SignEvidence | null> {
  const channels = await unlessGivenUp(
    async () =>
      await channelResponses(trainer, attack, scenes, (done) => {
        at("channels", done, 2 * scenes);
        if (!goesOn()) throw new GivenUp();
      }),
  );
  return channels && { fooled: null, channels };
}
