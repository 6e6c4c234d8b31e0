/** Axes that several charts have: shares from 0 to 100 %, and losses on a logarithmic scale. */
import { format } from "d3";
import { percent } from "../../format.ts";
import type { LossBins } from "../../studies/port.ts";
import type { Point, YAxis } from "./line-chart.ts";

/** Of shares from 0 to 1. @param label what they are shares of */
export function shareAxis(label: string, ticks = [0, 0.25, 0.5, 0.75, 1]): YAxis {
  const tick = (share: number) => `${100 * share} %`;
  return { label, scale: "linear", domain: [0, 1], ticks, format: tick, read: percent };
}

/**
 * Whole decades around the running means: the scale changes rarely, and single steps may leave it.
 * @param top where it ends as long as no mean lies above
 */
export function lossAxis(losses: readonly LossBins[], top: number): YAxis {
  let [least, most] = [0.09, top];
  for (const { smooth } of losses) {
    for (const value of smooth) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const bottom = 10 ** Math.floor(Math.log10(Math.max(1e-8, least)));
  return {
    label: "loss (log scale)",
    scale: "log",
    domain: [bottom, most === top ? top : 10 ** Math.ceil(Math.log10(most))],
    format: format("~g"),
    read: (loss) => loss.toPrecision(3),
  };
}

/**
 * A loss as points: its running mean, in a band of every step.
 * @param stepsPerUnit steps in a unit of the axis across
 */
export function lossPoints(bins: LossBins | undefined, stepsPerUnit = 1): Point[] {
  if (!bins) return [];
  const { low, high, smooth, stepsPerBin, steps } = bins;
  return Array.from(smooth, (y, bin) => ({
    x: Math.min(steps, (bin + 1) * stepsPerBin) / stepsPerUnit,
    y,
    low: low[bin],
    high: high[bin],
  }));
}
