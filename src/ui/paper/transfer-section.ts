/** The paper's transfer section as cards: each table and figure with the paper's figures and ours. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { filePalette, pagePalette } from "../../figures/figure.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";
import { commandFor } from "../../studies/reproduction/report-parts.ts";
import {
  retrainingColumns,
  retrainingLines,
  strengthColumns,
  strengthLines,
  transferColumns,
  transferLines,
  type Line,
} from "../../studies/signs/transfer/cells.ts";
import { csvTables } from "../../studies/signs/transfer/csv.ts";
import { figureOf } from "../../studies/signs/transfer/figures.ts";
import type { Finished } from "../../studies/signs/transfer/instance-file.ts";
import { lastLayer, type Instance } from "../../studies/signs/transfer/instances.ts";
import type { Item, ItemId, TransferPaper } from "../../studies/signs/transfer/items.ts";
import {
  paperChannelsInWords,
  paperRetrainingInWords,
} from "../../studies/signs/transfer/published.ts";
import { transferReproduction } from "../../studies/signs/transfer/reproduction.ts";
import { channelsOf, overlapOf } from "../../studies/signs/transfer/tables.ts";
import { measuresInWords } from "../../studies/signs/transfer/wording.ts";
import { onlyRule } from "../../inspection/sticker-channels.ts";
import { figureTable, type Column, type Row } from "../elements/figure-table.ts";
import { cardFiles } from "./paper-files.ts";
import { note, PaperSection, seeds, withFigure, type Stack } from "./paper-section.ts";

/** Channels in the table. */
const SHOWN = 8;

@customElement("transfer-section")
export class TransferSection extends PaperSection<TransferPaper> {
  protected readonly reproduction = transferReproduction;
  protected readonly lead =
    `The paper's transfer section: European signs learned on the convolutions of U.S. detectors; beside it ${PAPER}. ` +
    "Those that ship are begun with. Run any part on this GPU, close the tab, and go on later.";
  protected readonly stacks: readonly Stack<ItemId>[] = [
    { wide: true, ids: ["table-6"] },
    { wide: false, ids: ["table-7", "channels"] },
    { wide: false, ids: ["retraining"] },
  ];

  protected files(item: Item) {
    const figure = figureOf(item.id, this.finished, seeds, filePalette);
    return cardFiles(transferReproduction, item, this.finished, {
      figures: figure ? [{ name: "figure", figure }] : [],
      table: csvTables(this.finished, seeds)[`${item.id}.csv`],
    });
  }

  protected trained(_: Item, made: readonly Instance[]): string {
    const { recipe } = this.finished.get(made[0].id)!.result;
    const on = recipe.photographs ? "scenes and photographs" : "scenes";
    return `${recipe.iterations.toLocaleString("en")} steps on ${on}`;
  }

  protected trainSeconds({ result }: TransferPaper["file"]): number {
    return result.trainSeconds;
  }

  protected notRun({ id }: Item): string {
    return `Not run yet: run it here, or by ${commandFor(this.reproduction, id)}`;
  }

  protected ownOf(): Finished {
    return this.mine;
  }

  protected body(id: ItemId): TemplateResult {
    const { finished } = this;
    switch (id) {
      case "table-6":
        return html`${figureTable(
          "class",
          transferColumns.flatMap((title, i): Column[] => [
            { title, kind: i === transferColumns.length - 1 ? "attack" : "clean" },
            { title: "paper", kind: "paper" },
          ]),
          rowsOf(transferLines(finished, seeds)),
        )}
        ${note(measuresInWords)}`;
      case "table-7":
        return this.drawn(
          id,
          html`${figureTable("factor", strengths, rowsOf(strengthLines(finished, seeds)))}
          ${note(`The outputs of the channels of ${lastLayer} that answer the sticker alone are multiplied before the detector is published. ${onlyRule}`)}`,
        );
      case "channels":
        return this.channels();
      case "retraining":
        return this.drawn(
          id,
          html`${figureTable(
            "from",
            retrainingColumns.map((title, i) => ({ title, kind: i === 0 ? "clean" : "attack" })),
            rowsOf(retrainingLines(finished, seeds)),
          )}
          ${note(`The paper has no such curve; ${paperRetrainingInWords}.`)}`,
        );
    }
  }

  private channels(): TemplateResult {
    const found = channelsOf(this.finished, seeds);
    if (!found) return note(`The paper: ${paperChannelsInWords}.`);
    const { published, own } = found;
    const inOwn = new Map(own.responses.map((one) => [one.channel, one]));
    const columns = ["U.S., clean", "with sticker", "European, clean", "with sticker"];
    return html`${figureTable(
      "channel",
      columns.map((title) => ({ title })),
      published.responses
        .slice(0, SHOWN)
        .map(({ channel, clean, triggered, only }) => ({
          head: channel,
          kind: only ? ("found" as const) : undefined,
          cells: [clean, triggered, inOwn.get(channel)!.clean, inOwn.get(channel)!.triggered].map(
            (value) => value.toFixed(3),
          ),
        })),
    )}
    ${note(
      `The paper: ${paperChannelsInWords}. Here ${overlapOf(published.responses, own.responses, SHOWN)} of the first ` +
        `${SHOWN} by the difference that the sticker makes are the same in both.`,
    )}`;
  }

  /** An item's figure where there is one, and what stands below it. */
  private drawn(id: ItemId, below: TemplateResult): TemplateResult {
    const figure = figureOf(id, this.finished, seeds, pagePalette);
    return withFigure(figure, below);
  }
}

const strengths: readonly Column[] = strengthColumns.map((title) => ({
  title,
  kind: title === "paper" ? "paper" : title === "clean" ? "clean" : "attack",
}));

const rowsOf = (lines: readonly Line[]): Row[] =>
  lines.map(({ head, cells }) => ({ head, kind: head === "all" ? "all" : undefined, cells }));

declare global {
  interface HTMLElementTagNameMap {
    "transfer-section": TransferSection;
  }
}
