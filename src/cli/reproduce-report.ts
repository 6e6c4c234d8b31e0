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
import { triggers, triggerTitles } from "../studies/digits/paper/instances.ts";
import { csvTables } from "../studies/digits/paper/csv.ts";
import { figureFiles, markdownReport } from "../studies/digits/paper/markdown.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  seedsOf,
  shareTable,
  type Finished,
} from "../studies/digits/paper/report.ts";

const FIGURES = "figures";
const TABLES = "tables";

/**
 * @param data for the figure that shows a digit of the test set
 * @param asked seeds that the report is of, beside those that are finished
 * @returns all these seeds
 */
export async function writeReport(
  dir: string,
  finished: Finished,
  data: DigitData,
  asked: readonly number[] = [],
): Promise<readonly number[]> {
  const seeds = [...new Set([...asked, ...seedsOf(finished)])].sort((a, b) => a - b);
  await mkdir(join(dir, FIGURES), { recursive: true });
  await mkdir(join(dir, TABLES), { recursive: true });
  for (const [name, text] of reportFigures(finished, seeds, data)) {
    await writeFileAtomic(join(dir, FIGURES, name), text);
  }
  for (const [name, text] of Object.entries(csvTables(finished, seeds))) {
    if (text) await writeFileAtomic(join(dir, TABLES, name), text);
  }
  await writeFileAtomic(join(dir, "report.md"), markdownReport(finished, seeds, FIGURES));
  return seeds;
}

/** The report's figures as SVG files. */
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
  return made.map(([name, figure]) => [name, figureFile(figure)]);
}
