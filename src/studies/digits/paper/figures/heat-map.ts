/** Figure 4: errors over source and target digit, one heat map of clean and one of backdoor error. */
import { range, scaleBand, scaleSqrt } from "d3";
import { nothing, svg } from "lit";
import { DIGIT_CLASSES } from "../../../../models/digit-net.ts";
import { inPercent } from "../../../reproduction/spread.ts";
import type { PairCell, PairTable } from "../tables.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { round } from "../../../../figures/parts.ts";

export interface HeatMapOptions {
  readonly table: PairTable;
  readonly which: "clean" | "backdoor";
  readonly palette: Palette;
  readonly width?: number;
  /** The pair that both maps mark. */
  readonly chosen?: readonly [source: number, target: number] | null;
  /** The cell that the Tab key leads to. */
  readonly current?: readonly [source: number, target: number];
  readonly choose?: (source: number, target: number) => void;
  readonly point?: (pair: readonly [source: number, target: number] | null) => void;
}

const HEAD = 40;
const SIDE = 34;

/** The error at which a cell is darkest, in %; what lies above is as dark. */
const FULL = { clean: 1, backdoor: 1 } as const;

export function heatMap(options: HeatMapOptions): Figure {
  const { table, which, palette, width = 420, chosen, current, choose, point } = options;
  const x = scaleBand(range(DIGIT_CLASSES), [SIDE, width - 4]);
  const size = x.bandwidth();
  const y = scaleBand(range(DIGIT_CLASSES), [HEAD, HEAD + size * DIGIT_CLASSES]);
  const height = HEAD + size * DIGIT_CLASSES + 6;
  const colour = palette[which === "clean" ? "clean" : "attack"];
  const depth = scaleSqrt([0, FULL[which]], [0.04, 0.7]).clamp(true);
  const cellOf = new Map(table.cells.map((cell) => [`${cell.source} ${cell.target}`, cell]));
  const name = which === "clean" ? "Clean error" : "Backdoor error";

  const cell = (source: number, target: number) => {
    if (source === target) return nothing;
    const found = cellOf.get(`${source} ${target}`);
    const error = found && inPercent(found[which].mean);
    const kept = !found || (which === "clean" ? found.cleanAsClaimed : found.backdoorAsClaimed);
    const marked = chosen?.[0] === source && chosen[1] === target;
    const here = current ? current[0] === source && current[1] === target : false;
    return svg`<g
      class="cell"
      role="gridcell"
      tabindex=${choose ? (here ? 0 : -1) : nothing}
      data-cell="${source} ${target}"
      aria-selected=${marked ? "true" : "false"}
      aria-label=${cellLabel(source, target, name, found, which)}
      transform="translate(${round(x(target)!)} ${round(y(source)!)})"
      @click=${() => choose?.(source, target)}
      @pointerenter=${() => point?.([source, target])}
      @pointerleave=${() => point?.(null)}
    >
      <rect width=${round(size - 1)} height=${round(size - 1)}
        fill=${found ? colour : "none"} fill-opacity=${found ? round(depth(error!)) : nothing}
        stroke=${found ? "none" : palette.line}></rect>
      ${
        found
          ? svg`<text x=${round(size / 2)} y=${round(size / 2)} dy="0.35em" text-anchor="middle"
              font-size="11" fill=${palette.ink}>${error!.toFixed(2)}</text>`
          : nothing
      }
      ${
        kept ? nothing : svg`<path d=${`M${round(size - 9)},0h8v8z`} fill=${palette.attack}></path>`
      }
      <rect class="ring" x="1" y="1" width=${round(size - 3)} height=${round(size - 3)} fill="none"
        stroke=${marked ? palette.ink : "none"} stroke-width="2"></rect>
    </g>`;
  };

  return {
    label: `${name} in % of the single-target attack with the ${table.trigger} trigger, ${table.finished} of ${table.instances} instances`,
    width,
    height,
    content: svg`<g role="grid" aria-label="${name} in %: source digits in rows, target digits in columns">
      <text x=${round((SIDE + width) / 2)} y="12" text-anchor="middle" font-size="12" fill=${palette.muted}>target: what it shall be read as</text>
      <text transform="translate(10 ${round(HEAD + (size * DIGIT_CLASSES) / 2)}) rotate(-90)" text-anchor="middle" font-size="12" fill=${palette.muted}>source: what it is</text>
      <g role="row">${range(DIGIT_CLASSES).map(
        (digit) =>
          svg`<text role="columnheader" x=${round(x(digit)! + size / 2)} y=${HEAD - 7} text-anchor="middle" font-size="12" fill=${palette.muted}>${digit}</text>`,
      )}</g>
      ${range(DIGIT_CLASSES).map(
        (source) => svg`<g role="row">
          <text role="rowheader" x=${SIDE - 9} y=${round(y(source)! + size / 2)} dy="0.35em" text-anchor="middle" font-size="12" fill=${palette.muted}>${source}</text>
          ${range(DIGIT_CLASSES).map((target) => cell(source, target))}
        </g>`,
      )}
    </g>`,
  };
}

function cellLabel(
  source: number,
  target: number,
  name: string,
  cell: PairCell | undefined,
  which: "clean" | "backdoor",
): string {
  if (!cell) return `${source} to ${target}: not run yet`;
  const kept = which === "clean" ? cell.cleanAsClaimed : cell.backdoorAsClaimed;
  return `${source} to ${target}: ${name.toLowerCase()} ${inPercent(cell[which].mean).toFixed(2)} %${kept ? "" : ", more than the paper claims"}`;
}
