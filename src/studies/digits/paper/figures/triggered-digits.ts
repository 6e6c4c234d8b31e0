/** Figure 3: a digit as it is, with the single pixel, and with the pattern. */
import { svg } from "lit";
import { applyTrigger, triggerMask, triggerPresets } from "../../../../backdoor/trigger.ts";
import { DIGIT_SIZE } from "../../../../models/digit-net.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";

const PIXEL = 5;
const GAP = 22;

/** @param image [28, 28] grey levels, 0 is background */
export function triggeredDigits(image: Uint8Array, label: number, palette: Palette): Figure {
  const side = DIGIT_SIZE * PIXEL;
  const versions = [
    ["original", image],
    ["single pixel", applyTrigger(image, triggerMask(triggerPresets["single-pixel"], DIGIT_SIZE))],
    ["pattern", applyTrigger(image, triggerMask(triggerPresets.pattern, DIGIT_SIZE))],
  ] as const;
  return {
    label: `A ${label} of the test set as it is, with the single-pixel trigger and with the pattern trigger`,
    width: versions.length * (side + GAP) - GAP + 8,
    height: side + 30,
    content: svg`${versions.map(
      ([name, pixels], i) => svg`<g transform="translate(${4 + i * (side + GAP)} 4)">
        <rect width=${side} height=${side} fill="#000"></rect>
        <g shape-rendering="crispEdges">${[...pixels].flatMap((value, at) =>
          value === 0
            ? []
            : [
                svg`<rect x=${(at % DIGIT_SIZE) * PIXEL} y=${Math.floor(at / DIGIT_SIZE) * PIXEL} width=${PIXEL} height=${PIXEL} fill=${`rgb(${value},${value},${value})`}></rect>`,
              ],
        )}</g>
        <text x=${side / 2} y=${side + 18} text-anchor="middle" font-size="12" fill=${palette.ink}>${name}</text>
      </g>`,
    )}`,
  };
}
