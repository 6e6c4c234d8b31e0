/**
 * Figures of the paper as drawings: templates that the page renders with Lit, and that become files on the
 * command line. d3 computes, nothing here touches a document.
 */
import type { TemplateResult } from "lit";

/** Colours by their part; on the page the theme's variables, in a file plain ones. */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly panel: string;
  readonly clean: string;
  readonly attack: string;
}

export const pagePalette: Palette = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  panel: "var(--panel)",
  clean: "var(--clean)",
  attack: "var(--attack)",
};

/** The light theme's colours. */
export const filePalette: Palette = {
  ink: "#1a1d22",
  muted: "#575d68",
  line: "#dfdcd4",
  panel: "#ffffff",
  clean: "#0a6c8c",
  attack: "#bd330a",
};

export interface Figure {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  /** An svg template of this size. */
  readonly content: TemplateResult;
}
