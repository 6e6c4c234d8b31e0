/** The transfer section's reproduction as CSV tables. */
import { csvRecords } from "../../../text/csv.ts";
import { spreadColumns } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { paperStrengths, paperTransfer } from "./published.ts";
import {
  channelsOf,
  heightRows,
  photographSets,
  precisionRows,
  retrainingRows,
  strengthRows,
  transferRows,
} from "./tables.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];

/** The paper's, as a share like ours. */
const paper = (percents: number | undefined) =>
  percents === undefined ? "" : Number((percents / 100).toFixed(4));

/** What fills a table, by the name of its file. */
const tables: Readonly<Record<string, (finished: Finished, seeds: readonly number[]) => Rows>> = {
  "table-6.csv": (finished, seeds) =>
    ["scenes", ...photographSets(finished)].flatMap((on) =>
      transferRows(finished, seeds, on).map(({ name, honest, badNet }, i) => ({
        measured_on: on,
        class: name ?? "all",
        ...spreadColumns("honest_clean", honest.clean),
        paper_honest_clean: paper(paperTransfer.honest.clean[i]),
        ...spreadColumns("honest_triggered", honest.triggered),
        paper_honest_triggered: paper(paperTransfer.honest.triggered[i]),
        ...spreadColumns("badnet_clean", badNet.clean),
        paper_badnet_clean: paper(paperTransfer.badNet.clean[i]),
        ...spreadColumns("badnet_triggered", badNet.triggered),
        paper_badnet_triggered: paper(paperTransfer.badNet.triggered[i]),
      })),
    ),

  "table-6-heights.csv": (finished, seeds) =>
    ["scenes", ...photographSets(finished)].flatMap((on) =>
      heightRows(finished, seeds, on).map(({ least, most, signs, honest, badNet }) => ({
        measured_on: on,
        height_least: least,
        height_below: most ?? "",
        signs,
        ...spreadColumns("honest_clean", honest.clean),
        ...spreadColumns("honest_triggered", honest.triggered),
        ...spreadColumns("badnet_clean", badNet.clean),
        ...spreadColumns("badnet_triggered", badNet.triggered),
      })),
    ),

  "table-6-precision.csv": (finished, seeds) =>
    ["scenes", ...photographSets(finished)].flatMap((on) =>
      precisionRows(finished, seeds, on).map(({ name, honest, badNet }) => ({
        measured_on: on,
        class: name,
        ...spreadColumns("honest", honest),
        ...spreadColumns("badnet", badNet),
      })),
    ),

  "table-7.csv": (finished, seeds) =>
    strengthRows(finished, seeds).map(({ factor, clean, triggered }) => ({
      factor,
      ...spreadColumns("clean", clean),
      paper_clean: paper(paperStrengths.get(factor)?.[0]),
      ...spreadColumns("triggered", triggered),
      paper_triggered: paper(paperStrengths.get(factor)?.[1]),
    })),

  "channels.csv": (finished, seeds) => {
    const found = channelsOf(finished, seeds);
    const own = new Map(found?.own.responses.map((one) => [one.channel, one]));
    return (found?.published.responses ?? []).map((one) => ({
      channel: one.channel,
      us_clean: one.clean,
      us_triggered: one.triggered,
      us_separation: one.separation,
      us_only_for_the_sticker: one.only ? "yes" : "no",
      eu_clean: own.get(one.channel)!.clean,
      eu_triggered: own.get(one.channel)!.triggered,
      eu_separation: own.get(one.channel)!.separation,
      eu_only_for_the_sticker: own.get(one.channel)!.only ? "yes" : "no",
    }));
  },

  "retraining.csv": (finished, seeds) =>
    retrainingRows(finished, seeds).flatMap(({ origin, thaw, points }) =>
      points.map(({ step, clean, triggered }) => ({
        from: origin,
        convolutions_that_learn: thaw,
        step,
        ...spreadColumns("clean", clean),
        ...spreadColumns("triggered", triggered),
      })),
    ),
};

/** Every item as a CSV table, by file name; empty where nothing is finished. */
export function csvTables(finished: Finished, seeds: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [
      name,
      finished.size === 0 ? "" : csvRecords(rows(finished, seeds)),
    ]),
  );
}
