/** Two kinds of values over each other, as shares of their kind in bins, against a limit. */
import { bin, max, scaleLinear } from "d3";
import { nothing, svg } from "lit";
import type { Figure, Palette } from "./figure.ts";
import { gridLines, round } from "./parts.ts";

export interface HistogramOptions {
  /** What it shows, in a sentence. */
  readonly label: string;
  readonly clean: readonly number[];
  /** null: there are none. */
  readonly attacked: readonly number[] | null;
  /** What the values are. */
  readonly across: string;
  readonly limit: { readonly value: number; readonly name: string };
  readonly palette: Palette;
  readonly width?: number;
  readonly height?: number;
}

const edge = { top: 16, right: 8, bottom: 32, left: 40 };
const BINS = 30;

export function histogram(options: HistogramOptions): Figure {
  const { label, clean, attacked, across, limit, palette, width = 420, height = 170 } = options;
  const end = max([...clean, ...(attacked ?? []), limit.value]) || 1;
  const x = scaleLinear([0, end], [edge.left, width - edge.right]).nice();
  const bins = bin()
    .domain(x.domain() as [number, number])
    .thresholds(x.ticks(BINS));
  const shares = (values: readonly number[]) =>
    bins(values).map(({ x0, x1, length }) => ({
      x0: x0!,
      x1: x1!,
      share: length / Math.max(1, values.length),
    }));
  const kinds = [
    { values: shares(clean), colour: palette.clean },
    ...(attacked ? [{ values: shares(attacked), colour: palette.attack }] : []),
  ];
  const most = max(kinds.flatMap(({ values }) => values.map(({ share }) => share))) || 1;
  const y = scaleLinear([0, most], [height - edge.bottom, edge.top]).nice(4);
  const bottom = height - edge.bottom;
  return {
    label,
    width,
    height,
    content: svg`
      ${gridLines(
        y,
        [edge.left, width - edge.right],
        palette,
        (tick) => `${Math.round(100 * tick)} %`,
      )}
      ${kinds.map(
        ({ values, colour }) =>
          svg`<g fill=${colour} fill-opacity="0.55" stroke=${colour}>${values.map(
            ({ x0, x1, share }) =>
              share === 0
                ? nothing
                : svg`<rect x=${round(x(x0))} width=${round(Math.max(1, x(x1) - x(x0) - 1))}
                    y=${round(y(share))} height=${round(bottom - y(share))}></rect>`,
          )}</g>`,
      )}
      <line x1=${round(x(limit.value))} x2=${round(x(limit.value))} y1=${edge.top - 4} y2=${bottom}
        stroke=${palette.ink} stroke-dasharray="4 3"></line>
      <text x=${round(x(limit.value)) + 4} y=${edge.top - 5} font-size="11" fill=${palette.ink}>${limit.name}</text>
      ${x
        .ticks(6)
        .map(
          (tick) =>
            svg`<text x=${round(x(tick))} y=${bottom + 13} text-anchor="middle" font-size="11" fill=${palette.muted}>${tick}</text>`,
        )}
      <text x=${round((edge.left + width) / 2)} y=${height - 3} text-anchor="middle" font-size="11" fill=${palette.muted}>${across}</text>`,
  };
}
