/** A reproduction's report as files: Markdown, drawings and tables. */

export interface ReportFiles {
  readonly markdown: string;
  /** SVG by file name, in FIGURES. */
  readonly figures: readonly (readonly [name: string, text: string])[];
  /** CSV by file name; empty where nothing is finished. */
  readonly tables: Readonly<Record<string, string>>;
}

/** Folder of the figures, as seen from the report. */
export const FIGURES = "figures";
