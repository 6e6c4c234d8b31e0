/** The report's figures as SVG files. */
import type { TriggerPreset } from "../../../../backdoor/trigger.ts";
import type { DigitData } from "../../../../data/digits.ts";
import { filePalette, type Figure } from "../../../../figures/figure.ts";
import { figureFile } from "../../../../figures/static.ts";
import { DIGIT_SIZE } from "../../../../models/digit-net.ts";
import type { Finished } from "../instance-file.ts";
import { triggers, triggerTitles, type PairSet } from "../instances.ts";
import { itemOfPairs } from "../items.ts";
import { errorTable, evidenceOf, pairTables, shareTable } from "../tables.ts";
import { depthChart } from "./depth-chart.ts";
import { filterSheet } from "./filter-sheet.ts";
import { heatMap } from "./heat-map.ts";
import { shareChart } from "./share-chart.ts";
import { triggeredDigits } from "./triggered-digits.ts";

/** Names of figure files, by what they show. */
export const figureFiles = {
  digits: "figure-3.svg",
  pairs: (trigger: TriggerPreset, which: "clean" | "backdoor", set: PairSet) =>
    `${itemOfPairs[set]}-${trigger}-${which}.svg`,
  filters: (trigger: TriggerPreset) => `figure-5-${trigger}.svg`,
  shares: "figure-6.svg",
  depth: (trigger: TriggerPreset) => `depth-${trigger}.svg`,
} as const;

/** All figures that there is something for, by file name. @param data for a digit of the test set */
export function reportFigures(
  finished: Finished,
  seeds: readonly number[],
  { test }: DigitData,
): [name: string, text: string][] {
  const palette = filePalette;
  const first = test.images.subarray(0, DIGIT_SIZE ** 2);
  const made: [string, Figure][] = [
    [figureFiles.digits, triggeredDigits(first, test.labels[0], palette)],
    [
      figureFiles.shares,
      shareChart({
        curves: triggers.map((trigger) => ({
          trigger,
          points: shareTable(finished, seeds, trigger),
        })),
        baseline: errorTable(finished, seeds, "pattern").at(-1)!.baselineClean,
        palette,
      }),
    ],
  ];
  for (const table of pairTables(finished, seeds)) {
    if (table.cells.length === 0) continue;
    for (const which of ["clean", "backdoor"] as const) {
      const name = figureFiles.pairs(table.trigger, which, table.set);
      made.push([name, heatMap({ table, which, palette })]);
    }
  }
  for (const trigger of triggers) {
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    const name = triggerTitles[trigger];
    made.push(
      [figureFiles.filters(trigger), filterSheet(found.evidence.filters, palette, name)],
      [figureFiles.depth(trigger), depthChart(found.evidence.depth, palette, name)],
    );
  }
  return made.map(([name, figure]) => [name, figureFile(figure)]);
}
