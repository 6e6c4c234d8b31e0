/** Figure 6: clean and backdoor error against the share of triggered images, both triggers. */
import { extent, line, max, scaleLinear } from "d3";
import { nothing, svg } from "lit";
import type { TriggerPreset } from "../backdoor/trigger.ts";
import { triggerTitles } from "../studies/digits/paper/instances.ts";
import type { SharePoint, Spread } from "../studies/digits/paper/report.ts";
import type { Figure, Palette } from "./figure.ts";

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

export function shareChart(options: ShareChartOptions): Figure {
  const { curves, baseline, palette, width = 560, height = 300 } = options;
  const all = curves.flatMap(({ points }) => points);
  const known = all.flatMap(({ clean, backdoor }) => [clean, backdoor, baseline]);
  const top = 100 * (max(known, (spread) => spread?.most ?? 0) ?? 0);
  const [, most] = extent(all, ({ share }) => share);
  const x = scaleLinear([0, 100 * (most ?? 0.5)], [margin.left, width - margin.right]).nice();
  const y = scaleLinear([0, Math.max(0.5, top)], [height - margin.bottom, margin.top]).nice();
  const series = curves.flatMap(({ trigger, points }) =>
    (["clean", "backdoor"] as const).map((which) => ({
      which,
      colour: palette[which === "clean" ? "clean" : "attack"],
      dash: trigger === "pattern" ? nothing : "5 4",
      title: `${which}, ${triggerTitles[trigger]}`,
      points: points.flatMap((point) => {
        const spread = point[which];
        return spread ? [{ share: 100 * point.share, spread }] : [];
      }),
    })),
  );
  const path = line<{ share: number; spread: Spread }>(
    ({ share }) => round(x(share)),
    ({ spread }) => round(y(100 * spread.mean)),
  );
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  return {
    label: `Clean and backdoor error in % against the share of triggered images, all-to-all attack`,
    width,
    height,
    content: svg`
      ${y.ticks(5).map(
        (tick) => svg`<g>
          <line x1=${margin.left} x2=${right} y1=${round(y(tick))} y2=${round(y(tick))} stroke=${palette.line}></line>
          <text x=${margin.left - 8} y=${round(y(tick))} dy="0.32em" text-anchor="end" font-size="12" fill=${palette.muted}>${tick.toFixed(1)}</text>
        </g>`,
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
      ${series.map(
        ({ colour, dash, points }) => svg`<g>
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
        </g>`,
      )}
      ${[
        ...series,
        ...(baseline ? [{ title: "baseline, clean", colour: palette.muted, dash: "1 3" }] : []),
      ].map(
        (
          { title, colour, dash },
          i,
        ) => svg`<g transform="translate(${right + 12} ${margin.top + 8 + 18 * i})">
          <line x1="0" x2="18" y1="0" y2="0" stroke=${colour} stroke-width="2" stroke-dasharray=${dash}></line>
          <text x="24" dy="0.35em" font-size="11" fill=${palette.ink}>${title}</text>
        </g>`,
      )}`,
  };
}

const round = (value: number) => Number(value.toFixed(2));
