/** Writes a reproduction's report, figures and tables into its folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DigitData } from "../data/digits.ts";
import { depthChart } from "../figures/depth-chart.ts";
import { filePalette, type Figure } from "../figures/figure.ts";
import { filterSheet } from "../figures/filters.ts";
import { heatMap } from "../figures/heat-map.ts";
import { shareChart } from "../figures/share-chart.ts";
import { figureFile } from "../figures/static.ts";
import { triggeredDigits } from "../figures/triggered-digits.ts";
import { DIGIT_SIZE } from "../models/digit-net.ts";
import { writeFileAtomic } from "../node/files.ts";
import { triggers, triggerTitles } from "../studies/digit-instances.ts";
import { csvTables } from "../studies/digit-csv.ts";
import { figureFiles, markdownReport } from "../studies/digit-markdown.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  seedsOf,
  shareTable,
  type Finished,
} from "../studies/digit-report.ts";

const FIGURES = "figures";
const TABLES = "tables";

/** @param data for the figure that shows a digit of the test set */
export async function writeReport(dir: string, finished: Finished, data: DigitData): Promise<void> {
  await mkdir(join(dir, FIGURES), { recursive: true });
  await mkdir(join(dir, TABLES), { recursive: true });
  for (const [name, figure] of figures(finished, data)) {
    await writeFileAtomic(join(dir, FIGURES, name), figureFile(figure));
  }
  for (const [name, text] of Object.entries(csvTables(finished))) {
    if (text) await writeFileAtomic(join(dir, TABLES, name), text);
  }
  await writeFileAtomic(join(dir, "report.md"), markdownReport(finished, FIGURES));
}

function figures(finished: Finished, { test }: DigitData): [name: string, figure: Figure][] {
  const seeds = seedsOf(finished);
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
  for (const trigger of triggers) {
    const table = pairTable(finished, seeds, trigger);
    if (table.cells.length > 0) {
      for (const which of ["clean", "backdoor"] as const) {
        made.push([figureFiles.pairs(trigger, which), heatMap({ table, which, palette })]);
      }
    }
    const found = evidenceOf(finished, seeds, trigger);
    if (!found) continue;
    const name = triggerTitles[trigger];
    made.push(
      [figureFiles.filters(trigger), filterSheet(found.evidence.filters, palette, name)],
      [figureFiles.depth(trigger), depthChart(found.evidence.depth, palette, name)],
    );
  }
  return made;
}
