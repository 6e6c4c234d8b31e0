/** The digit section's report as files. */
import type { DigitData } from "../../../data/digits.ts";
import { FIGURES, type ReportFiles } from "../../reproduction/report-files.ts";
import { csvTables } from "./csv.ts";
import { reportFigures } from "./figures/files.ts";
import type { Finished } from "./instance-file.ts";
import { markdownReport } from "./markdown.ts";

/** @param data for the figure that shows a digit of the test set */
export const digitReport = (
  finished: Finished,
  seeds: readonly number[],
  data: DigitData,
): ReportFiles => ({
  markdown: markdownReport(finished, seeds, FIGURES),
  figures: reportFigures(finished, seeds, data),
  tables: csvTables(finished, seeds),
});
