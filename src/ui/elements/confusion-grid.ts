/** One confusion matrix as part of a drawing: heads, cells, and around some of them the attacker's mark. */
import { range, scaleBand } from "d3";
import { css, svg, type TemplateResult } from "lit";
import type { GridCell } from "./arrow-keys.ts";
import type { Rect } from "./tiles.ts";

export interface Matrix {
  /** What it is of, for those who do not see it. */
  readonly label: string;
  /** How often each class was read as each; [classes, classes], row = true class */
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly string[];
  /** What the classes are, such as "digit". */
  readonly noun: string;
  /** Tells the cells that the attacker wants full; null: none. */
  readonly targeted: ((label: number, read: number) => boolean) | null;
  /** Where it stands in the drawing, and how large it is, heads and all. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The cell that the Tab key leads to, and the one that is marked as chosen. */
  readonly current?: GridCell;
  readonly chosen?: GridCell | null;
  readonly choose?: (label: number, read: number) => void;
}

/** Room for the heads on the left and above. */
const HEADS = 34;

export const gridStyles = css`
  .cell {
    cursor: pointer;
    outline: none;
  }
  .ground {
    fill: color-mix(in srgb, var(--tint) calc(var(--share) * 100%), var(--panel));
    stroke: var(--line);
    shape-rendering: crispEdges;
  }
  .cell text {
    font-size: 11px;
    fill: var(--ink);
    text-anchor: middle;
    pointer-events: none;
  }
  /* Never so dark that its count could not be read. */
  .cell {
    --tint: light-dark(
      color-mix(in srgb, var(--control) 65%, var(--panel)),
      color-mix(in srgb, var(--control) 55%, var(--panel))
    );
  }
  .right {
    --tint: light-dark(
      color-mix(in srgb, var(--clean) 52%, var(--panel)),
      color-mix(in srgb, var(--clean) 40%, var(--panel))
    );
  }
  .targeted {
    --tint: light-dark(
      color-mix(in srgb, var(--attack) 58%, var(--panel)),
      color-mix(in srgb, var(--attack) 42%, var(--panel))
    );
  }
  .mark,
  .ring {
    fill: none;
    pointer-events: none;
  }
  .mark {
    stroke: var(--attack);
    stroke-width: 2;
  }
  .ring {
    stroke: none;
    stroke-width: 2.5;
  }
  .chosen .ring {
    stroke: var(--ink);
  }
  .cell:focus-visible .ring {
    stroke: var(--focus);
  }
  .cell:hover .ring {
    stroke: var(--ink);
  }
  .head {
    text-anchor: middle;
    fill: var(--ink);
  }
  .side {
    font-size: 11px;
    fill: var(--muted);
  }
`;

/**
 * How strongly a cell is coloured, 0 to 1: its share of its row on a logarithmic scale that shows a single
 * image in a thousand beside a full row.
 */
export function shade(count: number, ofRow: number): number {
  return ofRow === 0 ? 0 : Math.log1p((999 * count) / ofRow) / Math.log(1000);
}

export function confusionGrid(matrix: Matrix): TemplateResult {
  const { counts, classes, width, height } = matrix;
  const x = scaleBand(range(classes.length), [HEADS, width]);
  const y = scaleBand(range(classes.length), [HEADS, height]);
  const [w, h] = [x.bandwidth(), y.bandwidth()];
  return svg`<g
    role="grid"
    aria-label="${matrix.label}: true ${matrix.noun}s in rows, what they are read as in columns"
    transform="translate(${matrix.x} ${matrix.y})"
  >
    <text class="side" x=${(HEADS + width) / 2} y="10" text-anchor="middle" aria-hidden="true">read as</text>
    <text
      class="side"
      transform="translate(10 ${(HEADS + height) / 2}) rotate(-90)"
      text-anchor="middle"
      aria-hidden="true"
    >true ${matrix.noun}</text>
    <g role="row">
      ${classes.map(
        (name, read) =>
          svg`<text class="head" role="columnheader" x=${x(read)! + w / 2} y=${HEADS - 7}>${name}</text>`,
      )}
    </g>
    ${counts.map(
      (row, label) => svg`<g role="row">
        <text class="head" role="rowheader" x=${HEADS - 10} y=${y(label)! + h / 2} dy="0.35em">${classes[label]}</text>
        ${row.map((_, read) =>
          drawCell(matrix, [label, read], { x: x(read)!, y: y(label)!, width: w, height: h }),
        )}
      </g>`,
    )}
  </g>`;
}

function drawCell(matrix: Matrix, [label, read]: GridCell, { x, y, width, height }: Rect) {
  const { counts, classes, current, chosen, choose } = matrix;
  const n = counts[label][read];
  const ofRow = counts[label].reduce((sum, one) => sum + one, 0);
  const targeted = matrix.targeted?.(label, read) ?? false;
  const kind = targeted ? "targeted" : label === read ? "right" : "";
  const here = current?.[0] === label && current[1] === read;
  const seen = chosen?.[0] === label && chosen[1] === read;
  return svg`<g
    class="cell ${kind} ${seen ? "chosen" : ""}"
    role="gridcell"
    tabindex=${here ? 0 : -1}
    data-cell="${label} ${read}"
    aria-selected=${seen}
    aria-label="${n} of ${ofRow} images of ${classes[label]} read as ${classes[read]}${targeted ? ", as the attacker wants" : ""}"
    transform="translate(${x} ${y})"
    @click=${() => choose?.(label, read)}
  >
    <rect class="ground" width=${width} height=${height} style="--share: ${shade(n, ofRow).toFixed(3)}"></rect>
    ${targeted ? svg`<rect class="mark" x="1.5" y="1.5" width=${width - 3} height=${height - 3}></rect>` : ""}
    <text x=${width / 2} y=${height / 2} dy="0.35em">${n === 0 ? "" : n}</text>
    <rect class="ring" x="1.5" y="1.5" width=${width - 3} height=${height - 3}></rect>
  </g>`;
}
