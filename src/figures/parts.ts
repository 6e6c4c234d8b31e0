/** Parts that figures have in common: horizontal grid lines with their values, axis titles, and a key of the lines. */
import { withMinus } from "../format.ts";
import type { ScaleLinear } from "d3";
import { nothing, svg, type TemplateResult } from "lit";
import type { Palette } from "./figure.ts";

/** Coordinates of two decimals, which no eye tells from more. */
export const round = (value: number) => Number(value.toFixed(2));

/** A line across the plot at each tick; the values stand at its left end where `text` says how. */
export function gridLines(
  y: ScaleLinear<number, number>,
  [left, right]: readonly [left: number, right: number],
  palette: Palette,
  text: ((at: number) => string) | null,
): TemplateResult[] {
  return y.ticks(5).map(
    (tick) => svg`<g>
      <line x1=${left} x2=${right} y1=${round(y(tick))} y2=${round(y(tick))} stroke=${palette.line}></line>
      ${
        text
          ? svg`<text x=${left - 8} y=${round(y(tick))} dy="0.32em" text-anchor="end" font-size="12" fill=${palette.muted}>${withMinus(text(tick))}</text>`
          : nothing
      }
    </g>`,
  );
}

/** A line of a chart, for its key. */
export interface KeyEntry {
  readonly title: string;
  readonly colour: string;
  /** As SVG has it; `nothing` for a whole line. */
  readonly dash: string | typeof nothing;
}

/** Which line is which, one below the other, `step` apart from `top`. */
export function lineKey(
  entries: readonly KeyEntry[],
  { left, top, step }: { left: number; top: number; step: number },
  palette: Palette,
): TemplateResult[] {
  return entries.map(
    ({ title, colour, dash }, i) => svg`<g transform="translate(${left} ${top + step * i})">
      <line x1="0" x2="18" y1="0" y2="0" stroke=${colour} stroke-width="2" stroke-dasharray=${dash}></line>
      <text x="24" dy="0.35em" font-size="11" fill=${palette.ink}>${title}</text>
    </g>`,
  );
}
