/** The reproduction as a Markdown report: our figures, the paper's beside them. */
import type { TriggerPreset } from "../../../backdoor/trigger.ts";
import { markdownTable, markdownText } from "../../../text/markdown.ts";
import { ancestorsOf } from "../../reproduction/instance.ts";
import { provenance, reportHead } from "../../reproduction/provenance.ts";
import {
  notRunPart,
  progressPart,
  type Reported as AnyReported,
} from "../../reproduction/report-parts.ts";
import { itemOf } from "../../reproduction/reproduction.ts";
import { inPercent, percents } from "../../reproduction/spread.ts";
import { recognisingRule, type Evidence } from "./evidence.ts";
import { figureFiles } from "./figures/files.ts";
import type { Finished, InstanceFile } from "./instance-file.ts";
import { pairSets, triggers, triggerTitles, type Instance, type PairSet } from "./instances.ts";
import { itemOfPairs, type ItemId } from "./items.ts";
import {
  paperAllToAll,
  paperDepthInWords,
  paperFiltersInWords,
  paperPairsInWords,
  paperSharesInWords,
} from "./published.ts";
import { digitReproduction } from "./reproduction.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  pairTables,
  shareTable,
  type ErrorRow,
} from "./tables.ts";
import {
  depthRule,
  effectInWords,
  namesOf,
  pairBeginning,
  pairMisses,
  pairSetTitles,
  pairSummary,
  recipeInWords,
} from "./wording.ts";

type Reported = AnyReported<InstanceFile>;

/**
 * @param seeds that it is of, finished or not
 * @param figures folder of the figures, as seen from the report
 */
export function markdownReport(
  finished: Finished,
  seeds: readonly number[],
  figures: string,
): string {
  const reported = { finished, seeds, figures };
  const results = [...finished.values()].map(({ result }) => result);
  const parts = [
    ...reportHead("digit", "Errors are in % of the test images.", seeds),
    ...provenance(
      results,
      results.reduce((sum, { timings }) => sum + timings.trainSeconds, 0),
    ),
    ...progressPart(digitReproduction, reported, "instances"),
    title("figure-3"),
    image(
      reported,
      "A digit without trigger, with the single pixel, with the pattern",
      figureFiles.digits,
    ),
    ...allToAllTables(reported),
    ...pairMaps(reported),
    ...filters(reported),
    ...shares(reported),
    ...depth(reported),
    ...notRunPart(digitReproduction, reported, "instances"),
  ];
  return `${parts.join("\n\n")}\n`;
}

const title = (id: ItemId) => `## ${itemOf(digitReproduction, id).title}`;

const image = ({ figures }: Reported, label: string, file: string) =>
  `![${label}](${figures}/${file})`;

/** Table 2. */
function allToAllTables({ finished, seeds }: Reported): string[] {
  return [
    "## How the networks of table 2 are trained",
    recipesOf(finished, seeds, "table-2"),
    ...triggers.flatMap((trigger) => [
      `## Table 2: all-to-all, ${triggerTitles[trigger]}${trigger === "pattern" ? "" : " (the paper's table is of the pattern)"}`,
      errorTableText(errorTable(finished, seeds, trigger)),
    ]),
  ];
}

