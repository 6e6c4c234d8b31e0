/** The population as CSV tables. */
import { csvRecords } from "../../../text/csv.ts";
import { askings } from "./asking.ts";
import type { Finished } from "./instance-file.ts";
import {
  combinationOf,
  countRows,
  defenceRows,
  populationOf,
  type Judged,
  type Population,
} from "./tables.ts";
import { spreadColumns } from "../../reproduction/spread.ts";

/** By file name; empty where nothing is finished. */
export function csvTables(finished: Finished, seeds: readonly number[]): Record<string, string> {
  const population = populationOf(finished);
  const rows = defenceRows(population);
  const combination = combinationOf(population);
  const judged: [string, Judged][] = [
    ...rows.map((row): [string, Judged] => [row.id, row]),
    ...(combination ? [["together", combination] as [string, Judged]] : []),
  ];
  return {
    "networks.csv": csvRecords(networkRecords(population)),
    "defences.csv": csvRecords(
      judged.map(([id, { honest, poisoned, area, crossEntropy, falseAlarms, found, byKind }]) => ({
        defence: id,
        honest,
        poisoned,
        area,
        cross_entropy_nats: crossEntropy,
        false_alarms: falseAlarms?.networks,
        found: found?.networks,
        ...Object.fromEntries(byKind.map(({ kind, area }) => [`area_${kind}`, area])),
        seconds: rows.find((row) => row.id === id)?.seconds,
        passes: rows.find((row) => row.id === id)?.passes,
      })),
    ),
    "roc.csv": csvRecords(
      judged.flatMap(([defence, { curve }]) =>
        (curve ?? []).map(({ threshold, falseAlarms, found }) => ({
          defence,
          threshold: Number.isFinite(threshold) ? threshold : "",
          false_alarms: falseAlarms,
          found,
        })),
      ),
    ),
    "count.csv": csvRecords(
      countRows(finished, seeds).map(({ size, copies, success, clean }) => ({
        training_images: size,
        poisoned_images: copies,
        share: copies / size,
        seeds: success.of,
        ...spreadColumns("attack_success", success),
        ...spreadColumns("clean_accuracy", clean),
      })),
    ),
  };
}

/** Each network of the population, those whose poison did not take included. */
function networkRecords({ members, failed }: Population) {
  const all = [
    ...members.map(({ file, kind, half }) => ({ file, sort: kind ?? "honest", half: half + 1 })),
    ...failed.map((file) => ({ file, sort: "did not take", half: "" })),
  ];
  return all.map(({ file: { id, result, evidence }, sort, half }) => ({
    network: id,
    sort,
    half,
    pixels: result.recipe.attack?.trigger.pixels.length,
    share: result.recipe.attack?.share,
    clean_accuracy: result.clean.accuracy,
    attack_success: result.attack?.success,
    ...Object.fromEntries(
      askings.map(({ id }) => [id, evidence!.answers.find((one) => one.id === id)?.statistic]),
    ),
  }));
}
