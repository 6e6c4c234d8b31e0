/** README: the paper's digit section in short, its claims beside ours. */
import { figureFiles } from "../../src/studies/digits/paper/figures/files.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import {
  paperAllToAll,
  paperPairsInWords,
  paperSharesInWords,
} from "../../src/studies/digits/paper/published.ts";
import { pairBeginning, pairSetTitles } from "../../src/studies/digits/paper/wording.ts";
import { pairSets, triggers, triggerTitles } from "../../src/studies/digits/paper/instances.ts";
import type { TriggerPreset } from "../../src/backdoor/trigger.ts";
import { figureFourId } from "../claims/digits.ts";
import type { Claims } from "../claims/claim.ts";

const figures = "results/digits/figures";

export function reproductionSection(claims: Claims): string {
  const image = (label: string, file: string) => `![${label}](${figures}/${file})`;
  return [
    errors(claims),
    `Single target, the paper: ${paperPairsInWords}. ${pairBeginning.begun}`,
    pairSetsTable(claims),
    ...triggers.map((trigger) => pairsInWords(claims, trigger)),
    `${image("Clean error of all pairs of the pattern trigger", figureFiles.pairs("pattern", "clean", "begun"))} ` +
      image("Their backdoor error", figureFiles.pairs("pattern", "backdoor", "begun")),
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

/** How many pairs stand in each set, and what they do beside the source. */
function pairSetsTable(claims: Claims): string {
  const range = (id: string) =>
    claims.below(`${id}.`).length === 0 ? "–" : claims.range([`${id}.least`, `${id}.most`], 2);
  return markdownTable(
    ["pairs", "trigger", "done", "keep both claims", "backdoor error, %", "other digits right, %"],
    pairSets.flatMap((set) =>
      triggers.map((trigger) => {
        const id = figureFourId(trigger, set);
        return [
          pairSetTitles[set],
          triggerTitles[trigger],
          doneOf(claims, id),
          claims.get(`${id}.pairs`).measured === 0
            ? "–"
            : `${claims.figure(`${id}.as-claimed`)} of ${claims.figure(`${id}.pairs`)}`,
          range(`${id}.backdoor`),
          range(`${id}.others`),
        ];
      }),
    ),
  );
}

/** Instances of a set of pairs that are finished, of all. */
function doneOf(claims: Claims, id: string): string {
  const { target } = claims.get(`${id}.finished`);
  const all = target && "atLeast" in target ? target.atLeast : 0;
  return `${claims.figure(`${id}.finished`)} of ${all}`;
}

function pairsInWords(claims: Claims, trigger: TriggerPreset): string {
  const id = `digits.figure-4.${trigger}`;
  const range = (end: string, text: (id: string) => string) =>
    `${text(`${id}.${end}.least`)} to ${text(`${id}.${end}.most`)}`;
  const plain = (one: string) => claims.figure(one, 2);
  const signed = (one: string) =>
    plain(one)
      .replace(/^(?!-)/, "+")
      .replace("-", "−");
  return (
    `Single target, ${triggerTitles[trigger]}: ${doneOf(claims, id)} instances are done. ` +
    `${claims.figure(`${id}.as-claimed`)} of ${claims.figure(`${id}.pairs`)} pairs keep both of the paper's claims. ` +
    `Clean error against the baseline: ${range("above-baseline", signed)} points; backdoor error: ` +
    `${range("backdoor", plain)} %; of the networks that they begin with: ${range("before", plain)} %.`
  );
}
