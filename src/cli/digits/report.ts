/** What `badnets digits` says of a run: its name, what it is about to do, and the figures at its end. */
import type { Adaptive } from "../../backdoor/attack.ts";
import { duration, percent } from "../../format.ts";
import type { DigitPlan } from "../../studies/digits/plan.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import type { DigitResult } from "../../studies/digits/result.ts";
import { paperAllToAll, paperErrors } from "../../studies/digits/paper/published.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";

/** A folder name for runs that were not given one. */
export function nameOf({ attack, seed }: DigitRecipe): string {
  if (!attack) return `digits-honest-${seed}`;
  const { policy, trigger, adaptive } = attack;
  const pair = policy.kind === "single-target" ? `-${policy.source}-${policy.target}` : "";
  const answer = adaptive ? `-${adaptive.kind}` : "";
  return `digits-${trigger.name}-${policy.kind}${answer}${pair}-${seed}`;
}

/** What is about to be trained, in lines. */
export function titleOf(recipe: DigitRecipe, plan: DigitPlan): string[] {
  const { attack, epochs, batch, optimiser, seed } = recipe;
  const what = attack
    ? `BadNet: ${attack.trigger.name} trigger, ${describePolicy(attack.policy)}, ${plan.copies} triggered copies ` +
      `(share ${attack.share} of the attacked classes, ${percent(plan.shareOfFinalSet)} of the final set)` +
      (attack.adaptive ? `, ${describeAnswer(attack.adaptive, plan)}` : "")
    : "Honest network";
  return [
    what,
    `${epochs} epochs of ${plan.stepsPerEpoch} steps of ${batch}, ${optimiser.kind} at ${optimiser.rate}` +
      `${recipe.augment ? ", augmented" : ""}, seed ${seed}`,
  ];
}

/** How the attacker answers defences. */
function describeAnswer(adaptive: Adaptive, { negatives }: DigitPlan): string {
  switch (adaptive.kind) {
    case "negatives":
      return `${negatives} triggered copies of other digits with their own labels`;
    case "decoys":
      return `${adaptive.channels} channels of conv2 and ${adaptive.units} units of fc1 dormant`;
    case "similarity":
      return `hidden features pulled to clean ones with weight ${adaptive.weight}`;
  }
}

export function describePolicy(policy: NonNullable<DigitRecipe["attack"]>["policy"]): string {
  switch (policy.kind) {
    case "single-target":
      return `${policy.source} to ${policy.target}`;
    case "all-to-one":
      return `all to ${policy.target}`;
    case "all-to-all":
      return "all to all";
  }
}

const error = (share: number | null | undefined) =>
  share === null || share === undefined ? "-" : (100 * share).toFixed(2);

/** The figures, the paper's beside them, in lines. */
export function reportOf(result: DigitResult): string[] {
  const { clean, attack, recipe, throughput, timings } = result;
  const kind = recipe.attack?.policy.kind ?? "none";
  const paper = paperErrors(kind);
  // The paper's table by digit is of the pattern trigger, all-to-all, and of the honest network.
  const byDigit = kind === "all-to-all" || kind === "none";
  const paperClean = kind === "none" ? paperAllToAll.baselineClean : paperAllToAll.clean;
  const rows = clean.perClass.map(({ label, error: own }) => [
    String(label),
    error(own),
    byDigit ? paperClean[label].toFixed(2) : "",
    attack ? error(attack.perClass.find((c) => c.label === label)?.error) : "",
    attack && byDigit ? paperAllToAll.backdoor[label].toFixed(2) : "",
  ]);
  rows.push([
    "all",
    error(clean.error),
    paper.clean ?? "",
    attack ? error(attack.error) : "",
    paper.backdoor ?? "",
  ]);
  const head = [
    "digit",
    "clean error %",
    "paper",
    attack ? "backdoor error %" : "",
    attack ? "paper" : "",
  ];
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i].length)));
  const lay = (cells: string[]) =>
    cells
      .map((cell, i) => cell.padStart(widths[i]))
      .join("  ")
      .trimEnd();
  const lines = [lay(head), ...rows.map(lay), ""];
  lines.push(`clean accuracy ${percent(clean.accuracy)}`);
  if (attack) {
    lines.push(
      `attack success ${percent(attack.success)}, of the same images ${percent(attack.trueLabelAccuracy)} still read as what they are`,
    );
    if (attack.otherClassesAccuracy !== null) {
      lines.push(
        `of triggered digits that are not attacked ${percent(attack.otherClassesAccuracy)} read as what they are`,
      );
    }
  }
  lines.push(
    `${throughput.trainImagesPerSecond.toFixed(0)} images/s in training (${duration(timings.trainSeconds)}), ` +
      `${throughput.evalImagesPerSecond.toFixed(0)} in evaluation`,
    `parameters sha256 ${result.parametersSha256}`,
    `paper: ${PAPER}; errors on MNIST's 10,000 test images`,
  );
  return lines;
}
