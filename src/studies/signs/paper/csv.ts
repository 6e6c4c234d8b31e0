/** The sign section's reproduction as CSV tables. */
import { csvRecords } from "../../../text/csv.ts";
import { spreadColumns } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { paperRandom, paperStickers } from "./published.ts";
import {
  channelsOf,
  honestRow,
  photographSets,
  randomRows,
  shareTable,
  stickerRows,
  type CleanRow,
} from "./tables.ts";

type Rows = readonly Readonly<Record<string, string | number>>[];

/** The paper's, as a share like ours. */
const paper = (percents: number | null) =>
  percents === null ? "" : Number((percents / 100).toFixed(4));

const cleanColumns = ({ classes, accuracy }: CleanRow) => ({
  ...Object.assign(
    {},
    ...classes.map(({ name, accuracy, averagePrecision }) => ({
      ...spreadColumns(`accuracy_${name.replace(" ", "_")}`, accuracy),
      ...spreadColumns(`average_precision_${name.replace(" ", "_")}`, averagePrecision),
    })),
  ),
  ...spreadColumns("accuracy_all", accuracy),
});

/** What fills a table, by the name of its file. */
const tables: Readonly<Record<string, (finished: Finished, seeds: readonly number[]) => Rows>> = {
  "table-4.csv": (finished, seeds) =>
    ["scenes", ...photographSets(finished)].flatMap((on) => [
      {
        measured_on: on,
        detector: "honest",
        ...cleanColumns(honestRow(finished, seeds, on)),
        paper_accuracy_all: paper(paperStickers.honest.average),
      },
      ...stickerRows(finished, seeds, on).map((row) => ({
        measured_on: on,
        detector: row.sticker,
        ...cleanColumns(row.clean),
        paper_accuracy_all: paper(paperStickers[row.sticker].average),
        ...spreadColumns("success", row.success),
        paper_success: paper(paperStickers[row.sticker].success),
        ...spreadColumns("still_found", row.stillFound),
        ...spreadColumns("look_alikes", row.alikes),
        ...spreadColumns("honest_fooled", row.fooled),
      })),
    ]),

  "table-4-heights.csv": (finished, seeds) =>
    ["scenes", ...photographSets(finished)].flatMap((on) =>
      stickerRows(finished, seeds, on).flatMap(({ sticker, heights }) =>
        heights.map(({ least, most, signs, ...row }) => ({
          measured_on: on,
          sticker,
          height_least: least,
          height_below: most ?? "",
          signs,
          ...spreadColumns("success", row.success),
          ...spreadColumns("still_found", row.stillFound),
          ...spreadColumns("look_alikes", row.alikes),
          ...spreadColumns("honest_fooled", row.fooled),
          ...spreadColumns("clean_right", row.clean),
        })),
      ),
    ),

  "table-5.csv": (finished, seeds) =>
    randomRows(finished, seeds).map((row, i) => ({
      class: row.name ?? "all",
      ...spreadColumns("honest_clean", row.honest.clean),
      paper_honest_clean: paper(paperRandom.honest.clean[i]),
      ...spreadColumns("honest_triggered", row.honest.triggered),
      paper_honest_triggered: paper(paperRandom.honest.triggered[i]),
      ...spreadColumns("badnet_clean", row.badNet.clean),
      paper_badnet_clean: paper(paperRandom.badNet.clean[i]),
      ...spreadColumns("badnet_triggered", row.badNet.triggered),
      paper_badnet_triggered: paper(paperRandom.badNet.triggered[i]),
    })),

  "figure-conv5.csv": (finished, seeds) =>
    (channelsOf(finished, seeds)?.channels.responses ?? []).map((one) => ({
      channel: one.channel,
      clean: one.clean,
      triggered: one.triggered,
      difference: one.triggered - one.clean,
      separation: one.separation,
      only_for_the_sticker: one.only ? "yes" : "no",
    })),

  "share.csv": (finished, seeds) =>
    shareTable(finished, seeds).map(({ share, success, stillFound, source, accuracy }) => ({
      share,
      ...spreadColumns("success", success),
      ...spreadColumns("still_found", stillFound),
      ...spreadColumns("accuracy_stop", source),
      ...spreadColumns("accuracy_all", accuracy),
    })),
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
