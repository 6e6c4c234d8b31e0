/** Figure 6: clean and backdoor error against the share of triggered images, both triggers. */
import { extent, line, max, scaleLinear, type ScaleLinear } from "d3";
import { nothing, svg } from "lit";
import type { TriggerPreset } from "../../../../backdoor/trigger.ts";
import { triggerTitles } from "../instances.ts";
import type { Spread } from "../../../reproduction/spread.ts";
import type { SharePoint } from "../tables.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { gridLines, lineKey, round } from "../../../../figures/parts.ts";

export interface ShareChartOptions {
  readonly curves: readonly {
    readonly trigger: TriggerPreset;
    readonly points: readonly SharePoint[];
  }[];
  readonly baseline: Spread | null;
  readonly palette: Palette;
  readonly width?: number;
  readonly height?: number;
}

const margin = { top: 14, right: 156, bottom: 38, left: 48 } as const;

/** A curve as it is drawn, in percent. */
interface Series {
  readonly title: string;
  readonly colour: string;
  readonly dash: string | typeof nothing;
  readonly points: readonly { readonly share: number; readonly spread: Spread }[];
}

export function shareChart(options: ShareChartOptions): Figure {
  const { curves, baseline, palette, width = 560, height = 300 } = options;
  const all = curves.flatMap(({ points }) => points);
  const known = all.flatMap(({ clean, backdoor }) => [clean, backdoor, baseline]);
  const top = 100 * (max(known, (spread) => spread?.most ?? 0) ?? 0);
  const [, most] = extent(all, ({ share }) => share);
  const x = scaleLinear([0, 100 * (most ?? 0.5)], [margin.left, width - margin.right]).nice();
  const y = scaleLinear([0, Math.max(0.5, top)], [height - margin.bottom, margin.top]).nice();
  const series = curves.flatMap((curve) => seriesOf(curve, palette));
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  const key = [
    ...series,
    ...(baseline ? [{ title: "baseline, clean", colour: palette.muted, dash: "1 3" }] : []),
  ];
  return {
    label: `Clean and backdoor error in % against the share of triggered images, all-to-all attack`,
    width,
    height,
    content: svg`
      ${gridLines(
        y,
        [margin.left, right],
        palette,
        (tick) =>
          svg`<text x=${margin.left - 8} y=${round(y(tick))} dy="0.32em" text-anchor="end" font-size="12" fill=${palette.muted}>${tick.toFixed(1)}</text>`,
      )}
      ${x
        .ticks(6)
        .map(
          (tick) =>
            svg`<text x=${round(x(tick))} y=${bottom + 16} text-anchor="middle" font-size="12" fill=${palette.muted}>${tick}</text>`,
        )}
      <text x=${round((margin.left + right) / 2)} y=${height - 4} text-anchor="middle" font-size="12" fill=${palette.muted}>triggered copies, % of the training images</text>
      <text transform="translate(12 ${round((margin.top + bottom) / 2)}) rotate(-90)" text-anchor="middle" font-size="12" fill=${palette.muted}>error in %</text>
      ${
        baseline
          ? svg`<g>
              <line x1=${margin.left} x2=${right} y1=${round(y(100 * baseline.mean))} y2=${round(y(100 * baseline.mean))} stroke=${palette.muted} stroke-dasharray="1 3"></line>
            </g>`
          : nothing
      }
      ${series.map((one) => curve(one, x, y))}
      ${lineKey(key, { left: right + 12, top: margin.top + 8, step: 18 }, palette)}`,
  };
}

function seriesOf(
  { trigger, points }: ShareChartOptions["curves"][number],
  palette: Palette,
): Series[] {
  return (["clean", "backdoor"] as const).map((which) => ({
    title: `${which}, ${triggerTitles[trigger]}`,
    colour: palette[which === "clean" ? "clean" : "attack"],
    dash: trigger === "pattern" ? nothing : "5 4",
    points: points.flatMap((point) => {
      const spread = point[which];
      return spread ? [{ share: 100 * point.share, spread }] : [];
    }),
  }));
}

/** The means as a line with a dot each, and the range over several seeds as a bar. */
function curve(
  { points, colour, dash }: Series,
  x: ScaleLinear<number, number>,
  y: ScaleLinear<number, number>,
) {
  const path = line<Series["points"][number]>(
    ({ share }) => round(x(share)),
    ({ spread }) => round(y(100 * spread.mean)),
  );
  return svg`<g>
    <path d=${path(points) ?? ""} fill="none" stroke=${colour} stroke-width="2" stroke-dasharray=${dash}></path>
    ${points.map(
      ({ share, spread }) => svg`<g>
        ${
          spread.of > 1
            ? svg`<line x1=${round(x(share))} x2=${round(x(share))} y1=${round(y(100 * spread.least))} y2=${round(y(100 * spread.most))} stroke=${colour}></line>`
            : nothing
        }
        <circle cx=${round(x(share))} cy=${round(y(100 * spread.mean))} r="3.5" fill=${colour}></circle>
      </g>`,
    )}
  </g>`;
}
