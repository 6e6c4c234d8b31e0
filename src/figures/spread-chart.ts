/** Means over seeds against something, with their range: a line a series. */
import { line, max, scaleLinear, scaleLog, type ScaleLinear, type ScaleLogarithmic } from "d3";
import { nothing, svg } from "lit";
import type { Figure, Palette } from "./figure.ts";
import { gridLines, lineKey, round } from "./parts.ts";

/** A figure over several seeds. */
interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly of: number;
}

/** A line of the chart. */
export interface SpreadSeries {
  readonly title: string;
  readonly colour: string;
  readonly dash: string | typeof nothing;
  /** Both as they are drawn, in percent. */
  readonly points: readonly { readonly x: number; readonly spread: Spread }[];
}

export interface SpreadChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly x: {
    readonly title: string;
    readonly ticks: readonly number[] | null;
    readonly log: boolean;
    readonly domain: readonly [number, number];
  };
  readonly y: {
    readonly title: string;
    /** Where it ends at least. */
    readonly top: number;
    readonly digits: number;
  };
  readonly series: readonly SpreadSeries[];
  /** A level to compare with. */
  readonly level: { readonly title: string; readonly value: number } | null;
  readonly palette: Palette;
  readonly width?: number;
  readonly height?: number;
}

const margin = { top: 14, right: 156, bottom: 38, left: 48 } as const;

export function spreadChart(options: SpreadChartOptions): Figure {
  const { label, series, level, palette, width = 560, height = 300 } = options;
  const known = series.flatMap(({ points }) => points.map(({ spread }) => spread.most));
  const top = Math.max(options.y.top, max([...known, level?.value ?? 0]) ?? 0);
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  const { log, domain, ticks } = options.x;
  const x = log
    ? scaleLog([...domain], [margin.left, right])
    : scaleLinear([...domain], [margin.left, right]).nice();
  const y = scaleLinear([0, top], [bottom, margin.top]).nice();
  const dotted = { colour: palette.muted, dash: "1 3" };
  const key = [...series, ...(level ? [{ title: level.title, ...dotted }] : [])];
  return {
    label,
    width,
    height,
    content: svg`
      ${gridLines(y, [margin.left, right], palette, (tick) => tick.toFixed(options.y.digits))}
      ${(ticks ?? x.ticks(6)).map(
        (tick) =>
          svg`<text x=${round(x(tick))} y=${bottom + 16} text-anchor="middle" font-size="12" fill=${palette.muted}>${tick}</text>`,
      )}
      <text x=${round((margin.left + right) / 2)} y=${height - 4} text-anchor="middle" font-size="12" fill=${palette.muted}>${options.x.title}</text>
      <text transform="translate(12 ${round((margin.top + bottom) / 2)}) rotate(-90)" text-anchor="middle" font-size="12" fill=${palette.muted}>${options.y.title}</text>
      ${
        level
          ? svg`<g>
              <line x1=${margin.left} x2=${right} y1=${round(y(level.value))} y2=${round(y(level.value))} stroke=${palette.muted} stroke-dasharray="1 3"></line>
            </g>`
          : nothing
      }
      ${series.map((one) => curve(one, x, y))}
      ${lineKey(key, { left: right + 12, top: margin.top + 8, step: 18 }, palette)}`,
  };
}

/** The means as a line with a dot each, and the range over several seeds as a bar. */
function curve(
  { points, colour, dash }: SpreadSeries,
  x: ScaleLinear<number, number> | ScaleLogarithmic<number, number>,
  y: ScaleLinear<number, number>,
) {
  const path = line<SpreadSeries["points"][number]>(
    (point) => round(x(point.x)),
    ({ spread }) => round(y(spread.mean)),
  );
  return svg`<g>
    <path d=${path(points) ?? ""} fill="none" stroke=${colour} stroke-width="2" stroke-dasharray=${dash}></path>
    ${points.map(
      ({ x: at, spread }) => svg`<g>
        ${
          spread.of > 1
            ? svg`<line x1=${round(x(at))} x2=${round(x(at))} y1=${round(y(spread.least))} y2=${round(y(spread.most))} stroke=${colour}></line>`
            : nothing
        }
        <circle cx=${round(x(at))} cy=${round(y(spread.mean))} r="3.5" fill=${colour}></circle>
      </g>`,
    )}
  </g>`;
}
