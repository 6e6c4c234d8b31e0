/** What defences of a digit network came to, as a file: `badnets defend --json` and the page write the same. */
import type { Defended } from "../../defences/defend.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import { SOFTWARE } from "../software.ts";
import type { DefenceMaterials } from "./defence-materials.ts";
import type { DigitRecipe } from "./recipe.ts";

/** What was looked at, and with what. */
export interface DefenceConditions {
  readonly model: {
    /** Name of its file, or what else it is called. */
    readonly file: string;
    readonly parametersSha256: string;
    /** null of an imported network. */
    readonly recipe: DigitRecipe | null;
  };
  /** What is tried on the network; null: no trigger is known. */
  readonly attack: DigitRecipe["attack"];
  readonly data: { readonly name: string; readonly sha256: string };
  readonly images: DefenceMaterials["counts"];
  readonly seed: number;
  readonly adapter: AdapterReport;
}

/** docs/defences.md describes it. */
export interface DefenceReport extends DefenceConditions, Defended {
  readonly format: "badnets-defences";
  readonly version: 1;
  readonly software: string;
  readonly date: string;
}

export function defenceReport(
  { model, ...conditions }: DefenceConditions,
  { before, results }: Defended,
): DefenceReport {
  return {
    format: "badnets-defences",
    version: 1,
    software: SOFTWARE,
    date: new Date().toISOString(),
    model,
    ...conditions,
    before,
    results: results.map((result) => ({ ...result, findings: plain(result.findings) })),
  };
}

/** Name of the file with the network that a defence leaves behind. */
export const mendedBy = (id: string) => `${id}.safetensors`;

/** The same with typed arrays as lists, which JSON knows, of three decimals: masks and patterns are 0 to 1. */
function plain<Value>(value: Value): Value {
  if (ArrayBuffer.isView(value)) {
    return Array.from(value as unknown as Float32Array, (one) => Number(one.toFixed(3))) as Value;
  }
  if (Array.isArray(value)) return value.map(plain) as Value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) as Value;
}
