/** What reports and the page say alike of the reproduction's figures. */
import { inPercent } from "../../reproduction/spread.ts";
import type { PairTable } from "./tables.ts";
import { pairs, type Instance, type PairSet } from "./instances.ts";

/** What the networks of each set of figure 4's pairs begin with, and what their figures are therefore worth. */
export const pairBeginning: Readonly<Record<PairSet, string>> = {
  begun:
    "Every pair begins with a network that was retrained, from table 2's BadNet of the trigger, to read all triggered " +
    "digits as the pair's target, and nothing in its training takes that back: what its other triggered digits are read " +
    "as was not recorded. The two sets beside this one, which do not begin so and record it, are to replace it.",
  alone:
    "Triggered images of the source only, and no all-to-one beginning: the pattern is learned from random parameters, the " +
    "single pixel from table 2's BadNet, as it was not learned straight from the baseline.",
  negatives:
    "Every pair begins with table 2's BadNet of the trigger; beside the source's, a fifth of all other images is " +
    "triggered, too, and keeps its label.",
};

/** How a set is called where there are several. */
export const pairSetTitles: Readonly<Record<PairSet, string>> = {
  begun: "begun all to one",
  alone: "source alone",
  negatives: "with negative examples",
};

/** How the depth of the trigger is measured. */
export const depthRule =
  "Units of a layer are switched off from the one that rises most under the trigger; the network is not trained again.";

/** Cohen's d; a zero has no sign. */
export function effectInWords(effect: number): string {
  return effect.toFixed(4).replace(/^-(?=0\.0*$)/, "");
}

/** How networks that are trained alike are trained, in a line; their shares may differ. */
export function recipeInWords(instances: readonly Instance[]): string {
  const from = instances.flatMap((one) => one.from ?? []);
  const beginning = from.length > 0 ? `retrained from ${namesOf(from)}` : "from scratch";
  const shares = [...new Set(instances.flatMap(({ recipe }) => recipe.attack?.share ?? []))];
  const { epochs, batch, optimiser, augment } = instances[0].recipe;
  const { kind, rate, momentum, weightDecay } = optimiser;
  return [
    beginning,
    `${epochs} epoch${epochs === 1 ? "" : "s"} in batches of ${batch}`,
    `${kind} at ${rate} falling to zero, momentum ${momentum}, weight decay ${weightDecay}`,
    ...(augment ? ["augmented"] : []),
    ...(shares.length > 0 ? [`share ${shares.sort((a, b) => a - b).join(" or ")}`] : []),
  ].join(", ");
}

/** Networks by the first one's name and how many there are. */
export function namesOf(instances: readonly Instance[]): string {
  const [first, ...others] = new Set(instances.map(({ title }) => title));
  return `“${first}”${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

/** The pairs against the paper's claims, in a few sentences. */
export function pairSummary(table: PairTable): string {
  const { cells, finished, instances, asClaimed } = table;
  const done = `${finished} of ${instances} instances are done.`;
  if (cells.length === 0) return done;
  const above = cells.map((cell) => inPercent(cell.above));
  const backdoor = cells.map((cell) => inPercent(cell.backdoor.mean));
  const before = cells.flatMap((cell) => (cell.before ? inPercent(cell.before.mean) : []));
  const others = cells.flatMap((cell) => (cell.others ? inPercent(cell.others.mean) : []));
  return (
    `${done} ${asClaimed} of ${cells.length} pairs keep both of the paper's claims` +
    `${cells.length < pairs.length ? " (of those that were run)" : ""}. Clean error against the baseline: ` +
    `${signed(Math.min(...above))} to ${signed(Math.max(...above))} points; backdoor error: ` +
    `${Math.min(...backdoor).toFixed(2)} to ${Math.max(...backdoor).toFixed(2)} %` +
    (before.length > 0
      ? `; of the networks that they begin with: ${Math.min(...before).toFixed(2)} to ${Math.max(...before).toFixed(2)} %`
      : "") +
    (others.length > 0
      ? `; other triggered digits read correctly: ${Math.min(...others).toFixed(2)} to ${Math.max(...others).toFixed(2)} %.`
      : "; what other triggered digits are read as was not measured.")
  );
}

/** The pairs that don't keep the paper's claims, one by one; empty where all do. */
export function pairMisses({ cells }: PairTable): string {
  const misses = cells.filter((cell) => !cell.cleanAsClaimed || !cell.backdoorAsClaimed);
  const named = misses.map(
    (cell) =>
      `${cell.source} to ${cell.target} (clean ${signed(inPercent(cell.above))}, backdoor ${inPercent(cell.backdoor.mean).toFixed(2)})`,
  );
  return named.length === 0 ? "" : `Misses: ${named.join(", ")}.`;
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
