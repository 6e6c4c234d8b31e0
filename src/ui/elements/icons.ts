/** Small drawings in the colour of the text around them: no font has to have them. */
import { html, svg } from "lit";

/** What a point of a line can be marked with. */
export type Mark = "disc" | "diamond" | "dot";

/** A disc, a small empty diamond or a dot, around a place of a drawing. */
export function mark(shape: Mark, x: number, y: number) {
  return shape === "diamond"
    ? svg`<path class="mark diamond" transform="translate(${x} ${y})" d="M0 -3.6L3.6 0L0 3.6L-3.6 0Z"></path>`
    : svg`<circle class="mark ${shape}" cx=${x} cy=${y} r=${shape === "disc" ? 5 : 3}></circle>`;
}

const icon = (shape: string) =>
  html`<svg class="icon" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
    <path
      d=${shape}
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      stroke-linejoin="round"
    ></path>
  </svg>`;

export const warningIcon = icon("M8 1.8L15 14.2H1ZM8 6v4M8 12.2v.1");
export const noteIcon = icon("M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0 -13M8 7.3v4M8 4.8v.1");
export const crossIcon = icon("M3.5 3.5l9 9M12.5 3.5l-9 9");
export const keyboardIcon = icon("M1.5 4h13v8.5h-13ZM4 7v.1M6.7 7v.1M9.3 7v.1M12 7v.1M5 10h6");
export const linkIcon = icon(
  "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.6-2.6a2.6 2.6 0 0 0-3.7-3.7L8.4 3.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L2.9 9.4a2.6 2.6 0 0 0 3.7 3.7l1-1",
);
export const fullScreenIcon = icon("M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4");
export const checkIcon = icon("M3 8.5l3.5 3.5L13 4.5");
