/** Attack success and clean accuracy as the units of each layer are switched off from the top. */
import { line, scaleLinear, scaleSymlog } from "d3";
import { nothing, svg } from "lit";
import type { DepthCurve, DepthPoint } from "../evidence.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { gridLines, lineKey, round, type KeyEntry } from "../../../../figures/parts.ts";

const PANEL = 210;
const HEIGHT = 220;
const margin = { top: 26, right: 10, bottom: 38, left: 44 } as const;

export function depthChart(curves: readonly DepthCurve[], palette: Palette, name: string): Figure {
  const y = scaleLinear([0, 100], [HEIGHT - margin.bottom, margin.top]);
  const panels = curves.map(({ layer, units, points }, i) => {
    const x = scaleSymlog([0, units], [margin.left, PANEL - margin.right]);
    const path = (read: (point: DepthPoint) => number) =>
      line<DepthPoint>(
        ({ off }) => round(x(off)),
        (point) => round(y(100 * read(point))),
      )(points) ?? "";
    const ticks = points.map(({ off }) => off).filter((_, k) => units <= 16 || k % 2 === 0);
    return svg`<g transform="translate(${i * PANEL} 0)">
      <text x=${(margin.left + PANEL - margin.right) / 2} y="14" text-anchor="middle" font-size="12" font-weight="650" fill=${palette.ink}>${layer}, ${units} ${layer.startsWith("conv") ? "channels" : "units"}</text>
      ${gridLines(y, [margin.left, PANEL - margin.right], palette, i === 0 ? String : null)}
      ${ticks.map(
        (off) =>
          svg`<text x=${round(x(off))} y=${HEIGHT - margin.bottom + 14} text-anchor="middle" font-size="11" fill=${palette.muted}>${off}</text>`,
      )}
      <path d=${path(({ accuracy }) => accuracy)} fill="none" stroke=${palette.clean} stroke-width="2" stroke-dasharray="5 3"></path>
      <path d=${path(({ success }) => success)} fill="none" stroke=${palette.attack} stroke-width="2"></path>
      ${points.map(
        (point) => svg`<g>
          <circle cx=${round(x(point.off))} cy=${round(y(100 * point.success))} r="3" fill=${palette.attack}></circle>
        </g>`,
      )}
      <text x=${(margin.left + PANEL - margin.right) / 2} y=${HEIGHT - 6} text-anchor="middle" font-size="11" fill=${palette.muted}>switched off</text>
    </g>`;
  });
  const width = curves.length * PANEL + 120;
  const key: KeyEntry[] = [
    { title: "attack success", colour: palette.attack, dash: nothing },
    { title: "clean accuracy", colour: palette.clean, dash: "5 3" },
  ];
  return {
    label: `Attack success and clean accuracy in % of the ${name} BadNet against units switched off, layer by layer`,
    width,
    height: HEIGHT,
    content: svg`${panels}
      <text transform="translate(10 ${(margin.top + HEIGHT - margin.bottom) / 2}) rotate(-90)" text-anchor="middle" font-size="12" fill=${palette.muted}>%</text>
      ${lineKey(key, { left: curves.length * PANEL + 4, top: margin.top + 10, step: 20 }, palette)}`,
  };
}
