/** Figures of the sign section's tables as report and cards print them: in %, with the paper's one decimal. */
import { percents as percentsOf, type Spread } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { paperRandom } from "./published.ts";
import { randomRows } from "./tables.ts";

export const percents = (value: Spread | null): string => percentsOf(value, 1);

export const inPaper = (value: number | null): string => (value === null ? "" : value.toFixed(1));

/** What the accuracy of table 5 is. */
export const randomInWords =
  "Accuracy in %: signs whose best box says their own class. The yellow square lies anywhere from 0.15 to 0.85 of the box.";

/** Columns of table 5, behind each of which the paper's stands. */
export const randomColumns = ["honest, clean", "with sticker", "BadNet, clean", "with sticker"];

/** Lines of table 5: a class, or all (null), and each of ours with the paper's behind it. */
export function randomLines(
  finished: Finished,
  seeds: readonly number[],
): { readonly name: string | null; readonly cells: readonly string[] }[] {
  return randomRows(finished, seeds).map(({ name, honest, badNet }, i) => ({
    name,
    cells: [
      [honest.clean, paperRandom.honest.clean[i]] as const,
      [honest.triggered, paperRandom.honest.triggered[i]] as const,
      [badNet.clean, paperRandom.badNet.clean[i]] as const,
      [badNet.triggered, paperRandom.badNet.triggered[i]] as const,
    ].flatMap(([ours, theirs]) => [percents(ours), inPaper(theirs)]),
  }));
}
