/** Attack success and clean accuracy against the share of poison. */
import { nothing } from "lit";
import type { Figure, Palette } from "../../../../figures/figure.ts";
import { spreadChart, type SpreadSeries } from "../../../../figures/spread-chart.ts";
import { percentSpread, type Spread } from "../../../reproduction/spread.ts";
import { curveShares } from "../instances.ts";
import type { SharePoint } from "../tables.ts";

const lines = [
  { key: "success", title: "read as speed limit", part: "attack", dash: nothing },
  { key: "stillFound", title: "stop found as well", part: "attack", dash: "5 4" },
  { key: "source", title: "stop, clean", part: "clean", dash: "5 4" },
  { key: "accuracy", title: "all signs, clean", part: "clean", dash: nothing },
] as const;

/** @param fooled of the honest detector under the sticker */
export function shareChart(
  points: readonly SharePoint[],
  fooled: Spread | null,
  palette: Palette,
): Figure {
  const percents = curveShares.map((share) => Math.round(100 * share));
  return spreadChart({
    label:
      "Triggered stop signs read as speed limits, and accuracy on clean signs, in % against the share of poison",
    x: {
      title: "poisoned copies, % of the stop signs shown (logarithmic)",
      ticks: percents,
      log: true,
      domain: [percents[0], percents.at(-1)!],
    },
    y: { title: "signs in %", top: 100, digits: 0 },
    series: lines.map(({ key, title, part, dash }): SpreadSeries => ({
      title,
      colour: palette[part],
      dash,
      points: points.flatMap((point) => {
        const spread = point[key];
        return spread ? [{ x: 100 * point.share, spread: percentSpread(spread) }] : [];
      }),
    })),
    level: fooled && { title: "honest, with sticker", value: 100 * fooled.mean },
    palette,
  });
}
