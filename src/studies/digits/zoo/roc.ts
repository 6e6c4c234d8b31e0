/** How well a number tells poisoned networks from honest ones: its ROC, the area under it, and a threshold. */

/** A network's number, the greater the more suspicious, and what is true of it. */
export interface Scored {
  readonly score: number;
  readonly poisoned: boolean;
}

/** What comes of calling all networks poisoned whose number is at least a threshold. */
export interface RocPoint {
  readonly threshold: number;
  /** Share of the honest ones that are called poisoned. */
  readonly falseAlarms: number;
  /** Share of the poisoned ones that are. */
  readonly found: number;
}

/**
 * The ROC, from the threshold that flags none to the one that flags all; equal numbers are flagged together. Thresholds
 * lie in the middle between two numbers, so that they serve for other networks as well.
 * @returns null unless there are networks of both sorts
 */
export function rocOf(scored: readonly Scored[]): RocPoint[] | null {
  const poisoned = scored.filter((one) => one.poisoned).length;
  const honest = scored.length - poisoned;
  if (poisoned === 0 || honest === 0) return null;
  const sorted = scored.toSorted((a, b) => b.score - a.score);
  const points: RocPoint[] = [{ threshold: Infinity, falseAlarms: 0, found: 0 }];
  let hits = 0;
  for (const [i, one] of sorted.entries()) {
    if (one.poisoned) hits += 1;
    const next = sorted.at(i + 1)?.score ?? -Infinity;
    if (next === one.score) continue;
    points.push({
      threshold: (one.score + next) / 2,
      falseAlarms: (i + 1 - hits) / honest,
      found: hits / poisoned,
    });
  }
  return points;
}

/** Area under a ROC by trapezia: how likely a poisoned network's number exceeds an honest one's, ties counting half. */
export function areaUnder(curve: readonly RocPoint[]): number {
  return curve.reduce((sum, { falseAlarms, found }, i) => {
    const before = curve[Math.max(0, i - 1)];
    return sum + ((falseAlarms - before.falseAlarms) * (found + before.found)) / 2;
  }, 0);
}

/** The threshold that finds most above its false alarms (Youden's); of equal ones that with the fewest of these. */
export function bestThreshold(curve: readonly RocPoint[]): number {
  const gain = ({ found, falseAlarms }: RocPoint) => found - falseAlarms;
  return curve.reduce((best, point) => (gain(point) > gain(best) ? point : best)).threshold;
}
