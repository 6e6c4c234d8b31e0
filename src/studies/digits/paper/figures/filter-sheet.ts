/** Figure 5: the sixteen first-layer filters, those that recognise the trigger outlined. */
import { interpolateRgb, max, range } from "d3";
import { nothing, svg } from "lit";
import type { FilterEvidence } from "../evidence.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { round } from "../../../../figures/parts.ts";

const COLUMNS = 8;
const CELL = 62;
const PAD = 9;
const LABEL = 16;

/** Weights are coloured plainly in both themes: a filter's zero is the ground between two colours. */
const [below, zero, above] = ["#2c6fbb", "#f4f2ee", "#b5541c"];
const colour = (share: number) => interpolateRgb(zero, share < 0 ? below : above)(Math.abs(share));

export function filterSheet(
  filters: readonly FilterEvidence[],
  palette: Palette,
  name: string,
): Figure {
  const side = CELL - PAD;
  const kernel = Math.sqrt(filters[0]?.weights.length ?? 1);
  const pixel = (side - 6) / kernel;
  const most = max(filters, ({ weights }) => max(weights, Math.abs)) ?? 1;
  const rows = Math.ceil(filters.length / COLUMNS);
  return {
    label: `First-layer filters of the ${name} BadNet; outlined: ${
      filters
        .filter(({ recognises }) => recognises)
        .map(({ channel }) => channel)
        .join(", ") || "none"
    }`,
    width: COLUMNS * CELL + PAD,
    height: rows * (CELL + LABEL) + PAD,
    content: svg`${filters.map(
      ({ channel, weights, recognises }, i) => svg`<g
        transform="translate(${PAD + (i % COLUMNS) * CELL} ${PAD + Math.floor(i / COLUMNS) * (CELL + LABEL)})"
      >
        ${range(weights.length).map(
          (at) =>
            svg`<rect x=${round(3 + (at % kernel) * pixel)} y=${round(3 + Math.floor(at / kernel) * pixel)} width=${round(pixel)} height=${round(pixel)} fill=${colour(weights[at] / most)}></rect>`,
        )}
        ${
          recognises
            ? svg`<rect width=${side} height=${side} fill="none" stroke=${palette.attack} stroke-width="3"></rect>`
            : nothing
        }
        <text x=${side / 2} y=${side + 12} text-anchor="middle" font-size="11" fill=${recognises ? palette.attack : palette.muted}>${channel}${recognises ? " ●" : ""}</text>
      </g>`,
    )}`,
  };
}
