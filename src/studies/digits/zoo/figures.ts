/** The population's figures: ROCs, and attack success against the number of poisoned images. */
import { nothing } from "lit";
import { filePalette, type Figure, type Palette } from "../../../figures/figure.ts";
import { spreadChart, type SpreadSeries } from "../../../figures/spread-chart.ts";
import { figureFile } from "../../../figures/static.ts";
import { percentSpread } from "../../reproduction/spread.ts";
import type { Finished } from "./instance-file.ts";
import { counts, sizes } from "./instances.ts";
import { rocChart, type RocLine } from "./roc-chart.ts";
import { combinationOf, countRows, defenceRows, populationOf, type CountRow } from "./tables.ts";

/** Names of figure files, by what they show. */
export const figureFiles = {
  together: "roc.svg",
  defence: (id: string) => `roc-${id}.svg`,
  counts: "count.svg",
} as const;

/** All figures that there is something for, by file name. */
export function reportFigures(
  finished: Finished,
  seeds: readonly number[],
): [name: string, text: string][] {
  const palette = filePalette;
  const population = populationOf(finished);
  const rows = defenceRows(population);
  const combination = combinationOf(population);
  const made: [string, Figure][] = [];
  const drawn: RocLine[] = [];
  for (const { id, name, honest, poisoned, curve, area } of rows) {
    if (!curve) continue;
    const line = { title: `${id} ${area!.toFixed(2)}`, curve };
    drawn.push(line);
    const label = `${name}: share of ${poisoned} poisoned networks found against that of ${honest} honest ones called poisoned`;
    made.push([figureFiles.defence(id), rocChart({ label, lines: [line], palette })]);
  }
  if (combination?.curve) {
    const title = `together ${combination.area!.toFixed(2)}`;
    drawn.push({ title, curve: combination.curve });
  }
  if (drawn.length > 0) {
    const label = "Share of poisoned networks found against that of honest ones called poisoned";
    made.push([figureFiles.together, rocChart({ label, lines: drawn, palette })]);
  }
  const points = countRows(finished, seeds);
  if (points.length > 0) made.push([figureFiles.counts, countChart(points, palette)]);
  return made.map(([name, figure]) => [name, figureFile(figure)]);
}

/** A line for each size of training set. */
function countChart(rows: readonly CountRow[], palette: Palette): Figure {
  const looks: Pick<SpreadSeries, "colour" | "dash">[] = [
    { colour: palette.attack, dash: nothing },
    { colour: palette.clean, dash: "5 4" },
    { colour: palette.ink, dash: "2 3" },
  ];
  return spreadChart({
    label: "Attack success in % against the number of poisoned images, by size of the training set",
    x: {
      title: "poisoned images",
      ticks: counts,
      log: true,
      domain: [Math.min(...counts) / 1.5, Math.max(...counts) * 1.5],
    },
    y: { title: "attack success in %", top: 100, digits: 0 },
    series: sizes.map((size, i) => ({
      title: `of ${size} images`,
      ...looks[i],
      points: rows
        .filter((row) => row.size === size)
        .map(({ copies, success }) => ({ x: copies, spread: percentSpread(success) })),
    })),
    level: null,
    palette,
  });
}
