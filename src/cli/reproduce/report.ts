/** Writes a reproduction's report, figures and tables into its folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DigitData } from "../../data/digits.ts";
import { writeOutput } from "../../node/write-output.ts";
import { seedsOf } from "../../studies/digits/paper/completeness.ts";
import { csvTables } from "../../studies/digits/paper/csv.ts";
import { reportFigures } from "../../studies/digits/paper/figures/files.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import { markdownReport } from "../../studies/digits/paper/markdown.ts";

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
    await writeOutput(join(dir, FIGURES, name), text);
  }
  for (const [name, text] of Object.entries(csvTables(finished, seeds))) {
    if (text) await writeOutput(join(dir, TABLES, name), text);
  }
  await writeOutput(join(dir, "report.md"), markdownReport(finished, seeds, FIGURES));
  return seeds;
}
