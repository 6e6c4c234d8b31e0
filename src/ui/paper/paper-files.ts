/** What a card of the paper can be saved as: its figures, its table, and the results behind it. */
import type { Figure } from "../../figures/figure.ts";
import { figureFile } from "../../figures/static.ts";
import type { Finished } from "../../studies/reproduction/instance-file.ts";
import type {
  Item,
  Reproduction,
  ReproductionTypes,
} from "../../studies/reproduction/reproduction.ts";
import { PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import { jsonText } from "../../text/json.ts";
import { download } from "../elements/files.ts";
import type { PaperFile } from "./paper-card.ts";

/** @param made figures in a file's colours by the name that they have in file names; null or no table: none */
export function cardFiles<T extends ReproductionTypes>(
  { study }: Reproduction<T>,
  item: Item<T>,
  finished: Finished<T["file"]>,
  made: {
    readonly figures: readonly { readonly name: string; readonly figure: Figure }[];
    readonly table: string | undefined;
  },
): PaperFile[] {
  const { figures, table } = made;
  const stem = `badnets-${study}-${item.id}`;
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
