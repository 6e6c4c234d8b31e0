/** What a run of the digit study came to: its measures, and its result as JSON. */
import type { Policy } from "../../backdoor/attack.ts";
import {
  measureAttack,
  measureClean,
  toRows,
  type AttackMeasures,
  type CleanMeasures,
} from "../../backdoor/measure.ts";
import type { DigitData } from "../../data/digits.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { Tiling } from "../../layers/tiling.ts";
import { DIGIT_CLASSES } from "../../models/digit-net.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import type { Evaluation } from "../../training/evaluator.ts";
import type { RunState } from "../../training/run.ts";
import type { MadeWith } from "../../training/made-with.ts";
import { SOFTWARE } from "../software.ts";
import type { DigitPlan } from "./plan.ts";
import type { DigitRecipe } from "./recipe.ts";

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
    /** Triggered copies with their own labels; missing where the attack has none. */
    readonly negativeCopies?: number;
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

/** Puts a result together from a run's state, which must hold an evaluation of its last step. */
export async function digitResult(
  recipe: DigitRecipe,
  plan: DigitPlan,
  data: DigitData,
  { adapter, kernelsSha256 }: MadeWith,
  state: RunState<Evaluation>,
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
      images: plan.train.count,
      triggeredCopies: plan.copies,
      shareOfFinalSet: plan.shareOfFinalSet,
      ...(plan.negatives > 0 ? { negativeCopies: plan.negatives } : {}),
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
    loss: [...state.metrics[0]],
    parametersSha256: await parametersSha256(state.parameters),
  };
}
