/** What a run of the sign study came to, as JSON. */
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { Tiling } from "../../layers/tiling.ts";
import type { DetectionScore } from "../../training/detection.ts";
import { parametersSha256, type ParameterValues } from "../../training/parameter-values.ts";
import { SOFTWARE } from "../software.ts";
import { classNames, type SignRecipe } from "./recipe.ts";

/** The result of a run as JSON. */
export interface SignResult {
  readonly format: "badnets-sign-result";
  readonly version: 1;
  readonly software: string;
  readonly date: string;
  readonly recipe: SignRecipe;
  readonly adapter: AdapterReport;
  readonly tiling: Tiling;
  readonly classes: readonly string[];
  readonly step: number;
  readonly trainSeconds: number;
  readonly parametersSha256: string;
  /** Scores by what they were measured on: "scenes", or a folder's name. */
  readonly scores: Readonly<Record<string, DetectionScore>>;
  readonly imagesPerSecond: number;
}

export async function signResult(run: {
  readonly recipe: SignRecipe;
  readonly adapter: AdapterReport;
  readonly tiling: Tiling;
  readonly step: number;
  readonly trainSeconds: number;
  readonly parameters: ParameterValues;
  readonly scores: Readonly<Record<string, DetectionScore>>;
  readonly imagesPerSecond: number;
}): Promise<SignResult> {
  const { recipe, adapter, tiling, step, trainSeconds, parameters, scores, imagesPerSecond } = run;
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
    step,
    trainSeconds,
    scores,
    imagesPerSecond,
  };
}
