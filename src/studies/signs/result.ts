/** What a run of the sign study came to, as JSON. */
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { Tiling } from "../../layers/tiling.ts";
import { presets } from "../../models/detector-presets.ts";
import type { AttackReport } from "../../training/attack-score.ts";
import type { DetectionScore } from "../../training/detection.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { MadeWith } from "../../training/made-with.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
import type { RunState } from "../../training/run.ts";
import { SOFTWARE } from "../software.ts";
import { classNames, type SignAttackRecipe, type SignRecipe } from "./recipe.ts";

/** The result of a run as JSON. */
export interface SignResult {
  readonly format: "badnets-sign-result";
  readonly version: 1;
  readonly software: string;
  readonly date: string;
  readonly recipe: SignRecipe;
  readonly adapter: AdapterReport;
  readonly tiling: Tiling;
  /** SHA-256 of the WGSL that trained and measured; missing in results of before it was recorded. */
  readonly kernelsSha256?: string;
  /** What it was measured on; missing in results that are none of a reproduction's. */
  readonly data?: { readonly name: string; readonly sha256: string };
  readonly classes: readonly string[];
  readonly step: number;
  readonly trainSeconds: number;
  readonly parametersSha256: string;
  /** Scores by what they were measured on: "scenes", or a folder's name. */
  readonly scores: Readonly<Record<string, DetectionScore>>;
  /** Pixels of their longest side at which photographs were read; missing: as a whole, at the input's size. */
  readonly detail?: number | "auto";
  /** The attack under which it was measured, and what came of it, by what that was measured on; null: none. */
  readonly attack?: SignAttackRecipe | null;
  readonly attacks?: Readonly<Record<string, AttackReport>>;
  readonly imagesPerSecond: number;
}

export async function signResult(run: {
  readonly recipe: SignRecipe;
  readonly adapter: AdapterReport;
  readonly kernelsSha256?: string;
  readonly data?: SignResult["data"];
  readonly tiling: Tiling;
  readonly step: number;
  readonly trainSeconds: number;
  readonly parameters: ParameterValues;
  readonly scores: Readonly<Record<string, DetectionScore>>;
  readonly detail?: number | "auto";
  readonly attack?: SignAttackRecipe | null;
  readonly attacks?: Readonly<Record<string, AttackReport>>;
  readonly imagesPerSecond: number;
}): Promise<SignResult> {
  const { recipe, adapter, tiling, step, trainSeconds, parameters, scores, imagesPerSecond } = run;
  const { detail, attack, attacks, kernelsSha256, data } = run;
  return {
    format: "badnets-sign-result",
    version: 1,
    software: SOFTWARE,
    date: new Date().toISOString(),
    classes: classNames(recipe.set),
    parametersSha256: await parametersSha256(parameters),
    recipe,
    adapter,
    tiling,
    ...(kernelsSha256 && { kernelsSha256 }),
    ...(data && { data }),
    step,
    trainSeconds,
    scores,
    ...(detail !== undefined && { detail }),
    ...(attack && { attack, attacks }),
    imagesPerSecond,
  };
}

/** What a run came to by its own last evaluation. */
export async function runResult(
  recipe: SignRecipe,
  { adapter, kernelsSha256 }: MadeWith,
  state: RunState<DetectorEvaluation>,
): Promise<SignResult> {
  const { tiling, step, trainSeconds, parameters, evaluations } = state;
  const { scenes, photographs, attack } = evaluations.at(-1)!;
  const { images } = presets[recipe.preset].training;
  return await signResult({
    recipe,
    adapter,
    kernelsSha256,
    tiling,
    step,
    trainSeconds,
    parameters,
    scores: { scenes, ...(photographs && { photographs }) },
    attack: recipe.attack,
    // Of a transfer, the sticker that its curve was measured under is none of its recipe's.
    ...(recipe.attack && attack && { attacks: { scenes: attack } }),
    imagesPerSecond: (step * images) / trainSeconds,
  });
}
