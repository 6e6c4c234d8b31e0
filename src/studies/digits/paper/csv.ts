/** The reproduction as CSV tables. */
import type { Finished } from "./instance-file.ts";
import { triggers } from "./instances.ts";
import { paperAllToAll } from "./published.ts";
import { errorTable, evidenceOf, pairTable, shareTable, type Spread } from "./tables.ts";
import { csvTable } from "../../../text/csv.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];

/** What fills a table, by the name of its file. */
const tables: Readonly<Record<string, (finished: Finished, seeds: readonly number[]) => Rows>> = {
  "baseline.csv": (finished, seeds) =>
    errorTable(finished, seeds, "pattern").map(({ label, baselineClean }) => ({
      digit: label ?? "all",
      ...columns("clean_error", baselineClean),
      paper_clean_error: paper("baselineClean", label),
    })),

  "table-2.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      errorTable(finished, seeds, trigger).map(({ label, ...row }) => ({
        trigger,
        digit: label ?? "all",
        ...columns("baseline_clean_error", row.baselineClean),
        paper_baseline_clean_error: paper("baselineClean", label),
        ...columns("clean_error", row.clean),
        paper_clean_error: trigger === "pattern" ? paper("clean", label) : "",
        ...columns("backdoor_error", row.backdoor),
        paper_backdoor_error: trigger === "pattern" ? paper("backdoor", label) : "",
      })),
    ),

  "figure-4.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      pairTable(finished, seeds, trigger).cells.map((cell) => ({
        trigger,
        source: cell.source,
        target: cell.target,
        seeds: cell.clean.of,
        ...columns("clean_error", cell.clean),
        above_baseline: cell.above,
        ...columns("backdoor_error", cell.backdoor),
        backdoor_error_before: cell.before?.mean ?? "",
        as_claimed: cell.cleanAsClaimed && cell.backdoorAsClaimed ? "yes" : "no",
      })),
    ),

  "figure-5.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      (evidenceOf(finished, seeds, trigger)?.evidence.filters ?? []).map((filter) => ({
        trigger,
        filter: filter.channel,
        rise_from_trigger_alone: filter.triggerAlone,
        effect: filter.effect,
        attack_success_lost: filter.successLost,
        recognises: filter.recognises ? "yes" : "no",
      })),
    ),

  "figure-6.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      shareTable(finished, seeds, trigger).map(({ share, clean, backdoor }) => ({
        trigger,
        share,
        ...columns("clean_error", clean),
        ...columns("backdoor_error", backdoor),
      })),
    ),

  "depth.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      (evidenceOf(finished, seeds, trigger)?.evidence.depth ?? []).flatMap((curve) =>
        curve.points.map(({ off, success, accuracy }) => ({
          trigger,
          layer: curve.layer,
          units: curve.units,
          switched_off: off,
          attack_success: success,
          clean_accuracy: accuracy,
        })),
      ),
    ),
};

/** Every item as a CSV table, by file name; empty where nothing is finished. */
export function csvTables(finished: Finished, seeds: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, csv(rows(finished, seeds))]),
  );
}

const columns = (name: string, value: Spread | null) => ({
  [`${name}_mean`]: value?.mean ?? "",
  [`${name}_least`]: value?.least ?? "",
  [`${name}_most`]: value?.most ?? "",
});

/** The paper's errors, as shares like ours; its table is of the pattern. */
function paper(kind: keyof typeof paperAllToAll.averages, label: number | null): number {
  const percents = label === null ? paperAllToAll.averages[kind] : paperAllToAll[kind][label];
  return Number((percents / 100).toFixed(4));
}

/** A line a record, under the first one's names. */
function csv(records: Rows): string {
  if (records.length === 0) return "";
  const head = Object.keys(records[0]);
  return csvTable([head, ...records.map((record) => head.map((name) => record[name]))]);
}
