/** A detector's run as points of the page's curves, and as a table that spreadsheets and scripts read. */
import { lossNames } from "../../layers/loss-names.ts";
import type { DetectorEvaluation } from "../../training/detector-evaluation.ts";
import type { SignDetails } from "./port.ts";
import { csvTable, type CsvValue } from "../../text/csv.ts";

export function signDetails(evaluations: readonly DetectorEvaluation[]): SignDetails {
  return {
    points: evaluations.map(({ step, scenes, photographs, attack }) => ({
      step,
      ...scenes,
      photographs,
      attack,
    })),
  };
}

/** One line a step: its losses, and the scores that were measured after it. */
export function signCurves(
  classes: readonly string[],
  metrics: readonly ArrayLike<number>[],
  { points }: SignDetails,
): string {
  const at = new Map(points.map((point) => [point.step, point]));
  const column = (name: string) => name.replaceAll(" ", "_");
  const heads = classes.map((name) => `average_precision_${column(name)}`);
  const attacked = points.some(({ attack }) => attack !== null);
  const rows: CsvValue[][] = [
    ["step", ...lossNames.map(column), ...heads, ...(attacked ? ["attack_success"] : [])],
  ];
  for (let i = 0; i < metrics[0].length; i++) {
    const scores = at.get(i + 1)?.classes.map(({ averagePrecision }) => averagePrecision);
    rows.push([
      i + 1,
      ...metrics.map((values) => values[i]),
      ...(scores ?? classes.map(() => null)),
      ...(attacked ? [at.get(i + 1)?.attack?.triggered.success ?? null] : []),
    ]);
  }
  return csvTable(rows);
}
