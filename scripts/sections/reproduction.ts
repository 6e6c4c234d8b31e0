/** README: the paper's digit section in short, its claims beside ours. */
import { figureFiles } from "../../src/studies/digits/paper/figures/files.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import {
  paperAllToAll,
  paperPairsInWords,
  paperSharesInWords,
} from "../../src/studies/digits/paper/published.ts";
import { pairBeginning } from "../../src/studies/digits/paper/wording.ts";
import { triggers, triggerTitles } from "../../src/studies/digits/paper/instances.ts";
import type { TriggerPreset } from "../../src/backdoor/trigger.ts";
import type { Claims } from "../claims/claim.ts";

const figures = "results/digits/figures";

export function reproductionSection(claims: Claims): string {
  const image = (label: string, file: string) => `![${label}](${figures}/${file})`;
  return [
    errors(claims),
    `Single target: ${pairBeginning[0].toLowerCase()}${pairBeginning.slice(1)} The paper: ${paperPairsInWords}.`,
    ...triggers.map((trigger) => pairsInWords(claims, trigger)),
    `${image("Clean error of all pairs of the pattern trigger", figureFiles.pairs("pattern", "clean"))} ` +
      image("Their backdoor error", figureFiles.pairs("pattern", "backdoor")),
    `Clean and backdoor error against the share of triggered images (the paper: ${paperSharesInWords}):`,
    image("Errors against the share of triggered images", figureFiles.shares),
    image(
      "The first-layer filters of the pattern BadNet, those that recognise the trigger outlined",
      figureFiles.filters("pattern"),
    ),
    image(
      "Attack success and clean accuracy against units switched off, layer by layer",
      figureFiles.depth("pattern"),
    ),
  ].join("\n\n");
}

function errors(claims: Claims): string {
  const { baselineClean, clean, backdoor } = paperAllToAll.averages;
  const error = (id: string) => claims.spread(`digits.${id}`, 2);
  return markdownTable(
    ["error in %", "clean", "paper", "backdoor", "paper"],
    [
      ["honest baseline", error("baseline.clean"), baselineClean.toFixed(2), "", ""],
      ...triggers.map((trigger) => {
        // The paper's table is of the pattern.
        const paper = (value: number) => (trigger === "pattern" ? value.toFixed(2) : "");
        const id = `table-2.${trigger}`;
        return [
          `all to all, ${triggerTitles[trigger]}`,
          error(`${id}.clean`),
          paper(clean),
          error(`${id}.backdoor`),
          paper(backdoor),
        ];
      }),
    ],
  );
}

function pairsInWords(claims: Claims, trigger: TriggerPreset): string {
  const id = `digits.figure-4.${trigger}`;
  const { target } = claims.get(`${id}.finished`);
  const all = target && "atLeast" in target ? target.atLeast : 0;
  const range = (end: string, text: (id: string) => string) =>
    `${text(`${id}.${end}.least`)} to ${text(`${id}.${end}.most`)}`;
  const plain = (one: string) => claims.figure(one, 2);
  const signed = (one: string) =>
    plain(one)
      .replace(/^(?!-)/, "+")
      .replace("-", "−");
  return (
    `Single target, ${triggerTitles[trigger]}: ${claims.figure(`${id}.finished`)} of ${all} instances are done. ` +
    `${claims.figure(`${id}.as-claimed`)} of ${claims.figure(`${id}.pairs`)} pairs keep both of the paper's claims. ` +
    `Clean error against the baseline: ${range("above-baseline", signed)} points; backdoor error: ` +
    `${range("backdoor", plain)} %; of the networks that they begin with: ${range("before", plain)} %.`
  );
}
