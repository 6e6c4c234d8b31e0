/** The tables of the paper's cards: our figures beside the paper's. */
import { html, type TemplateResult } from "lit";
import { fixed } from "../../format.ts";
import { recognisingRule, type FilterEvidence } from "../../studies/digits/paper/evidence.ts";
import { triggerTitles } from "../../studies/digits/paper/instances.ts";
import { paperAllToAll, paperFiltersInWords } from "../../studies/digits/paper/published.ts";
import { errorTable } from "../../studies/digits/paper/tables.ts";
import { effectInWords } from "../../studies/digits/paper/wording.ts";
import { percents } from "../../studies/reproduction/spread.ts";
import { figureTable } from "../elements/figure-table.ts";
import type { Shown } from "./paper-figures.ts";
import { seeds } from "./paper-section.ts";

const { averages, ...published } = paperAllToAll;

/** The paper's figure for a digit, or for all where there is no label. */
const inPaper = (which: keyof typeof averages, label: number | null) =>
  (label === null ? averages[which] : published[which][label]).toFixed(2);

const headOf = (label: number | null) =>
  ({ head: label ?? "all", kind: label === null ? "all" : undefined }) as const;

export function baselineTable({ finished, trigger }: Shown): TemplateResult {
  return figureTable(
    "digit",
    [
      { title: "clean error, %", kind: "clean" },
      { title: "in the paper", kind: "paper" },
    ],
    errorTable(finished, seeds, trigger).map(({ label, baselineClean }) => ({
      ...headOf(label),
      cells: [percents(baselineClean), inPaper("baselineClean", label)],
    })),
  );
}

/** Table 2. */
export function attackTable({ finished, trigger }: Shown): TemplateResult {
  const paper = { title: "paper", kind: "paper" } as const;
  return html`${figureTable(
      "digit",
      [
        { title: "baseline, clean", kind: "clean" },
        paper,
        { title: "BadNet, clean", kind: "clean" },
        paper,
        { title: "BadNet, backdoor", kind: "attack" },
        paper,
      ],
      errorTable(finished, seeds, trigger).map(({ label, ...own }) => ({
        ...headOf(label),
        cells: (["baselineClean", "clean", "backdoor"] as const).flatMap((which) => [
          percents(own[which]),
          inPaper(which, label),
        ]),
      })),
    )}
    <p class="note">
      Errors in %. Ours with the ${triggerTitles[trigger]} trigger; the paper's table is of the
      pattern.
    </p>`;
}

/** What marks the filters of figure 5 that recognise the trigger. */
export function filterTable(filters: readonly FilterEvidence[]): TemplateResult {
  const columns = [
    "rise from the trigger alone",
    "effect (Cohen's d)",
    "success lost without it",
    "recognises",
  ].map((title) => ({ title }));
  const rows = filters
    .toSorted((a, b) => b.triggerAlone - a.triggerAlone)
    .map(({ channel, triggerAlone, effect, successLost, recognises }) => ({
      head: channel,
      kind: recognises ? ("found" as const) : undefined,
      cells: [
        fixed(triggerAlone, 3),
        effectInWords(effect),
        `${fixed(100 * successLost, 2)} points`,
        recognises ? "yes" : "",
      ],
    }));
  return html`${figureTable("filter", columns, rows)}
    <p class="note">The paper: ${paperFiltersInWords}. ${recognisingRule}</p>`;
}
