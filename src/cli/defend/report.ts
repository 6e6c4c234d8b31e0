/** What `badnets defend` says. */
import type { Defence } from "../../defences/defence.ts";
import type { DefenceResult } from "../../defences/defend.ts";
import type { Standing } from "../../defences/judge.ts";
import { defences } from "../../defences/table.ts";
import { count, duration, percent } from "../../format.ts";
import type { DefenceReport } from "../../studies/digits/defence-report.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { describePolicy } from "../digits/report.ts";
import { wrap } from "../shared/options.ts";

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
