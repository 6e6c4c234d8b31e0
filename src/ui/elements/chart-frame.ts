/** What the charts share: margins, both axes with their labels, their styles, and the way to files. */
import type { ScaleContinuousNumeric, ScaleLinear } from "d3";
import { css, html, svg, type LitElement, type TemplateResult } from "lit";
import { fileStem } from "./chart-export.ts";
import "./export-menu.ts";

export const margin = { top: 8, right: 14, bottom: 34, left: 52 } as const;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly yTicks: readonly number[];
  readonly yFormat: (value: number) => string;
  readonly xLabel: string;
  readonly yLabel: string;
}

export const chartStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .canvas {
    flex: 1;
    min-height: 0;
    position: relative;
  }
  svg {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    overflow: visible;
  }
  text {
    fill: var(--muted);
    font: 12px var(--font);
    font-variant-numeric: tabular-nums;
  }
  .grid {
    stroke: var(--line);
    shape-rendering: crispEdges;
  }
  /* What a file says itself stands beside the chart on the page. */
  .export-only {
    display: none;
  }
  .axis {
    stroke: var(--control);
    shape-rendering: crispEdges;
  }
`;

/** Grid, ticks and labels of both axes. */
export function axes(frame: Frame): TemplateResult {
  const { width, height, x, y, yTicks, yFormat, xLabel, yLabel } = frame;
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  // Whole epochs only, unless there are hardly any.
  const whole = x.domain()[1] > 2;
  const xTicks = x
    .ticks(Math.max(2, Math.min(10, Math.floor(width / 70))))
    .filter((tick) => !whole || Number.isInteger(tick));
  return svg`
    <g aria-hidden="true">
      ${yTicks.map(
        (tick) => svg`
          <line class="grid" x1=${margin.left} x2=${right} y1=${y(tick)} y2=${y(tick)}></line>
          <text x=${margin.left - 8} y=${y(tick)} dy="0.32em" text-anchor="end">${yFormat(tick)}</text>`,
      )}
      <line class="axis" x1=${margin.left} x2=${right} y1=${bottom} y2=${bottom}></line>
      ${xTicks.map(
        (tick) => svg`
          <line class="axis" x1=${x(tick)} x2=${x(tick)} y1=${bottom} y2=${bottom + 4}></line>
          <text x=${x(tick)} y=${bottom + 16} text-anchor="middle">${tick}</text>`,
      )}
      <text x=${(margin.left + right) / 2} y=${height - 3} text-anchor="middle">${xLabel}</text>
      <text transform="translate(12 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${yLabel}</text>
    </g>`;
}

/**
 * The menu that exports the drawing in a chart's `.canvas`.
 * @param name of the chart in file names
 */
export function exportMenu(
  chart: LitElement,
  heading: string,
  name: string,
  step: number | undefined,
  study = "digits",
): TemplateResult {
  return html`<export-menu
    heading=${heading}
    stem=${fileStem(study, name, step ?? null)}
    .source=${() => chart.renderRoot.querySelector<SVGSVGElement>(".canvas svg")}
  ></export-menu>`;
}
