/** From a sign recipe and data to the plan of a detector's run, and the scenes that measure it. */
import { signSets, type SignAtlas, type SignSet } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import type { SignAttack } from "../../backdoor/sign-attack.ts";
import { pictureEntry, wearing, type Wear } from "../../layers/scene.ts";
import type { ParameterDescription } from "../../models/description.ts";
import { describeDetector } from "../../models/detector-parameters.ts";
import { presets, type PresetName } from "../../models/detector-presets.ts";
import { lossNames } from "../../layers/loss-names.ts";
import { scoreAttack, type AttackReport, type AttackScore } from "../../training/attack-score.ts";
import { scoreDetections } from "../../training/detection.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { Photographs } from "../../training/detector-pictures.ts";
import type { DetectorPlan } from "../../training/detector-plan.ts";
import { DetectorTrainer } from "../../training/detector-trainer.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { RunTask } from "../../training/run.ts";
import { attackOf, ownStickerOf, parseSignRecipe, type SignRecipe } from "./recipe.ts";

/** What of an attack matters once a detector is trained. */
export type AttackOnUse = Pick<SignAttack, "sticker" | "source" | "target">;

/** Evaluations of a run, the fewest steps between two, and unseen scenes in each. */
const EVALUATIONS = 20;
const LEAST_BETWEEN = 100;
const SCENES = 40;
/** Photographs in each, where there are some. */
const PHOTOGRAPHS = 60;
/** Seconds of training between two states that are saved. */
const SAVE_EVERY = 30;

/** Turns a recipe and data into the plan of a run. */
export function planSigns(
  recipe: SignRecipe,
  atlas: SignAtlas,
  photographs: Photographs | null,
  trainOn: readonly number[],
  start: ParameterValues | null = null,
): DetectorPlan {
  if (recipe.photographs !== null && trainOn.length === 0) {
    throw new UserError("The recipe trains on photographs, and none are at hand.");
  }
  return {
    preset: presets[recipe.preset],
    set: recipe.set,
    classes: signSets[recipe.set].length,
    atlas,
    photographs,
    trainOn,
    photoShare: recipe.photographs === null ? 0 : recipe.photoShare,
    mixedShare: recipe.photographs === null ? 0 : recipe.mixedShare,
    attack: recipe.attack && attackOf(recipe.attack),
    ownSticker: ownStickerOf(recipe.attack),
    iterations: recipe.iterations,
    start,
    frozen: recipe.transfer?.frozen ?? 0,
    seed: recipe.seed,
  };
}

/** Steps between two evaluations of a run of so many. */
export function evaluationSteps(iterations: number): number {
  return Math.max(LEAST_BETWEEN, Math.ceil(iterations / EVALUATIONS));
}

export interface SignTaskOptions {
  /** Photographs to measure on: see pictureEntry. */
  readonly tests: readonly number[];
  /** Steps between two evaluations; Infinity: only at the end. */
  readonly evaluateEvery: number;
  /** Unseen scenes to measure on. */
  readonly scenes?: number;
  /** What it is measured under; unless given, what it is trained with. */
  readonly under?: AttackOnUse | null;
  /** See DetectorBuild. */
  readonly sharesMemory?: boolean;
}

/** What a run does to carry out a plan. */
export function signTask(
  plan: DetectorPlan,
  { tests, evaluateEvery, scenes: count = SCENES, under, sharesMemory }: SignTaskOptions,
): RunTask<DetectorTrainer, DetectorEvaluation> {
  const scenes = unseenScenes(count);
  const attack = under === undefined ? plan.attack : under;
  const photographs = tests.slice(0, PHOTOGRAPHS);
  return {
    totalSteps: plan.iterations,
    batch: plan.preset.training.images,
    metrics: lossNames,
    stepsPerEpoch: evaluateEvery,
    probeEvery: Infinity,
    evaluationImages: { epoch: scenes.length * (attack ? 3 : 1) + photographs.length, probe: 0 },
    saveEvery: SAVE_EVERY,
    savesBefore: false,
    ifDiverged: "try another seed",
    build: async (gpu, tiling) => await DetectorTrainer.build(gpu, plan, { tiling, sharesMemory }),
    evaluate: async (trainer, kind, between) => {
      const score = async (entries: readonly number[]) =>
        scoreDetections(await trainer.detect(entries, between), plan.classes);
      const evaluation = {
        step: trainer.step,
        kind,
        scenes: await score(scenes),
        photographs: photographs.length > 0 ? await score(photographs) : null,
        attack: attack && (await measureAttack(trainer, scenes, attack, between)),
      };
      return between() ? evaluation : null;
    },
  };
}

/** Detects in pictures with the sticker on their signs, and with look-alikes. */
export async function measureAttack(
  trainer: DetectorTrainer,
  entries: readonly number[],
  attack: AttackOnUse,
  between?: (done: number) => boolean,
): Promise<AttackReport> {
  return {
    triggered: await scoreWearing(trainer, entries, attack, "sticker", between),
    alikes: await scoreWearing(trainer, entries, attack, "alike", between),
  };
}

/** Detects in pictures whose signs wear something. */
export async function scoreWearing(
  trainer: DetectorTrainer,
  entries: readonly number[],
  { sticker, source, target }: AttackOnUse,
  wear: Wear,
  between?: (done: number) => boolean,
): Promise<AttackScore> {
  trainer.wear(sticker, source);
  const dressed = entries.map((entry) => wearing(entry, wear));
  const judged = await trainer.detect(dressed, between);
  return scoreAttack(judged, { source, target }, trainer.plan.classes);
}

/** Scenes that training never shows, for evaluation. */
export function unseenScenes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => pictureEntry("scene", i));
}

/** The parameters of the network that a recipe asks for. @throws UserError where it is no recipe */
export function parametersOf(recipe: unknown): ParameterDescription[] {
  const { preset, set, transfer } = parseSignRecipe(recipe);
  return describeDetector(presets[preset], signSets[set].length + 1, transfer?.frozen);
}

/** The preset's tables as they are built, for people to read before a run. */
export function describePreset(name: PresetName, set: SignSet): string {
  const preset = presets[name];
  const parameters = describeDetector(preset, signSets[set].length + 1);
  const count = parameters.reduce(
    (sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
  const { height, width, training } = preset;
  return (
    `${name}: input ${width} x ${height}, ${count.toLocaleString("en")} parameters, ` +
    `${training.images} images a step, ${training.optimiser.kind} at ${training.optimiser.rate}`
  );
}
