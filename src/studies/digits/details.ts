/** What the page shows of a run's evaluations: the curves' points, and the latest measurement of everything. */
import type { Evaluation } from "../../training/evaluator.ts";
import type { DigitPlan } from "./plan.ts";
import type { DigitDetails } from "./port.ts";
import type { DigitRecipe } from "./recipe.ts";
import { measure } from "./result.ts";

export function digitDetails(
  { attack }: DigitRecipe,
  { copies, shareOfFinalSet, stepsPerEpoch }: DigitPlan,
  evaluations: readonly Evaluation[],
): DigitDetails {
  const all = evaluations.map((evaluation) => {
    const { step, kind } = evaluation;
    const epoch = step / stepsPerEpoch;
    return { step, kind, epoch, ...measure(evaluation, attack?.policy ?? null) };
  });
  const points = all.map(({ step, kind, epoch, clean, attack }) => ({
    step,
    epoch,
    kind,
    cleanAccuracy: clean.accuracy,
    attackSuccess: attack?.success ?? null,
  }));
  const last = all.findLast(({ kind }) => kind === "epoch");
  const measured = last
    ? { step: last.step, epoch: last.epoch, clean: last.clean, attack: last.attack }
    : null;
  return { copies, shareOfFinalSet, points, measured };
}
