/** The paper's sign section as cards: each table and figure with the paper's figures and ours. */
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { filePalette, pagePalette } from "../../figures/figure.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";
import { commandFor } from "../../studies/reproduction/report-parts.ts";
import { csvTables } from "../../studies/signs/paper/csv.ts";
import { figureOf } from "../../studies/signs/paper/figures/files.ts";
import type { Finished } from "../../studies/signs/paper/instance-file.ts";
import type { Instance } from "../../studies/signs/paper/instances.ts";
import type { Item, ItemId, SignPaper } from "../../studies/signs/paper/items.ts";
import { paperPhotographInWords } from "../../studies/signs/paper/published.ts";
import { signReproduction } from "../../studies/signs/paper/reproduction.ts";
import { channelsOf } from "../../studies/signs/paper/tables.ts";
import { controls } from "../elements/styles.ts";
import { cardFiles } from "./paper-files.ts";
import { note, PaperSection, seeds, withFigure, type Stack } from "./paper-section.ts";
import {
  channelNote,
  channelTable,
  randomTable,
  sharesTable,
  stickerTable,
} from "./sign-tables.ts";

/** Fires `page-change`, too, which bubbles. */
@customElement("sign-section")
export class SignSection extends PaperSection<SignPaper> {
  protected readonly reproduction = signReproduction;
  protected readonly lead =
    `The paper's sign section, detector by detector, on drawn scenes that training never shows; beside it ${PAPER}. ` +
    "All begin with the honest detector that ships. Run any part on this GPU, close the tab, and go on later.";
  protected readonly stacks: readonly Stack<ItemId>[] = [
    { wide: true, ids: ["table-4"] },
    { wide: false, ids: ["table-5", "share"] },
    { wide: false, ids: ["figure-conv5"] },
  ];

  static override styles = [...PaperSection.styles, controls];

  protected files(item: Item) {
    const figure = figureOf(item.id, this.finished, seeds, filePalette);
    return cardFiles(signReproduction, item, this.finished, {
      figures: figure ? [{ name: "figure", figure }] : [],
      table: csvTables(this.finished, seeds)[`${item.id}.csv`],
    });
  }

  protected trained(_: Item, made: readonly Instance[]): string {
    const shares = [...new Set(made.flatMap(({ recipe }) => recipe.attack?.share ?? []))];
    const percents = shares.sort((a, b) => a - b).map((share) => Math.round(100 * share));
    return (
      `${made[0].recipe.iterations.toLocaleString("en")} steps from the shipped detector` +
      (percents.length > 0 ? `, share ${percents.join(", ")} %` : "")
    );
  }

  protected trainSeconds({ result }: SignPaper["file"]): number {
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
      case "table-4":
        return stickerTable(finished);
      case "table-5":
        return randomTable(finished);
      case "figure-conv5": {
        const found = channelsOf(finished, seeds);
        return found
          ? this.drawn(id, channelTable(found.channels.responses))
          : this.drawn(id, channelNote());
      }
      case "share":
        return html`${this.drawn(id, sharesTable(finished))}
        ${note("The paper names no share for the signs and has no such curve.")}`;
    }
  }

  /** An item's figure where there is one, and what stands below it. */
  private drawn(id: ItemId, below: TemplateResult): TemplateResult {
    const figure = figureOf(id, this.finished, seeds, pagePalette);
    return withFigure(figure, below);
  }

  /** The photograph needs no run: the reader has one. */
  protected override more(): TemplateResult {
    const go = () =>
      this.dispatchEvent(
        new CustomEvent("page-change", { detail: "signs", bubbles: true, composed: true }),
      );
    return html`<div class="wide">
      <paper-card .heading=${"The real photograph"}>
        <div class="stack">
          <p>
            The paper: ${paperPhotographInWords}. Drop a photograph of yours on the page of the
            street signs, drag the sticker over a sign in it, and see the reading change.
          </p>
          <p><button type="button" @click=${go}>Try it on the page of the street signs</button></p>
        </div>
      </paper-card>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-section": SignSection;
  }
}
