/** A run's curves as a table that spreadsheets and scripts read. */
import type { CurvePoint } from "./port.ts";
import { csvTable, type CsvValue } from "../../text/csv.ts";

/** One line a step; the evaluation's columns are filled where one was made after that step. */
export function curvesCsv(
  losses: ArrayLike<number>,
  accuracies: ArrayLike<number>,
  points: readonly CurvePoint[],
  stepsPerEpoch: number,
): string {
  const at = new Map(points.map((point) => [point.step, point]));
  const rows: CsvValue[][] = [
    ["step", "epoch", "loss", "batch_accuracy", "evaluation", "clean_accuracy", "attack_success"],
  ];
  for (let i = 0; i < losses.length; i++) {
    const step = i + 1;
    const point = at.get(step);
    rows.push([
      step,
      (step / stepsPerEpoch).toFixed(4),
      losses[i],
      accuracies[i],
      point?.kind,
      point?.cleanAccuracy,
      point?.attackSuccess,
    ]);
  }
  return csvTable(rows);
}
