/** The street-sign study's detector (paper, section 5.2): recipe, plan, scores and result of one run. */
import * as v from "valibot";
import { version } from "../../../package.json" with { type: "json" };
import { sha256Hex } from "../../data/digest.ts";
import { signSets, type SignAtlas, type SignSet } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import type { AdapterReport } from "../../gpu/gpu.ts";
import { pictureEntry } from "../../layers/scene.ts";
import type { Tiling } from "../../layers/tiling.ts";
import { describeDetector } from "../../models/detector-parameters.ts";
import { presets, type PresetName } from "../../models/detector-presets.ts";
import type { DetectionScore } from "../../training/detection.ts";
import type { Photographs } from "../../training/detector-pictures.ts";
import type { DetectorPlan } from "../../training/detector-trainer.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";

const Whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Everything that decides a run: with the data, the adapter and the version, its result to the bit. */
export const SignRecipe = v.pipe(
  v.strictObject({
    study: v.literal("signs"),
    preset: v.picklist(["compact", "paper"]),
    set: v.picklist(["us", "eu"]),
    iterations: Whole(1, 10_000_000),
    /** Shares of the pictures that are photographs, and photographs with signs placed in them. */
    photoShare: Share,
    mixedShare: Share,
    /** Digest of the photographs that it is trained on; null: scenes only. */
    photographs: v.nullable(Digest),
    /** Digest of the parameters that it begins with; null: random ones, from the seed. */
    start: v.optional(v.nullable(Digest), null),
    seed: Whole(0, 2 ** 32 - 1),
  }),
  v.check(
    // Shares such as 0.33 and 0.67 are a little more than 1 together.
    ({ photoShare, mixedShare }) => photoShare + mixedShare < 1 + 1e-9,
    "the shares of photographs add up to more than 1",
  ),
);
export type SignRecipe = v.InferOutput<typeof SignRecipe>;

/** @throws UserError naming the first value that is wrong, and what is allowed */
export function parseSignRecipe(value: unknown): SignRecipe {
  const result = v.safeParse(SignRecipe, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(`The recipe's ${v.getDotPath(issue) ?? "form"} is wrong: ${issue.message}.`);
}

export const classNames = (set: SignSet): readonly string[] => signSets[set];

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
    iterations: recipe.iterations,
    start,
    seed: recipe.seed,
  };
}

/** Scenes that training never shows, for evaluation. */
export function unseenScenes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => pictureEntry("scene", i));
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
  const { parameters, ...rest } = run;
  return {
    format: "badnets-sign-result",
    version: 1,
    software: `badnets-lab ${version}`,
    date: new Date().toISOString(),
    classes: classNames(run.recipe.set),
    parametersSha256: await parametersDigest(parameters),
    ...rest,
  };
}

/** SHA-256 of all parameters, in their order. */
export async function parametersDigest(parameters: ParameterValues): Promise<string> {
  const bytes = new Blob([...parameters.values()]);
  return await sha256Hex(new Uint8Array(await bytes.arrayBuffer()));
}
