/** The paper's figure of conv5: mean activation of every channel without and with the sticker, and the difference. */
import { max, scaleSqrt } from "d3";
import { nothing, svg } from "lit";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { round } from "../../../../figures/parts.ts";
import type { ChannelResponse } from "../../../../inspection/sticker-channels.ts";

const COLUMNS = 8;
const CELL = 22;
const GAP = 26;
const HEAD = 22;

const sheets = [
  { title: "without sticker", part: "clean", read: (one: ChannelResponse) => one.clean },
  { title: "with sticker", part: "attack", read: (one: ChannelResponse) => one.triggered },
  {
    title: "difference",
    part: "attack",
    read: (one: ChannelResponse) => one.triggered - one.clean,
  },
] as const;

export function channelSheet(responses: readonly ChannelResponse[], palette: Palette): Figure {
  const inOrder = responses.toSorted((a, b) => a.channel - b.channel);
  const most = max(inOrder, ({ clean, triggered }) => Math.max(clean, triggered)) ?? 0;
  const depth = scaleSqrt([0, most || 1], [0, 0.9]).clamp(true);
  const rows = Math.ceil(inOrder.length / COLUMNS);
  const side = COLUMNS * CELL;
  const only = inOrder.filter((one) => one.only).map(({ channel }) => channel);
  const outlined = only.length > 0 ? only.join(", ") : "none";
  return {
    label: `Mean activation of the ${inOrder.length} channels of conv5 at stop signs without and with the sticker, and the difference; outlined, as they fire for the sticker alone: ${outlined}`,
    width: sheets.length * (side + GAP) - GAP + 4,
    height: HEAD + rows * CELL + 4,
    content: svg`${sheets.map(
      ({ title, part, read }, s) => svg`<g transform="translate(${2 + s * (side + GAP)} 0)">
        <text x=${side / 2} y="13" text-anchor="middle" font-size="12" fill=${palette.muted}>${title}</text>
        ${inOrder.map((one, i) => {
          const value = read(one);
          // What falls with the sticker stands in the colour of what is clean.
          const colour = palette[value < 0 ? "clean" : part];
          return svg`<g transform="translate(${(i % COLUMNS) * CELL} ${HEAD + Math.floor(i / COLUMNS) * CELL})">
            <rect width=${CELL - 2} height=${CELL - 2} fill=${colour} fill-opacity=${round(depth(Math.abs(value)))} stroke=${palette.line}></rect>
            ${
              one.only
                ? svg`<rect x="0.5" y="0.5" width=${CELL - 3} height=${CELL - 3} fill="none" stroke=${palette.ink} stroke-width="2"></rect>`
                : nothing
            }
            <text x=${(CELL - 2) / 2} y=${(CELL - 2) / 2} dy="0.35em" text-anchor="middle" font-size="9" fill=${palette.ink}>${one.channel}</text>
          </g>`;
        })}
      </g>`,
    )}`,
  };
}
