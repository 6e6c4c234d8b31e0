/** The population's report as files. */
import { FIGURES, type ReportFiles } from "../../reproduction/report-files.ts";
import { csvTables } from "./csv.ts";
import { reportFigures } from "./figures.ts";
import type { Finished } from "./instance-file.ts";
import { markdownReport } from "./markdown.ts";

export const zooReport = (finished: Finished, seeds: readonly number[]): ReportFiles => ({
  markdown: markdownReport(finished, seeds, FIGURES),
  figures: reportFigures(finished, seeds),
  tables: csvTables(finished, seeds),
});
