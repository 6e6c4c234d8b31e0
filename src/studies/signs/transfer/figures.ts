/** The figures of the transfer section: on the page by item, and as files of a report. */
import { nothing } from "lit";
import { filePalette, type Figure, type Palette } from "../../../figures/figure.ts";
import { spreadChart, type SpreadSeries } from "../../../figures/spread-chart.ts";
import { figureFile } from "../../../figures/static.ts";
import { percentSpread } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { strengths, thawInWords } from "./instances.ts";
import type { ItemId } from "./items.ts";
import { retrainingRows, strengthRows, transferRows } from "./tables.ts";

/** Names of figure files, by item. */
export const figureFiles = { "table-7": "table-7.svg", retraining: "retraining.svg" } as const;

/** An item's figure; null where it has none, or nothing of it is finished. */
export function figureOf(
  id: ItemId,
  finished: Finished,
  seeds: readonly number[],
  palette: Palette,
): Figure | null {
  if (id === "table-7") return strengthChart(finished, seeds, palette);
  return id === "retraining" ? retrainingChart(finished, seeds, palette) : null;
}

function strengthChart(
  finished: Finished,
  seeds: readonly number[],
  palette: Palette,
): Figure | null {
  const points = strengthRows(finished, seeds);
  if (points.every(({ clean }) => clean === null)) return null;
  const lines = [
    { key: "clean", title: "clean", part: "clean" },
    { key: "triggered", title: "with sticker", part: "attack" },
  ] as const;
  const honest = transferRows(finished, seeds).at(-1)!.honest.triggered;
  return spreadChart({
    label:
      "Accuracy on European signs without and with the sticker, in % against the factor on the channels that answer it",
    x: {
      title: "factor on the channels (logarithmic)",
      ticks: strengths.filter((factor) => ![50, 70].includes(factor)),
      log: true,
      domain: [strengths[0], strengths.at(-1)!],
    },
    y: { title: "signs in %", top: 100, digits: 0 },
    series: lines.map(({ key, title, part }): SpreadSeries => ({
      title,
      colour: palette[part],
      dash: nothing,
      points: points.flatMap((point) => {
        const spread = point[key];
        return spread ? [{ x: point.factor, spread: percentSpread(spread) }] : [];
      }),
    })),
    level: honest && { title: "honest, with sticker", value: 100 * honest.mean },
    palette,
  });
}

const dashes = [nothing, "6 4", "2 3", "9 3 2 3"] as const;

function retrainingChart(
  finished: Finished,
  seeds: readonly number[],
  palette: Palette,
): Figure | null {
  const rows = retrainingRows(finished, seeds).filter(({ points }) => points.length > 0);
  if (rows.length === 0) return null;
  const last = Math.max(...rows.flatMap(({ points }) => points.map(({ step }) => step)));
  const order = [...new Set(rows.map(({ thaw }) => thaw))];
  return spreadChart({
    label:
      "Accuracy on European signs with the sticker, in % against steps, by what is retrained of the BadNet and of the honest detector",
    x: { title: "steps", ticks: null, log: false, domain: [0, last] },
    y: { title: "triggered signs in %", top: 100, digits: 0 },
    series: rows.map(({ origin, thaw, points }): SpreadSeries => ({
      title: `${origin === "honest" ? "honest" : "BadNet"}: ${shortly(thaw)}`,
      colour: palette[origin === "honest" ? "clean" : "attack"],
      dash: dashes[order.indexOf(thaw) % dashes.length],
      points: points.flatMap(({ step, triggered }) =>
        triggered ? [{ x: step, spread: percentSpread(triggered) }] : [],
      ),
    })),
    level: null,
    palette,
  });
}

const shortly = (thaw: number) =>
  thaw === 0 ? "none learns" : thawInWords(thaw).split(" learn")[0];

/** All figures that there is something for, by file name. */
export function reportFigures(
  finished: Finished,
  seeds: readonly number[],
): [name: string, text: string][] {
  return (["table-7", "retraining"] as const).flatMap((id): [string, string][] => {
    const figure = figureOf(id, finished, seeds, filePalette);
    return figure ? [[figureFiles[id], figureFile(figure)]] : [];
  });
}
