/** Writes a reproduction's report, figures and tables into its folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeOutput } from "../../node/write-output.ts";
import { seedsOf } from "../../studies/reproduction/completeness.ts";
import type { Finished } from "../../studies/reproduction/instance-file.ts";
import type { ReproductionTypes } from "../../studies/reproduction/reproduction.ts";
import { FIGURES } from "../../studies/reproduction/report-files.ts";
import type { Reporting } from "./section.ts";

const TABLES = "tables";

/**
 * @param asked seeds that the report is of, beside those that are finished
 * @returns all these seeds
 */
export async function writeReport<T extends ReproductionTypes>(
  dir: string,
  { report, seedOf }: Pick<Reporting<T>, "report" | "seedOf">,
  finished: Finished<T["file"]>,
  asked: readonly number[] = [],
): Promise<readonly number[]> {
  const seeds = [...new Set([...asked, ...seedsOf(finished, seedOf)])].sort((a, b) => a - b);
  const { markdown, figures, tables } = report(finished, seeds);
  await mkdir(join(dir, FIGURES), { recursive: true });
  await mkdir(join(dir, TABLES), { recursive: true });
  for (const [name, text] of figures) await writeOutput(join(dir, FIGURES, name), text);
  for (const [name, text] of Object.entries(tables)) {
    if (text) await writeOutput(join(dir, TABLES, name), text);
  }
  await writeOutput(join(dir, "report.md"), markdown);
  return seeds;
}
