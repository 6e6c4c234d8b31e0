/** Bars of a row of things, against a limit: those beyond it stand out. */
import { max, min, range, scaleBand, scaleLinear } from "d3";
import { nothing, svg } from "lit";
import type { Figure, Palette } from "./figure.ts";
import { gridLines, round } from "./parts.ts";

export interface Bar {
  /** Below it: a class, a channel. */
  readonly name: string;
  readonly value: number;
  /** It stands out. */
  readonly found: boolean;
  /** For whoever points at it. */
  readonly title: string;
}

export interface BarChartOptions {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** What the values are, beside the axis. */
  readonly axis: string;
  /** What the names are, below them. */
  readonly across: string;
  /** A line that values are held against. */
  readonly limit?: { readonly value: number; readonly name: string } | null;
  readonly palette: Palette;
  readonly width?: number;
  readonly height?: number;
  /** The bar that is marked. */
  readonly chosen?: number | null;
  readonly choose?: (bar: number) => void;
}

const edge = { top: 18, right: 6, bottom: 32, left: 40 };
/** Names stand this far apart at least. */
const NAME = 22;

export function barChart(options: BarChartOptions): Figure {
  const { label, bars, axis, across, limit, palette, chosen, choose } = options;
  const { width = 420, height = 150 } = options;
  const x = scaleBand(range(bars.length), [edge.left, width - edge.right]).padding(0.15);
  const values = [0, ...bars.map(({ value }) => value), ...(limit ? [limit.value] : [])];
  const y = scaleLinear(
    [min(values)!, max(values)! * 1.05 || 1],
    [height - edge.bottom, edge.top],
  ).nice(5);
  const step = Math.max(1, Math.ceil(NAME / x.step()));
  // A name that stands out needs room on both sides.
  const crowded = (i: number) =>
    bars.some(({ found }, other) => found && other !== i && Math.abs(other - i) < step);
  const draw = ({ name, value, found, title }: Bar, i: number) => svg`<g
      style=${choose ? "cursor: pointer" : nothing}
      @click=${() => choose?.(i)}
    >
      <title>${title}</title>
      <rect x=${round(x(i)!)} width=${round(x.bandwidth())} y=${edge.top}
        height=${height - edge.bottom - edge.top} fill=${chosen === i ? palette.line : "transparent"}></rect>
      <rect x=${round(x(i)!)} width=${round(x.bandwidth())} y=${round(Math.min(y(value), y(0)))}
        height=${round(Math.abs(y(value) - y(0)))} fill=${found ? palette.attack : palette.clean}></rect>
      ${
        found || (i % step === 0 && !crowded(i))
          ? svg`<text x=${round(x(i)! + x.bandwidth() / 2)} y=${height - edge.bottom + 13}
              text-anchor="middle" font-size="11" fill=${found ? palette.ink : palette.muted}
              font-weight=${found ? 650 : 400}>${name}</text>`
          : nothing
      }
    </g>`;
  return {
    label,
    width,
    height,
    content: svg`
      ${gridLines(y, [edge.left, width - edge.right], palette, String)}
      ${bars.map(draw)}
      ${
        limit
          ? svg`<line x1=${edge.left} x2=${width - edge.right} y1=${round(y(limit.value))} y2=${round(y(limit.value))}
              stroke=${palette.ink} stroke-dasharray="4 3"></line>
            <line x1=${edge.left} x2=${edge.left + 18} y1="7" y2="7" stroke=${palette.ink} stroke-dasharray="4 3"></line>
            <text x=${edge.left + 24} y="11" font-size="11" fill=${palette.ink}>${limit.name}</text>`
          : nothing
      }
      <text transform="translate(9 ${round((edge.top + height - edge.bottom) / 2)}) rotate(-90)" text-anchor="middle" font-size="11" fill=${palette.muted}>${axis}</text>
      <text x=${round((edge.left + width) / 2)} y=${height - 3} text-anchor="middle" font-size="11" fill=${palette.muted}>${across}</text>`,
  };
}
