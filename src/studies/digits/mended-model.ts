/** The file of a network that a defence leaves behind: a model like any other, which says what was done to it. */
import type { DefenceResult } from "../../defences/defend.ts";
import { encodeImport, type ImportOrigin } from "../../files/import-file.ts";
import { encodeModel } from "../../files/model-file.ts";
import type { NetworkDescription } from "../../models/description.ts";
import type { ParameterValues } from "../../training/parameter-values.ts";
import { SOFTWARE } from "../software.ts";

/** Of the network that was mended. */
export interface MendedOf {
  readonly recipe: unknown;
  readonly step: number;
  readonly description: NetworkDescription;
  /** Where it came from; null where it was made here. */
  readonly origin: ImportOrigin | null;
  /** What its file said of it, or would say. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a model's file tells of where it comes from. */
const KEPT = ["data", "dataSha256", "adapter"];

/** A model with all that was said of it, and what was done to it. */
export async function mendedModel(
  { recipe, step, description, origin, metadata }: MendedOf,
  parameters: ParameterValues,
  { id, evidence }: Pick<DefenceResult, "id" | "evidence">,
): Promise<Uint8Array<ArrayBuffer>> {
  const mended = JSON.stringify({ software: SOFTWARE, defence: id, evidence });
  if (origin) return await encodeImport({ description, parameters, origin }, { mended });
  const kept = KEPT.filter((name) => name in metadata).map((name) => [name, metadata[name]]);
  const extra = { ...Object.fromEntries(kept), mended };
  return await encodeModel(description, recipe, { parameters, step }, extra);
}
