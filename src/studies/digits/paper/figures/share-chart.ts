/** Figure 6: clean and backdoor error against the share of triggered images, both triggers. */
import { extent } from "d3";
import { nothing } from "lit";
import type { TriggerPreset } from "../../../../backdoor/trigger.ts";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { spreadChart, type SpreadSeries } from "../../../../figures/spread-chart.ts";
import { percentSpread, type Spread } from "../../../reproduction/spread.ts";
import { triggerTitles } from "../instances.ts";
import type { SharePoint } from "../tables.ts";

export interface ShareChartOptions {
  readonly curves: readonly {
    readonly trigger: TriggerPreset;
    readonly points: readonly SharePoint[];
  }[];
  readonly baseline: Spread | null;
  readonly palette: Palette;
}

export function shareChart({ curves, baseline, palette }: ShareChartOptions): Figure {
  const all = curves.flatMap(({ points }) => points);
  const [, most] = extent(all, ({ share }) => share);
  return spreadChart({
    label: "Clean and backdoor error in % against the share of triggered images, all-to-all attack",
    x: {
      title: "triggered copies, % of the training images",
      ticks: null,
      log: false,
      domain: [0, 100 * (most ?? 0.5)],
    },
    y: { title: "error in %", top: topOf(all, baseline), digits: 1 },
    series: curves.flatMap((curve) => seriesOf(curve, palette)),
    level: baseline && { title: "baseline, clean", value: 100 * baseline.mean },
    palette,
  });
}

/** With room for the baseline's worst seed. */
function topOf(points: readonly SharePoint[], baseline: Spread | null): number {
  const known = points.flatMap(({ clean, backdoor }) => [clean, backdoor]);
  return Math.max(0.5, ...[...known, baseline].map((one) => 100 * (one?.most ?? 0)));
}

function seriesOf(
  { trigger, points }: ShareChartOptions["curves"][number],
  palette: Palette,
): SpreadSeries[] {
  return (["clean", "backdoor"] as const).map((which) => ({
    title: `${which}, ${triggerTitles[trigger]}`,
    colour: palette[which === "clean" ? "clean" : "attack"],
    dash: trigger === "pattern" ? nothing : "5 4",
    points: points.flatMap((point) => {
      const spread = point[which];
      return spread ? [{ x: 100 * point.share, spread: percentSpread(spread) }] : [];
    }),
  }));
}
