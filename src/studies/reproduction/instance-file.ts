/** A finished instance of a reproduction as JSON: its run's result, and what else was found out of the network. */
import * as v from "valibot";
import { clip, UserError } from "../../errors.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import type { Tiling } from "../../layers/tiling.ts";
import type { Instance } from "./instance.ts";

/** What every study's result says of how it came about. */
export interface InstanceResult {
  readonly software: string;
  readonly date: string;
  readonly recipe: { readonly seed: number };
  readonly adapter: AdapterReport;
  readonly tiling: Tiling;
  /** SHA-256 of the WGSL that trained and measured; missing in results of before it was recorded. */
  readonly kernelsSha256?: string;
  /** What it was trained and measured on. */
  readonly data?: { readonly name: string; readonly sha256: string };
  readonly parametersSha256: string;
}

export interface InstanceFile<Result extends InstanceResult = InstanceResult, Evidence = unknown> {
  readonly format: "badnets-instance";
  readonly version: 1;
  readonly id: string;
  readonly result: Result;
  /** Of instances that are examined. */
  readonly evidence: Evidence | null;
}

/** Finished instances by their id. */
export type Finished<File extends InstanceFile> = ReadonlyMap<string, File>;

const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of every result, what reports read; what else stands in it passes through. */
export const resultEntries = {
  version: v.literal(1),
  software: v.string(),
  date: v.pipe(v.string(), v.isoTimestamp()),
  adapter: v.looseObject({
    vendor: v.string(),
    architecture: v.string(),
    device: v.string(),
    description: v.string(),
  }),
  tiling: v.picklist(["registers", "workgroup"]),
  kernelsSha256: v.optional(Sha256),
  data: v.looseObject({ name: v.string(), sha256: Sha256 }),
  parametersSha256: Sha256,
} as const;

/** Of every instance's file. */
export const fileEntries = {
  format: v.literal("badnets-instance"),
  version: v.literal(1),
  id: v.pipe(v.string(), v.maxLength(100)),
} as const;

/**
 * Reads the text of an instance's file.
 * @param name the file's name, for messages
 * @throws UserError when it is damaged, or not such a file
 */
export function parseInstance<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string,
  name: string,
): v.InferOutput<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError(`${name} is damaged: it is not valid JSON.`);
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new UserError(
    `${name} is no instance of a reproduction: ${v.getDotPath(issue) ?? "its form"} is wrong (${clip(issue.message)}).`,
  );
}

/**
 * Makes sure that a file is of this instance, and made with its recipe, whatever that begins with.
 * @throws UserError saying what differs
 */
export function assertSameRecipe<Recipe extends { readonly start: unknown }>(
  instance: Instance<Recipe>,
  file: { readonly id: string; readonly result: { readonly recipe: Recipe } },
  name: string,
): void {
  if (file.id !== instance.id) {
    throw new UserError(`${name} is of the instance ${clip(file.id)}, expected ${instance.id}.`);
  }
  const own = file.result.recipe;
  const expected = instance.recipe;
  const differing = (Object.keys(expected) as (keyof Recipe)[]).find(
    (key) => key !== "start" && JSON.stringify(own[key]) !== JSON.stringify(expected[key]),
  );
  if (differing === undefined) return;
  throw new UserError(
    `${name} was made with another recipe: its ${String(differing)} is ${clip(JSON.stringify(own[differing]))}, ` +
      `expected ${clip(JSON.stringify(expected[differing]))}.`,
  );
}
