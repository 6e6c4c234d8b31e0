/** Series of points as lines, bands and marks of a drawing, and the key to them. */
import { area, line, sum } from "d3";
import { css, nothing, svg, type TemplateResult } from "lit";
import type { Frame } from "./chart-frame.ts";
import { mark, type Mark } from "./icons.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
  /** The ends of a band around it; a series has them at all points or at none. */
  readonly low?: number;
  readonly high?: number;
  readonly mark?: Mark;
}

export interface Series {
  readonly name: string;
  /** A colour of CSS. */
  readonly colour: string;
  /** By ascending x. */
  readonly points: readonly Point[];
  /** At all points that have none of their own. */
  readonly mark?: Mark;
  /** What stands beside its name, such as its latest value. */
  readonly value?: string | undefined;
  /** What it is, for the question mark beside its name. */
  readonly help?: string | undefined;
}

export const lineStyles = css`
  .line {
    fill: none;
    stroke: var(--colour);
    stroke-width: 2.2;
    stroke-linejoin: round;
  }
  /* Nobody needs the colours to tell lines apart. */
  .dash-1 {
    stroke-dasharray: 7 4;
  }
  .dash-2 {
    stroke-dasharray: 2 3;
  }
  .dash-3 {
    stroke-dasharray: 8 3 2 3;
  }
  .dash-4 {
    stroke-dasharray: 4 2;
  }
  .band {
    fill: var(--colour);
    /* Where the ends meet, the band has no height of its own. */
    stroke: var(--colour);
    stroke-width: 0.5;
    opacity: 0.13;
  }
  .alone .band {
    stroke-width: 1;
    opacity: 0.2;
  }
  .mark {
    fill: var(--colour);
  }
  .disc {
    stroke: var(--panel);
    stroke-width: 1.5;
  }
  .diamond {
    fill: var(--panel);
    stroke: var(--colour);
    stroke-width: 1.3;
  }
`;

/** One series against the axes of a frame. @param i its number, which its dashes follow */
export function drawSeries(
  { name, colour, points, mark: usual }: Series,
  i: number,
  { x, y }: Frame,
) {
  const right = (point: Point) => x(point.x);
  const up = (value: number) => y(value);
  const path = line<Point>(right, (point) => up(point.y));
  const band = area<Point>(
    right,
    ({ low = NaN }) => up(low),
    ({ high = NaN }) => up(high),
  ).defined(({ low, high }) => low !== undefined && high !== undefined);
  return svg`<g data-series=${name} style="--colour: ${colour}">
    ${points[0]?.low === undefined ? nothing : svg`<path class="band" d=${band(points) ?? ""}></path>`}
    <path class="line dash-${i}" d=${path(points) ?? ""}></path>
    ${points.flatMap((point) => {
      const shape = point.mark ?? usual;
      return shape ? [mark(shape, right(point), up(point.y))] : [];
    })}
  </g>`;
}

/** A piece of a series' line, 26 pixels long, around the height `y`. */
export function piece({ mark: shape }: Series, i: number, y: number): TemplateResult {
  return svg`<path class="line dash-${i}" d="M0 ${y}H26"></path>
    ${shape ? mark(shape, 13, y) : nothing}`;
}

/** Roughly how wide a letter of a drawing's text is, in pixels. */
const LETTER = 6.4;

/** The names of several series in a row above the drawing, for files, which have nothing beside it. */
export function fileKey(series: readonly Series[], { width }: Frame): TemplateResult {
  const widths = series.map(({ name }) => 46 + LETTER * name.length);
  const scale = Math.min(1, width / sum(widths));
  return svg`<g class="export-only" transform="translate(0 -14) scale(${scale})">
    ${series.map(
      (
        one,
        i,
      ) => svg`<g transform="translate(${sum(widths.slice(0, i))} 0)" style="--colour: ${one.colour}">
        ${piece(one, i, 0)}
        <text x="32" dy="0.32em">${one.name}</text>
      </g>`,
    )}
  </g>`;
}
