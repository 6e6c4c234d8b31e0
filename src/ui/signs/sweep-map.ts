/** What a sticker does over its places on a sign, as a grid of cells that lie where the sticker lay. */
import { range, scaleBand, scaleLinear } from "d3";
import { nothing, svg, type TemplateResult } from "lit";
import type { Figure } from "../../figures/figure.ts";
import { percent } from "../../format.ts";
import type { SweepCell } from "../../studies/signs/sticker-variants.ts";
import type { ExampleSign } from "./example-signs.ts";

export type Measured = "confidence" | "success";

export interface SweepMapOptions {
  /** Row by row. */
  readonly cells: readonly SweepCell[];
  readonly grid: number;
  readonly measured: Measured;
  /** What lies behind the cells; null: nothing. */
  readonly sign: ExampleSign | null;
  /** The cell that the Tab key leads to. */
  readonly current: number;
  readonly choose: (cell: number) => void;
  readonly point: (cell: number | null) => void;
}

const SIDE = 280;
const LEFT = 42;
const BOTTOM = 34;

export const placeText = ({ place }: SweepCell): string => {
  const [across, down] = (place ?? [0, 0]).map((value) => Math.round(100 * value));
  return `${across} % across, ${down} % down`;
};

export function sweepMap(options: SweepMapOptions): Figure {
  const { cells, grid, measured, sign, current, choose, point } = options;
  const band = scaleBand(range(grid), [0, SIDE]);
  const depth = scaleLinear([0, 1], [0.03, 0.92]);
  const size = band.bandwidth();
  const middle = (i: number) => band(i)! + size / 2;
  const tick = (i: number) => Math.round((100 * (i + 0.5)) / grid);
  const cell = (one: SweepCell, i: number) => svg`<g
      class="cell"
      role="gridcell"
      tabindex=${i === current ? 0 : -1}
      data-cell=${i}
      aria-label="${placeText(one)}: ${measured} ${percent(one[measured], 0)}"
      transform="translate(${LEFT + band(i % grid)!} ${band(Math.floor(i / grid))!})"
      @click=${() => choose(i)}
      @focus=${() => point(i)}
      @blur=${() => point(null)}
      @pointerenter=${() => point(i)}
      @pointerleave=${() => point(null)}
    >
      <rect width=${size - 1} height=${size - 1} fill="var(--attack)" fill-opacity=${depth(one[measured])}></rect>
      <rect class="ring" x="1" y="1" width=${size - 3} height=${size - 3} fill="none" stroke-width="2"></rect>
      ${
        grid <= 9
          ? svg`<text x=${size / 2} y=${size / 2} dy="0.35em" text-anchor="middle" font-size="11"
              fill="var(--ink)" stroke="var(--panel)" stroke-width="3" paint-order="stroke">${Math.round(100 * one[measured])}</text>`
          : nothing
      }
    </g>`;
  return {
    label: `Heat map of ${measured} in % over the sticker's place on the sign, ${grid} by ${grid}`,
    width: LEFT + SIDE + 4,
    height: SIDE + BOTTOM,
    content: svg`${sign ? behind(sign) : nothing}
      <g role="grid" aria-label="${measured} in %, by the place of the sticker's centre">
        ${range(grid).map(
          (row) =>
            svg`<g role="row">${cells
              .slice(row * grid, (row + 1) * grid)
              .map((one, i) => cell(one, row * grid + i))}</g>`,
        )}
      </g>
      <g aria-hidden="true" font-size="12" fill="var(--muted)">
        ${range(grid).map(
          (
            i,
          ) => svg`<text x=${LEFT + middle(i)} y=${SIDE + 14} text-anchor="middle">${tick(i)}</text>
            <text x=${LEFT - 6} y=${middle(i)} dy="0.35em" text-anchor="end">${tick(i)}</text>`,
        )}
        <text x=${LEFT + SIDE / 2} y=${SIDE + 30} text-anchor="middle">across, % of the sign</text>
        <text transform="translate(10 ${SIDE / 2}) rotate(-90)" text-anchor="middle">down, % of the sign</text>
      </g>`,
  };
}

/** The sign, faint, with its box where the grid is. */
function behind({ url, box: [x1, y1, x2, y2] }: ExampleSign): TemplateResult {
  const [wide, high] = [SIDE / (x2 - x1), SIDE / (y2 - y1)];
  return svg`<image href=${url} x=${LEFT - x1 * wide} y=${-y1 * high} width=${wide} height=${high}
    preserveAspectRatio="none" opacity="0.35" aria-hidden="true"></image>`;
}
