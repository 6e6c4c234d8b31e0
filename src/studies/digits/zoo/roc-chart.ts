/** ROCs as a drawing: a stair for each detector, and the diagonal of a coin. */
import { line, scaleLinear } from "d3";
import { nothing, svg } from "lit";
import type { Figure, Palette } from "../../../figures/figure.ts";
import { gridLines, lineKey, round, type KeyEntry } from "../../../figures/parts.ts";
import type { RocPoint } from "./roc.ts";

export interface RocLine {
  readonly title: string;
  readonly curve: readonly RocPoint[];
}

export interface RocChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly lines: readonly RocLine[];
  readonly palette: Palette;
}

const margin = { top: 14, right: 156, bottom: 38, left: 48 } as const;
const SIDE = 300;
const dashes: KeyEntry["dash"][] = [nothing, "6 4", "2 3"];

export function rocChart({ label, lines, palette }: RocChartOptions): Figure {
  const right = margin.left + SIDE;
  const bottom = margin.top + SIDE;
  const x = scaleLinear([0, 100], [margin.left, right]);
  const y = scaleLinear([0, 100], [bottom, margin.top]);
  const path = line<RocPoint>(
    ({ falseAlarms }) => round(x(100 * falseAlarms)),
    ({ found }) => round(y(100 * found)),
  );
  const colours = [palette.attack, palette.clean, palette.ink];
  const key = lines.map(({ title }, i): KeyEntry => ({
    title,
    colour: colours[i % colours.length],
    dash: dashes[Math.floor(i / colours.length) % dashes.length],
  }));
  const text = { size: 12, fill: palette.muted };
  return {
    label,
    width: right + margin.right,
    height: bottom + margin.bottom,
    content: svg`
      ${gridLines(y, [margin.left, right], palette, String)}
      ${x
        .ticks(5)
        .map(
          (tick) =>
            svg`<text x=${round(x(tick))} y=${bottom + 16} text-anchor="middle" font-size=${text.size} fill=${text.fill}>${tick}</text>`,
        )}
      <text x=${(margin.left + right) / 2} y=${bottom + margin.bottom - 4} text-anchor="middle" font-size=${text.size} fill=${text.fill}>false alarms, % of the honest</text>
      <text transform="translate(12 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle" font-size=${text.size} fill=${text.fill}>found, % of the poisoned</text>
      <line x1=${margin.left} x2=${right} y1=${bottom} y2=${margin.top} stroke=${palette.muted} stroke-dasharray="1 3"></line>
      ${lines.map(
        ({ curve }, i) =>
          svg`<path d=${path(curve) ?? ""} fill="none" stroke=${key[i].colour} stroke-width="2" stroke-dasharray=${key[i].dash}></path>`,
      )}
      ${lineKey(key, { left: right + 12, top: margin.top + 8, step: 18 }, palette)}`,
  };
}
