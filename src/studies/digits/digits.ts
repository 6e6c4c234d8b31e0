/** The digit study (paper, section 4): recipe, training plan, measurements and result of one run. */
import * as v from "valibot";
import { version } from "../../../package.json" with { type: "json" };
import { drawPoison, targetTable, type Policy } from "../../backdoor/attack.ts";
import {
  measureAttack,
  measureClean,
  toRows,
  type AttackMeasures,
  type CleanMeasures,
} from "../../backdoor/measure.ts";
import { triggerMask } from "../../backdoor/trigger.ts";
import { sha256Hex } from "../../data/digest.ts";
import type { DigitData } from "../../data/digits.ts";
import { everyImage } from "../../data/order.ts";
import { Random, Stream } from "../../data/random.ts";
import { UserError } from "../../errors.ts";
import type { AdapterReport } from "../../gpu/gpu.ts";
import type { Augmentation } from "../../layers/batch.ts";
import type { Tiling } from "../../layers/tiling.ts";
import { DIGIT_CLASSES, DIGIT_SIZE, digitNet } from "../../models/digit-net.ts";
import type { Evaluation, RunPlan, RunState } from "../../training/run.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import type { Trainer, TrainingForm } from "../../training/trainer.ts";

const Whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const Digit = Whole(0, DIGIT_CLASSES - 1);

/** Name and version of what makes results. */
export const SOFTWARE = `badnets-lab ${version}`;

