/** What the charts share: margins, both axes with their labels, their styles, and the way to files. */
import type { ScaleContinuousNumeric } from "d3";
import { css, html, svg, type LitElement, type TemplateResult } from "lit";
import "./export-menu.ts";

export const margin = { top: 8, right: 14, bottom: 34, left: 52 } as const;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: ScaleContinuousNumeric<number, number>;
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly yFormat?: (value: number) => string;
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
  .canvas svg {
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

/** The inner edges of a chart of this size. */
export function edges({ width, height }: Pick<Frame, "width" | "height">) {
  return { right: width - margin.right, bottom: height - margin.bottom };
}

/** Grid, ticks and labels of both axes. */
export function axes(frame: Frame): TemplateResult {
  const { height, x, y, xTicks, yTicks, yFormat = String, xLabel, yLabel } = frame;
  const { right, bottom } = edges(frame);
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
 * @param stem of the files' names, see `fileStem`
 * @param csv the figures behind it, where there is such a file
 */
export function exportMenu(
  chart: LitElement,
  heading: string,
  stem: string,
  csv: (() => string) | null = null,
): TemplateResult {
  return html`<export-menu
    heading=${heading}
    stem=${stem}
    .source=${() => chart.renderRoot.querySelector<SVGSVGElement>(".canvas svg")}
    .csv=${csv}
  ></export-menu>`;
}
