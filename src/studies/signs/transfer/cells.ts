/** Figures of the transfer section's tables as report and cards print them: in %, the paper's behind ours. */
import { percents as percentsOf, type Spread } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { thawInWords } from "./instances.ts";
import { paperStrengths, paperTransfer } from "./published.ts";
import { retrainingRows, strengthRows, transferRows } from "./tables.ts";

export const percents = (value: Spread | null): string => percentsOf(value, 1);

const inPaper = (value: number | undefined): string =>
  value === undefined ? "" : value.toFixed(1);

/** A line of a table: its head, and cells. */
export interface Line {
  readonly head: string;
  readonly cells: readonly string[];
}

/** Columns of table 6, behind each of which the paper's stands. */
export const transferColumns = ["honest, clean", "with sticker", "BadNet, clean", "with sticker"];

export function transferLines(finished: Finished, seeds: readonly number[], on?: string): Line[] {
  const { honest: paperHonest, badNet: paperBadNet } = paperTransfer;
  return transferRows(finished, seeds, on).map(({ name, honest, badNet }, i) => ({
    head: name ?? "all",
    cells: [
      [honest.clean, paperHonest.clean[i]] as const,
      [honest.triggered, paperHonest.triggered[i]] as const,
      [badNet.clean, paperBadNet.clean[i]] as const,
      [badNet.triggered, paperBadNet.triggered[i]] as const,
    ].flatMap(([ours, theirs]) => [percents(ours), inPaper(theirs)]),
  }));
}

export const strengthColumns = ["clean", "paper", "with sticker", "paper"];

export function strengthLines(finished: Finished, seeds: readonly number[]): Line[] {
  return strengthRows(finished, seeds).map(({ factor, clean, triggered }) => {
    const theirs = paperStrengths.get(factor);
    return {
      head: String(factor),
      cells: [percents(clean), inPaper(theirs?.[0]), percents(triggered), inPaper(theirs?.[1])],
    };
  });
}

export const retrainingColumns = ["clean", "with sticker"];

export function retrainingLines(finished: Finished, seeds: readonly number[]): Line[] {
  return retrainingRows(finished, seeds).map(({ origin, thaw, end }) => ({
    head: `${origin === "honest" ? "honest" : "BadNet"}, ${thawInWords(thaw)}`,
    cells: [percents(end.clean), percents(end.triggered)],
  }));
}