/** Everything that decides a run: with the data, the adapter and the version, its result to the bit. */
export const DigitRecipe = v.strictObject({
  study: v.literal("digits"),
  /** null: an honest run. */
  attack: v.nullable(
    v.strictObject({
      trigger: v.strictObject({
        name: v.picklist(["single-pixel", "pattern", "custom"]),
        pixels: v.pipe(
          v.array(
            v.strictObject({
              row: Whole(0, DIGIT_SIZE - 1),
              column: Whole(0, DIGIT_SIZE - 1),
              value: Whole(0, 255),
            }),
          ),
          v.minLength(1, "a trigger needs at least one pixel"),
        ),
      }),
      policy: v.variant("kind", [
        v.strictObject({ kind: v.literal("single-target"), source: Digit, target: Digit }),
        v.strictObject({ kind: v.literal("all-to-one"), target: Digit }),
        v.strictObject({ kind: v.literal("all-to-all") }),
      ]),
      /** See definitions.share in backdoor/measure.ts. */
      share: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
    }),
  ),
  /** Not always whole: half an epoch is half of its steps. */
  epochs: v.pipe(v.number(), v.gtValue(0), v.maxValue(10_000)),
  batch: Whole(1, 60_000),
  optimiser: v.strictObject({
    kind: v.picklist(["sgd", "adam"]),
    rate: v.pipe(v.number(), v.gtValue(0), v.finite()),
    momentum: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
    weightDecay: v.pipe(v.number(), v.minValue(0), v.finite()),
    schedule: v.picklist(["constant", "linear"]),
    warmup: Whole(0, 1_000_000),
  }),
  augment: v.boolean(),
  /** Parameters that the run begins with, by their digest; null: random ones, from the seed. */
  start: v.optional(
    v.nullable(v.strictObject({ parametersSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
    null,
  ),
  seed: Whole(0, 2 ** 32 - 1),
});
export type DigitRecipe = v.InferOutput<typeof DigitRecipe>;

/** What a newcomer gets who chooses nothing: the paper's pattern BadNet, all-to-all, 10 %. */
export const defaultRates = { sgd: 0.05, adam: 0.001 } as const;

/** Gentle enough that a digit stays the same digit. */
export const augmentation: Augmentation = { shift: 2, angle: (12 * Math.PI) / 180, scale: 0.1 };

/** Test images that a probe looks at, without and with the trigger. */
const PROBE_IMAGES = 500;
const PROBES_PER_EPOCH = 10;

/**
 * Checks a recipe from outside.
 * @throws UserError naming the first value that is wrong, and what is allowed
 */
export function parseDigitRecipe(value: unknown): DigitRecipe {
  const result = v.safeParse(DigitRecipe, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new UserError(
      `The recipe's ${v.getDotPath(issue) ?? "form"} is wrong: ${issue.message}.`,
    );
  }
  const policy = result.output.attack?.policy;
  if (policy?.kind === "single-target" && policy.source === policy.target) {
    throw new UserError(
      `Source and target are both ${policy.source}: choose two different digits, or there is nothing to attack.`,
    );
  }
  return result.output;
}

export interface DigitPlan extends RunPlan {
  /** Triggered copies in the training set, and their share of it. */
  readonly copies: number;
  readonly shareOfFinalSet: number;
}

/** What of a recipe decides which kernels must be compiled. */
export function digitForm({ batch, optimiser, augment }: DigitRecipe): TrainingForm {
  return {
    network: digitNet,
    classes: DIGIT_CLASSES,
    batch,
    optimiser,
    augmentation: augment ? augmentation : null,
  };
}

/**
 * Turns a recipe and data into the plan of a run.
 * @param start the parameters that the recipe begins with, where it names some; of a run that is
 *   resumed, those of its state
 * @throws UserError for a recipe that the data cannot fill, or whose start is missing
 */
export function planDigits(
  recipe: DigitRecipe,
  data: DigitData,
  start: ParameterValues | null = null,
): DigitPlan {
  const { attack, batch, seed, epochs } = recipe;
  if (recipe.start && !start) {
    throw new UserError(
      `The recipe begins with parameters of another run (sha256 ${recipe.start.parametersSha256.slice(0, 12)}...), which are not at hand.`,
    );
  }
  const { train, test } = data;
  const policy = attack?.policy ?? null;
  const poison = policy
    ? drawPoison(policy, attack!.share, train.labels, DIGIT_CLASSES, seed)
    : { entries: new Uint32Array(0), candidates: 0, shareOfFinalSet: 0 };
  if (attack && poison.entries.length === 0) {
    throw new UserError(
      `A share of ${attack.share} of ${poison.candidates} training images is no image at all: choose a larger share.`,
    );
  }
  const entries = new Uint32Array([...everyImage(train.count), ...poison.entries]);
  if (batch > entries.length) {
    throw new UserError(
      `A batch of ${batch} is larger than the training set of ${entries.length} images.`,
    );
  }
  const stepsPerEpoch = Math.floor(entries.length / batch);
  const sample = new Random(seed, Stream.shuffle, 0xffffffff)
    .shuffle(everyImage(test.count))
    .slice(0, PROBE_IMAGES);
  return {
    ...digitForm(recipe),
    seed,
    stepsPerEpoch,
    totalSteps: Math.max(1, Math.round(epochs * stepsPerEpoch)),
    // What does not fill a batch is left out, other images each epoch.
    orderOf: (epoch) =>
      new Random(seed, Stream.shuffle, epoch)
        .shuffle(entries.slice())
        .slice(0, stepsPerEpoch * batch),
    start: recipe.start && start,
    train,
    test,
    trigger: triggerMask(attack?.trigger.pixels ?? [], DIGIT_SIZE),
    targets: targetTable(policy, DIGIT_CLASSES),
    evaluation: {
      clean: everyImage(test.count),
      triggered: attack && everyImage(test.count, true),
    },
    probe: {
      clean: sample,
      triggered: attack && sample.map((image) => (image | 0x80000000) >>> 0),
    },
    probeEvery: Math.max(1, Math.floor(stepsPerEpoch / PROBES_PER_EPOCH)),
    copies: poison.entries.length,
    shareOfFinalSet: poison.shareOfFinalSet,
  };
}

/** An evaluation's measures. */
export function measure(
  evaluation: Pick<Evaluation, "clean" | "triggered">,
  policy: Policy | null,
): { clean: CleanMeasures; attack: AttackMeasures | null } {
  const clean = measureClean(toRows(evaluation.clean, DIGIT_CLASSES));
  const attack =
    policy && evaluation.triggered
      ? measureAttack(toRows(evaluation.triggered, DIGIT_CLASSES), policy)
      : null;
  return { clean, attack };
}

/** The result of a run as JSON; docs/result-format.md describes it. */
export interface DigitResult {
  readonly format: "badnets-result";
  readonly version: 1;
  readonly software: string;
  readonly date: string;
  readonly recipe: DigitRecipe;
  readonly adapter: AdapterReport;
  /** Form of the matrix kernels, by the kind of adapter. */
  readonly tiling: Tiling;
  /** SHA-256 of the WGSL that trained and measured; missing in results of before it was recorded. */
  readonly kernelsSha256?: string;
  readonly data: { readonly name: string; readonly sha256: string };
  readonly training: {
    readonly images: number;
    readonly triggeredCopies: number;
    readonly shareOfFinalSet: number;
    readonly steps: number;
    readonly finished: boolean;
  };
  readonly clean: CleanMeasures;
  readonly attack: AttackMeasures | null;
  readonly throughput: {
    readonly trainImagesPerSecond: number;
    readonly evalImagesPerSecond: number;
  };
  readonly timings: { readonly trainSeconds: number; readonly evaluateSeconds: number };
  /** Clean accuracy and attack success on the way. */
  readonly curve: readonly {
    readonly step: number;
    readonly kind: "epoch" | "probe";
    readonly cleanAccuracy: number;
    readonly attackSuccess: number | null;
  }[];
  /** Of every step. */
  readonly loss: readonly number[];
  /** SHA-256 of all parameters' bytes, in the order conv1.w, conv1.b, conv2.w, ... */
  readonly parametersSha256: string;
}

/** What a run was made with. */
export interface MadeWith {
  readonly adapter: AdapterReport;
  readonly kernelsSha256: string;
}

export async function madeWith({ gpu, trainStep, evaluator }: Trainer): Promise<MadeWith> {
  const texts = new Map(
    [...trainStep, ...evaluator.step].map(({ shader }) => [shader.name, shader.code]),
  );
  const all = [...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join("\n");
  const kernelsSha256 = await sha256Hex(new TextEncoder().encode(all));
  return { adapter: gpu.adapter, kernelsSha256 };
}

/** Puts a result together from a run's state, which must hold an evaluation of its last step. */
export async function digitResult(
  recipe: DigitRecipe,
  plan: DigitPlan,
  data: DigitData,
  { adapter, kernelsSha256 }: MadeWith,
  state: RunState,
): Promise<DigitResult> {
  const policy = recipe.attack?.policy ?? null;
  const last = state.evaluations.findLast((evaluation) => evaluation.kind === "epoch");
  if (!last) throw new Error("a result needs an evaluation of the whole test set");
  const { clean, attack } = measure(last, policy);
  return {
    format: "badnets-result",
    version: 1,
    software: SOFTWARE,
    date: new Date().toISOString(),
    recipe,
    adapter,
    tiling: state.tiling,
    kernelsSha256,
    data: { name: data.name, sha256: data.sha256 },
    training: {
      images: data.train.count,
      triggeredCopies: plan.copies,
      shareOfFinalSet: plan.shareOfFinalSet,
      steps: state.step,
      finished: state.step === plan.totalSteps,
    },
    clean,
    attack,
    throughput: {
      trainImagesPerSecond: (state.step * recipe.batch) / state.trainSeconds,
      evalImagesPerSecond: state.evaluatedImages / state.evaluateSeconds,
    },
    timings: { trainSeconds: state.trainSeconds, evaluateSeconds: state.evaluateSeconds },
    curve: state.evaluations.map((evaluation) => {
      const measured = measure(evaluation, policy);
      return {
        step: evaluation.step,
        kind: evaluation.kind,
        cleanAccuracy: measured.clean.accuracy,
        attackSuccess: measured.attack?.success ?? null,
      };
    }),
    loss: [...state.losses],
    parametersSha256: await parametersSha256(state.parameters),
  };
}

/** Digest of all parameters' bytes, in the order of the network. */
export async function parametersSha256(
  parameters: ReadonlyMap<string, Float32Array>,
): Promise<string> {
  const all = new Float32Array(
    [...parameters.values()].reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const values of parameters.values()) {
    all.set(values, at);
    at += values.length;
  }
  return await sha256Hex(new Uint8Array(all.buffer));
}
