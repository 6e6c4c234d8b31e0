/** A figure as a drawing on the page. */
import { css, html, type TemplateResult } from "lit";
import type { Figure } from "../../figures/figure.ts";

export const drawingStyles = css`
  .drawing {
    display: block;
    max-width: 100%;
    height: auto;
    font-family: var(--font);
    font-variant-numeric: tabular-nums;
  }
  .drawing .cell {
    cursor: pointer;
    outline: none;
  }
  .drawing .cell:focus-visible .ring {
    stroke: var(--focus);
  }
`;

/** @param role "group" for a drawing that has parts to operate */
export function drawing(
  { label, width, height, content }: Figure,
  role: "img" | "group" = "img",
): TemplateResult {
  return html`<svg
    class="drawing"
    role=${role}
    aria-label=${label}
    viewBox="0 0 ${width} ${height}"
    width=${width}
    height=${height}
  >
    ${content}
  </svg>`;
}
