/** What signs are taken for: a table of signs by their class and that of their best box. */
import { css, html } from "lit";
import type { DetectionScore } from "../../training/detection.ts";
import { figureTable } from "../elements/figure-table.ts";

export const confusionStyles = css`
  .confusion {
    overflow-x: auto;
    margin-top: 10px;
  }
  .confusion .right {
    font-weight: 700;
  }
  .confusion .none {
    color: var(--muted);
  }
`;

/**
 * Rows are what there is, columns what was found; the background comes last in both.
 * @param of what was measured, such as "scenes"
 */
export function confusionTable(
  { confusion }: DetectionScore,
  classes: readonly string[],
  of: string,
) {
  const background = classes.length;
  const cell = (count: number, truth: number, found: number) => {
    // Nobody counts the places without a sign where nothing was found.
    if (truth === background && found === background) return { text: "–", kind: "none" };
    return { text: count, kind: count === 0 ? "none" : truth === found ? "right" : "" };
  };
  const columns = [...classes, "nothing"].map((title) => ({ title }));
  const rows = [...classes, "no sign"].map((head, truth) => ({
    head,
    cells: confusion[truth].map((count, found) => cell(count, truth, found)),
  }));
  // Where it is wider than the panel, the keyboard scrolls it.
  return html`<div class="confusion" role="region" tabindex="0" aria-label="Confusion, ${of}">
    ${figureTable("is, found as", columns, rows, `Signs of ${of}, and what they are taken for`)}
  </div>`;
}
