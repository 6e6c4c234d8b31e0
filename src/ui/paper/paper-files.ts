/** What a card of the paper can be saved as: its figures, its table, and the results behind it. */
import { filePalette } from "../../figures/figure.ts";
import { figureFile } from "../../figures/static.ts";
import { csvTables } from "../../studies/digits/paper/csv.ts";
import type { Item } from "../../studies/digits/paper/items.ts";
import { PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import { jsonText } from "../../text/json.ts";
import { download } from "../elements/files.ts";
import type { PaperFile } from "./paper-card.ts";
import { figuresOf, seeds, type Shown } from "./paper-figures.ts";

export function filesOf(item: Item, shown: Shown): PaperFile[] {
  const { finished } = shown;
  const stem = `badnets-digits-${item.id}`;
  const figures = figuresOf(item.id, shown, filePalette);
  const table = csvTables(finished, seeds)[`${item.id}.csv`];
  const done = item.instances(PAPER_SEED).flatMap(({ id }) => finished.get(id) ?? []);
  const files: PaperFile[] = figures.map(({ name, figure }) => ({
    kind: figures.length > 1 ? `SVG, ${name.replace(/.*-/, "")}` : "SVG",
    save: () => download(`${stem}-${name}.svg`, figureFile(figure), "image/svg+xml"),
  }));
  if (table && done.length > 0)
    files.push({ kind: "CSV", save: () => download(`${stem}.csv`, table, "text/csv") });
  if (done.length > 0) {
    const text = jsonText(done);
    files.push({ kind: "JSON", save: () => download(`${stem}.json`, text, "application/json") });
  }
  return files;
}