/** Figure 4: how many pairs stand in each of its sets, then each set that has some. */
function pairMaps(reported: Reported): string[] {
  const { finished, seeds } = reported;
  const tables = pairTables(finished, seeds);
  const range = (values: readonly number[]) =>
    values.length === 0
      ? "–"
      : `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
  return [
    title("figure-4"),
    "A pair is trained on the training set with a triggered copy of every image of the source digit added (share 1 of " +
      `the source, about a tenth of the whole set). The paper: ${paperPairsInWords}.`,
    markdownTable(
      [
        "pairs",
        "trigger",
        "done",
        "keep both claims",
        "backdoor error, %",
        "other digits right, %",
      ],
      tables.map(({ set, trigger, cells, finished, instances, asClaimed }) => [
        pairSetTitles[set],
        triggerTitles[trigger],
        `${finished} of ${instances}`,
        cells.length === 0 ? "–" : `${asClaimed} of ${cells.length}`,
        range(cells.map(({ backdoor }) => inPercent(backdoor.mean))),
        range(cells.flatMap(({ others }) => (others ? inPercent(others.mean) : []))),
      ]),
    ),
    ...pairSets.flatMap((set) =>
      set === "begun" || tables.some((table) => table.set === set && table.cells.length > 0)
        ? pairSetMaps(reported, set)
        : [],
    ),
  ];
}

/** One of its sets. */
function pairSetMaps(reported: Reported, set: PairSet): string[] {
  const { finished, seeds } = reported;
  const parts = [
    ...(set === "begun" ? [] : [title(itemOfPairs[set])]),
    pairBeginning[set],
    recipesOf(finished, seeds, itemOfPairs[set]),
  ];
  for (const trigger of triggers) {
    const table = pairTable(finished, seeds, trigger, set);
    parts.push(heading(trigger), `${pairSummary(table)} ${pairMisses(table)}`.trim());
    if (table.cells.length === 0) continue;
    const caption = (which: "clean" | "backdoor") =>
      image(
        reported,
        `${sentence(which)} error over source and target`,
        figureFiles.pairs(trigger, which, set),
      );
    parts.push(`${caption("clean")} ${caption("backdoor")}`);
  }
  return parts;
}

/** Figure 5. */
function filters(reported: Reported): string[] {
  return [
    title("figure-5"),
    `The paper: ${paperFiltersInWords}. ${recognisingRule}`,
    ...byTrigger(reported, (trigger, { filters }, seed) => [
      image(reported, "The sixteen first-layer filters", figureFiles.filters(trigger)),
      ...seed,
      markdownTable(
        [
          "filter",
          "rise from the trigger alone",
          "effect on test images (Cohen's d)",
          "attack success lost without it, points",
          "recognises the trigger",
        ],
        filters.map((filter) => [
          String(filter.channel),
          filter.triggerAlone.toFixed(3),
          effectInWords(filter.effect),
          (100 * filter.successLost).toFixed(2),
          filter.recognises ? "yes" : "",
        ]),
      ),
    ]),
  ];
}

/** Figure 6. */
function shares(reported: Reported): string[] {
  const { finished, seeds } = reported;
  return [
    title("figure-6"),
    `The paper: ${paperSharesInWords}.`,
    image(reported, "Errors against the share of triggered images", figureFiles.shares),
    markdownTable(
      ["trigger", "share, %", "clean error", "backdoor error"],
      triggers.flatMap((trigger) =>
        shareTable(finished, seeds, trigger).map(({ share, clean, backdoor }) => [
          triggerTitles[trigger],
          String(100 * share),
          percents(clean),
          percents(backdoor),
        ]),
      ),
    ),
  ];
}

function depth(reported: Reported): string[] {
  return [
    title("depth"),
    `The paper: ${paperDepthInWords}. ${depthRule}`,
    ...byTrigger(reported, (trigger, { depth }, seed) => [
      ...seed,
      image(reported, "Attack success against units switched off", figureFiles.depth(trigger)),
      markdownTable(
        ["layer", "switched off", "attack success, %", "clean accuracy, %"],
        depth.flatMap(({ layer, units, points }) =>
          points.map(({ off, success, accuracy }) => [
            markdownText(layer),
            `${off} of ${units}`,
            (100 * success).toFixed(2),
            (100 * accuracy).toFixed(2),
          ]),
        ),
      ),
    ]),
  ];
}

/** A part for each trigger whose evidence is finished. */
function byTrigger(
  { finished, seeds }: Reported,
  part: (trigger: TriggerPreset, evidence: Evidence, seed: readonly string[]) => string[],
): string[] {
  return triggers.flatMap((trigger) => {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) return [];
    // Of several seeds it is the first that is finished.
    const seed = seeds.length > 1 ? [`Seed ${found.instance.recipe.seed}.`] : [];
    return [heading(trigger), ...part(trigger, found.evidence, seed)];
  });
}

const heading = (trigger: TriggerPreset) => `### ${sentence(triggerTitles[trigger])}`;
const sentence = (text: string) => text[0].toUpperCase() + text.slice(1);

/** The recipes of an item's finished instances, and of what they begin with; those that are alike in one line. */
function recipesOf(finished: Finished, seeds: readonly number[], id: ItemId): string {
  const item = itemOf(digitReproduction, id);
  const made = seeds.flatMap((seed) => item.instances(seed)).filter(({ id }) => finished.has(id));
  const alike = new Map<string, Instance[]>();
  for (const instance of new Set(made.flatMap((one) => [...ancestorsOf(one), one]))) {
    const { epochs, batch, optimiser, augment } = instance.recipe;
    const training = JSON.stringify([instance.from !== null, epochs, batch, optimiser, augment]);
    alike.set(training, [...(alike.get(training) ?? []), instance]);
  }
  const lines = [...alike.values()].map((one) => `- ${namesOf(one)}: ${recipeInWords(one)}`);
  return lines.join("\n");
}

function errorTableText(rows: readonly ErrorRow[]): string {
  const { baselineClean, clean, backdoor, averages } = paperAllToAll;
  const paper = (values: readonly number[], average: number, label: number | null) =>
    (label === null ? average : values[label]).toFixed(2);
  return markdownTable(
    ["digit", "baseline, clean", "paper", "BadNet, clean", "paper", "BadNet, backdoor", "paper"],
    rows.map((row) => [
      row.label === null ? "all" : String(row.label),
      percents(row.baselineClean),
      paper(baselineClean, averages.baselineClean, row.label),
      percents(row.clean),
      paper(clean, averages.clean, row.label),
      percents(row.backdoor),
      paper(backdoor, averages.backdoor, row.label),
    ]),
  );
}
