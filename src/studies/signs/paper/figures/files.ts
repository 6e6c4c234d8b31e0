/** The figures of the sign section: on the page by item, and as files of a report. */
import { filePalette, type Figure, type Palette } from "../../../../figures/figure.ts";
import { figureFile } from "../../../../figures/static.ts";
import type { Finished } from "../instance-file.ts";
import type { ItemId } from "../items.ts";
import { channelsOf, shareTable, stickerRows } from "../tables.ts";
import { channelSheet } from "./channel-sheet.ts";
import { shareChart } from "./share-chart.ts";

/** Names of figure files, by item. */
export const figureFiles = { "figure-conv5": "figure-conv5.svg", share: "share.svg" } as const;

/** An item's figure; null where it has none, or nothing of it is finished. */
export function figureOf(
  id: ItemId,
  finished: Finished,
  seeds: readonly number[],
  palette: Palette,
): Figure | null {
  if (id === "figure-conv5") {
    const found = channelsOf(finished, seeds);
    return found && channelSheet(found.channels.responses, palette);
  }
  if (id !== "share") return null;
  const points = shareTable(finished, seeds);
  if (points.every(({ success }) => success === null)) return null;
  return shareChart(points, stickerRows(finished, seeds)[0].fooled, palette);
}

/** All figures that there is something for, by file name. */
export function reportFigures(
  finished: Finished,
  seeds: readonly number[],
): [name: string, text: string][] {
  return (["figure-conv5", "share"] as const).flatMap((id): [string, string][] => {
    const figure = figureOf(id, finished, seeds, filePalette);
    return figure ? [[figureFiles[id], figureFile(figure)]] : [];
  });
}
