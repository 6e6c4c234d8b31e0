/** The reproduction as CSV tables. */
import type { Finished } from "./instance-file.ts";
import { triggers } from "./instances.ts";
import { paperAllToAll } from "./published.ts";
import { errorTable, evidenceOf, pairTables, shareTable } from "./tables.ts";
import { spreadColumns } from "../../reproduction/spread.ts";
import { csvRecords } from "../../../text/csv.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];

/** What fills a table, by the name of its file. */
const tables: Readonly<Record<string, (finished: Finished, seeds: readonly number[]) => Rows>> = {
  "baseline.csv": (finished, seeds) =>
    errorTable(finished, seeds, "pattern").map(({ label, baselineClean }) => ({
      digit: label ?? "all",
      ...spreadColumns("clean_error", baselineClean),
      paper_clean_error: paper("baselineClean", label),
    })),

  "table-2.csv": (finished, seeds) =>
    triggers.flatMap((trigger) =>
      errorTable(finished, seeds, trigger).map(({ label, ...row }) => ({
        trigger,
        digit: label ?? "all",
        ...spreadColumns("baseline_clean_error", row.baselineClean),
        paper_baseline_clean_error: paper("baselineClean", label),
        ...spreadColumns("clean_error", row.clean),
        paper_clean_error: trigger === "pattern" ? paper("clean", label) : "",
        ...spreadColumns("backdoor_error", row.backdoor),
        paper_backdoor_error: trigger === "pattern" ? paper("backdoor", label) : "",
      })),
    ),

  "figure-4.csv": (finished, seeds) =>
    pairTables(finished, seeds).flatMap(({ set, trigger, cells }) =>
      cells.map((cell) => ({
        set,
        trigger,
        source: cell.source,
        target: cell.target,
        seeds: cell.clean.of,
        ...spreadColumns("clean_error", cell.clean),
        above_baseline: cell.above,
        ...spreadColumns("backdoor_error", cell.backdoor),
        backdoor_error_before: cell.before?.mean ?? "",
        other_digits_right: cell.others?.mean ?? "",
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
        ...spreadColumns("clean_error", clean),
        ...spreadColumns("backdoor_error", backdoor),
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
    Object.entries(tables).map(([name, rows]) => [name, csvRecords(rows(finished, seeds))]),
  );
}

/** The paper's errors, as shares like ours; its table is of the pattern. */
function paper(kind: keyof typeof paperAllToAll.averages, label: number | null): number {
  const percents = label === null ? paperAllToAll.averages[kind] : paperAllToAll[kind][label];
  return Number((percents / 100).toFixed(4));
}
