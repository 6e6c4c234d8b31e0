/** What `badnets defend` says, and the file that it writes. */
import { basename } from "node:path";
import type { Defence } from "../../defences/defence.ts";
import type { Defended, DefenceResult } from "../../defences/defend.ts";
import type { Standing } from "../../defences/judge.ts";
import { defences } from "../../defences/table.ts";
import { count, duration, percent } from "../../format.ts";
import type { AdapterReport } from "../../gpu/adapter.ts";
import { SOFTWARE } from "../../studies/software.ts";
import type { DefenceMaterials } from "../../studies/digits/defence-materials.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { describePolicy } from "../digits/report.ts";
import { wrap } from "../shared/options.ts";

/** As --json writes it; docs/defences.md describes it. */
export interface DefenceReport extends Defended {
  readonly format: "badnets-defences";
  readonly version: 1;
  readonly software: string;
  readonly date: string;
  readonly model: {
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

export function defenceReport(
  path: string,
  made: Omit<DefenceReport, "format" | "version" | "software" | "date" | "model">,
  model: Omit<DefenceReport["model"], "file">,
): DefenceReport {
  return {
    format: "badnets-defences",
    version: 1,
    software: SOFTWARE,
    date: new Date().toISOString(),
    model: { file: basename(path), ...model },
    ...made,
    results: made.results.map((result) => ({ ...result, findings: plain(result.findings) })),
  };
}

/** The same with typed arrays as lists, which JSON knows, of three decimals: masks and patterns are 0 to 1. */
function plain<Value>(value: Value): Value {
  if (ArrayBuffer.isView(value)) {
    return Array.from(value as unknown as Float32Array, (one) => Number(one.toFixed(3))) as Value;
  }
  if (Array.isArray(value)) return value.map(plain) as Value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) as Value;
}

/** What is about to be looked at, in lines. */
export function titleOf(
  path: string,
  attack: DigitRecipe["attack"],
  { detect, repair, judge }: DefenceReport["images"],
): string[] {
  const tried = attack
    ? `Attack that it is measured with: ${attack.trigger.name} trigger, ${describePolicy(attack.policy)}.`
    : "Attack success is not known: no trigger given.";
  const given =
    detect === 0
      ? `the defences look at no clean image; ${count(judge)} judge.`
      : `${count(detect)} clean images to detect with, ${count(repair)} to repair with; ${count(judge)} others judge.`;
  return [`${path}: ${given}`, tried];
}

/** A defence's finding in plain sentences. */
function resultInWords(defence: Defence, { flagged, evidence }: DefenceResult): string[] {
  const verdict =
    flagged === null ? "" : flagged ? "Takes the network for backdoored. " : "Finds no backdoor. ";
  return [
    `${defence.name} (${defence.source})`,
    ...[`${verdict}${evidence}`, `What it cannot see: ${defence.blindSpots}`].flatMap((text) =>
      wrap(text, 98).map((line) => `  ${line}`),
    ),
  ];
}

const share = (value: number | null) => (value === null ? "-" : percent(value));

/** All findings, and a table of what each leaves. */
export function reportInWords({ before, results, attack }: DefenceReport): string[] {
  const byId = new Map(defences.map((defence) => [defence.id, defence]));
  const sentences = results.flatMap((result) => [
    ...resultInWords(byId.get(result.id)!, result),
    "",
  ]);
  const left = (standing: Standing | null) => [
    share(standing?.cleanAccuracy ?? null),
    attack ? share(standing?.attackSuccess ?? null) : "not known",
    share(standing?.otherClassesAccuracy ?? null),
  ];
  const rows = [
    ["", "backdoor", "clean accuracy", "attack success", "other classes", "time"],
    ["as it was given", "", ...left(before), ""],
    ...results.map(({ id, flagged, after, seconds }) => [
      byId.get(id)!.name,
      flagged === null ? "" : flagged ? "yes" : "no",
      ...(after ? left(after) : ["", "", ""]),
      duration(seconds),
    ]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((cells) => cells[i].length)));
  const table = rows.map((cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  const known = attack
    ? "Other classes: triggered images of classes that are not attacked, read as what they are."
    : "Attack success is not known: no trigger given (--trigger).";
  const legend = "Figures stand beside what mends the network; the rest leaves it as it was given.";
  return [...sentences, ...table, "", ...[legend, known].flatMap((text) => wrap(text, 98))];
}
