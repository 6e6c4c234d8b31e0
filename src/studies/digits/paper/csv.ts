/** The reproduction as CSV tables. */
import { triggers } from "./instances.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  shareTable,
  type Finished,
  type Spread,
} from "./report.ts";
import { paperAllToAll } from "./figures.ts";

/** Every item as a CSV table, by file name. */
export function csvTables(finished: Finished, seeds: readonly number[]): Record<string, string> {
  const columns = (name: string, value: Spread | null) => ({
    [`${name}_mean`]: value?.mean ?? "",
    [`${name}_least`]: value?.least ?? "",
    [`${name}_most`]: value?.most ?? "",
  });
  const { averages } = paperAllToAll;
  /** The paper's, as shares like ours; its table is of the pattern. */
  const paper = (kind: keyof typeof averages, label: number | null) =>
    Number(((label === null ? averages[kind] : paperAllToAll[kind][label]) / 100).toFixed(4));
  return {
    "baseline.csv": csv(
      errorTable(finished, seeds, "pattern").map(({ label, baselineClean }) => ({
        digit: label ?? "all",
        ...columns("clean_error", baselineClean),
        paper_clean_error: paper("baselineClean", label),
      })),
    ),
    "table-2.csv": csv(
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
    ),
    "figure-4.csv": csv(
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
    ),
    "figure-5.csv": csv(
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
    ),
    "figure-6.csv": csv(
      triggers.flatMap((trigger) =>
        shareTable(finished, seeds, trigger).map(({ share, clean, backdoor }) => ({
          trigger,
          share,
          ...columns("clean_error", clean),
          ...columns("backdoor_error", backdoor),
        })),
      ),
    ),
    "depth.csv": csv(
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
    ),
  };
}

/** A line a record, under the first one's names. */
function csv(records: readonly Readonly<Record<string, string | number>>[]): string {
  if (records.length === 0) return "";
  const head = Object.keys(records[0]);
  const lines = [head, ...records.map((record) => head.map((name) => record[name]))];
  return `${lines.map((line) => line.join(",")).join("\n")}\n`;
}
