/** The paper's digit section as cards: each table and figure with the paper's figures and ours. */
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TriggerPreset } from "../../backdoor/trigger.ts";
import { filePalette, pagePalette } from "../../figures/figure.ts";
import { csvTables } from "../../studies/digits/paper/csv.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import { baseline, type Instance } from "../../studies/digits/paper/instances.ts";
import {
  pairSetOf,
  type DigitPaper,
  type Item,
  type ItemId,
} from "../../studies/digits/paper/items.ts";
import { paperDepthInWords, paperSharesInWords } from "../../studies/digits/paper/published.ts";
import { digitReproduction } from "../../studies/digits/paper/reproduction.ts";
import { evidenceOf } from "../../studies/digits/paper/tables.ts";
import { depthRule, recipeInWords } from "../../studies/digits/paper/wording.ts";
import type { Sample } from "../../studies/digits/port.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";
import { PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import { drawing } from "../elements/drawing.ts";
import { segmented } from "../elements/segmented.ts";
import "./pair-maps.ts";
import { figuresOf, type Shown } from "./paper-figures.ts";
import { cardFiles } from "./paper-files.ts";
import { note, PaperSection, seeds, type Stack } from "./paper-section.ts";
import { attackTable, baselineTable, filterTable } from "./paper-tables.ts";

/** Fires `open-recipe` with a DigitRecipe, too. */
@customElement("digit-section")
export class DigitSection extends PaperSection<DigitPaper> {
  /** The digit of figure 3. */
  @property({ attribute: false }) sample: Sample | null = null;
  @state() private trigger: TriggerPreset = "pattern";
  protected readonly reproduction = digitReproduction;
  protected readonly lead =
    `The paper's digit section, network by network. What stands beside ${PAPER} was run with this project's own ` +
    "kernels; run any part again on this GPU, close the tab, and go on later.";
  protected readonly stacks: readonly Stack<ItemId>[] = [
    { wide: false, ids: ["table-2", "baseline", "figure-6"] },
    { wide: false, ids: ["figure-3", "figure-5"] },
    { wide: true, ids: ["figure-4", "figure-4-alone", "figure-4-negatives", "depth"] },
  ];

  /** They begin with the shipped baseline unless the reader has trained one. */
  protected override get mine(): Finished {
    const { id } = baseline(PAPER_SEED);
    const shipped = this.shipped.get(id);
    return shipped && this.own.size > 0 && !this.own.has(id)
      ? new Map([[id, shipped], ...this.own])
      : this.own;
  }

  protected trainSeconds({ result }: DigitPaper["file"]): number {
    return result.timings.trainSeconds + result.timings.evaluateSeconds;
  }

  protected notRun(): string {
    return "Not run yet.";
  }

  protected ownOf({ id }: Item): Finished {
    return id === "baseline" ? this.own : this.mine;
  }

  private get shown(): Shown {
    const { finished, trigger, sample } = this;
    return { finished, trigger, sample };
  }

  protected override choices(): TemplateResult {
    return segmented(
      "Trigger of the BadNets",
      ["single-pixel", "pattern"] as const,
      this.trigger,
      (trigger) => (this.trigger = trigger),
    );
  }

  protected files(item: Item) {
    return cardFiles(digitReproduction, item, this.finished, {
      figures: figuresOf(item.id, this.shown, filePalette),
      // All sets of figure 4's pairs stand in one table.
      table: csvTables(this.finished, seeds)[`${pairSetOf(item.id) ? "figure-4" : item.id}.csv`],
    });
  }

  /** Of what is begun with and what begins with it, the latter; of one trigger, where the card shows one. */
  protected trained(item: Item, made: readonly Instance[]): string {
    const badNets = made.filter(
      ({ recipe: { attack } }) =>
        attack && (item.id === "figure-6" || attack.trigger.name === this.trigger),
    );
    return recipeInWords(badNets.length > 0 ? badNets : made);
  }

  protected body(id: ItemId): TemplateResult {
    const { finished, trigger, shown } = this;
    switch (id) {
      case "baseline":
        return baselineTable(shown);
      case "table-2":
        return attackTable(shown);
      case "figure-3":
        return this.drawn(id, undefined, "The digits are on their way.");
      case "figure-4":
      case "figure-4-alone":
      case "figure-4-negatives":
        return html`<pair-maps
          .set=${pairSetOf(id)!}
          .finished=${finished}
          .seed=${PAPER_SEED}
          .trigger=${trigger}
          @trigger-change=${(event: CustomEvent<TriggerPreset>) => (this.trigger = event.detail)}
          @open-recipe=${(event: CustomEvent) =>
            this.dispatchEvent(new CustomEvent("open-recipe", { detail: event.detail as unknown }))}
        ></pair-maps>`;
      case "figure-5": {
        const found = evidenceOf(finished, seeds, trigger);
        return this.drawn(id, found && filterTable(found.evidence.filters));
      }
      case "figure-6":
        return this.drawn(id, note(`The paper: ${paperSharesInWords}.`));
      case "depth":
        return this.drawn(id, note(`The paper: ${paperDepthInWords}. ${depthRule}`));
    }
  }

  /** An item's figure, and what stands below it. */
  private drawn(
    id: ItemId,
    below?: TemplateResult | null,
    missing = "Not run yet.",
  ): TemplateResult {
    const [first] = figuresOf(id, this.shown, pagePalette);
    return first
      ? html`<div class="stack">${drawing(first.figure)} ${below}</div>`
      : html`<p class="none">${missing}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-section": DigitSection;
  }
}
