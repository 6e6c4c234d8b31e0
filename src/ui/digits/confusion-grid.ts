/** One confusion matrix as part of a drawing: heads, cells, and around some of them the attacker's mark. */
import { range, scaleBand } from "d3";
import { css, svg, type TemplateResult } from "lit";
import type { Policy } from "../../backdoor/attack.ts";
import type { Confusion } from "../../backdoor/measure.ts";
import { isWanted, shade } from "./confusion.ts";

export interface Matrix {
  readonly triggered: boolean;
  readonly confusion: Confusion;
  /** What the attacker wants of these images; null: nothing. */
  readonly policy: Policy | null;
  /** Where it stands in the drawing, and how large it is, heads and all. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The cell that the Tab key leads to, and the one whose images are shown. */
  readonly current: readonly [label: number, read: number];
  readonly chosen: readonly [label: number, read: number] | null;
  readonly choose: (label: number, read: number) => void;
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
  .wanted {
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

export function confusionGrid(matrix: Matrix): TemplateResult {
  const { confusion, policy, width, height, current, chosen, choose, triggered } = matrix;
  const classes = confusion.length;
  const x = scaleBand(range(classes), [HEADS, width]);
  const y = scaleBand(range(classes), [HEADS, height]);
  const [w, h] = [x.bandwidth(), y.bandwidth()];
  const at = (label: number, read: number) => `translate(${x(read)} ${y(label)})`;
  return svg`<g
    role="grid"
    aria-label=${`${triggered ? "With" : "Without"} trigger: true digits in rows, what they are read as in columns`}
    transform="translate(${matrix.x} ${matrix.y})"
  >
    <text class="side" x=${(HEADS + width) / 2} y="10" text-anchor="middle" aria-hidden="true">read as</text>
    <text
      class="side"
      transform="translate(10 ${(HEADS + height) / 2}) rotate(-90)"
      text-anchor="middle"
      aria-hidden="true"
    >true digit</text>
    <g role="row">
      ${range(classes).map(
        (read) =>
          svg`<text class="head" role="columnheader" x=${x(read)! + w / 2} y=${HEADS - 7}>${read}</text>`,
      )}
    </g>
    ${confusion.map((row, label) => {
      const ofRow = row.reduce((sum, n) => sum + n, 0);
      return svg`<g role="row">
        <text class="head" role="rowheader" x=${HEADS - 10} y=${y(label)! + h / 2} dy="0.35em">${label}</text>
        ${row.map((n, read) => {
          const wanted = policy !== null && isWanted(policy, label, read, classes);
          const kind = wanted ? "wanted" : label === read ? "right" : "";
          const here = current[0] === label && current[1] === read;
          const seen = chosen?.[0] === label && chosen[1] === read;
          return svg`<g
            class="cell ${kind} ${seen ? "chosen" : ""}"
            role="gridcell"
            tabindex=${here ? 0 : -1}
            data-cell="${label} ${read}"
            aria-selected=${seen}
            aria-label="${n} of ${ofRow} images of ${label} read as ${read}${wanted ? ", as the attacker wants" : ""}"
            transform=${at(label, read)}
            @click=${() => choose(label, read)}
          >
            <rect class="ground" width=${w} height=${h} style="--share: ${shade(n, ofRow).toFixed(3)}"></rect>
            ${wanted ? svg`<rect class="mark" x="1.5" y="1.5" width=${w - 3} height=${h - 3}></rect>` : ""}
            <text x=${w / 2} y=${h / 2} dy="0.35em">${n === 0 ? "" : n}</text>
            <rect class="ring" x="1.5" y="1.5" width=${w - 3} height=${h - 3}></rect>
          </g>`;
        })}
      </g>`;
    })}
  </g>`;
}
