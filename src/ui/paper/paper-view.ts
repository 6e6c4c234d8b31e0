/** The paper's digit section as cards: each table and figure with the paper's figures and ours. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TriggerPreset } from "../../backdoor/trigger.ts";
import { UserError } from "../../errors.ts";
import { pagePalette } from "../../figures/figure.ts";
import { adapterName } from "../../gpu/adapter.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import { baseline } from "../../studies/digits/paper/instances.ts";
import { instancesOf, items, type Item, type ItemId } from "../../studies/digits/paper/items.ts";
import { paperDepthInWords, paperSharesInWords } from "../../studies/digits/paper/published.ts";
import { digitReproduction } from "../../studies/digits/paper/reproduction.ts";
import { evidenceOf } from "../../studies/digits/paper/tables.ts";
import { depthRule, recipeInWords } from "../../studies/digits/paper/wording.ts";
import { progressOf } from "../../studies/reproduction/completeness.ts";
import { assertOneStudy } from "../../studies/reproduction/consistency.ts";
import { PAPER } from "../../studies/reproduction/provenance.ts";
import { PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import type { Sample } from "../../studies/digits/port.ts";
import { drawing, drawingStyles } from "../elements/drawing.ts";
import { figureTableStyles } from "../elements/figure-table.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base } from "../elements/styles.ts";
import "./pair-maps.ts";
import "./paper-card.ts";
import type { RunningItem } from "./paper-controller.ts";
import { figuresOf, seeds, type Shown } from "./paper-figures.ts";
import { filesOf } from "./paper-files.ts";
import { attackTable, baselineTable, filterTable } from "./paper-tables.ts";

/** Cards of like height beside each other, where there is room. */
const stacks: readonly { readonly wide: boolean; readonly ids: readonly ItemId[] }[] = [
  { wide: false, ids: ["table-2", "baseline", "figure-6"] },
  { wide: false, ids: ["figure-3", "figure-5"] },
  { wide: true, ids: ["figure-4", "depth"] },
];

/** Fires `reproduce` and `reproduce-discard` with an ItemId, `reproduce-stop`, and `open-recipe` with a DigitRecipe. */
@customElement("paper-view")
export class PaperView extends LitElement {
  @property({ attribute: false }) shipped: Finished = new Map();
  @property({ attribute: false }) own: Finished = new Map();
  /** Of the reader's own, those that are under way. */
  @property({ attribute: false }) begun: ReadonlySet<string> = new Set();
  @property({ attribute: false }) running: RunningItem<ItemId> | null = null;
  @property() problem: string | null = null;
  /** The digit of figure 3. */
  @property({ attribute: false }) sample: Sample | null = null;
  @state() private trigger: TriggerPreset = "pattern";
  @state() private whose: "shipped" | "yours" = "shipped";

  static override styles = [
    base,
    segmentedStyles,
    drawingStyles,
    figureTableStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--gap);
      }
      .lead {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        font-size: 14px;
      }
      .lead p {
        flex: 1 1 420px;
        max-width: 110ch;
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 540px), 1fr));
        gap: var(--gap);
        align-items: start;
      }
      .cards > div {
        display: grid;
        gap: var(--gap);
        min-width: 0;
      }
      .cards > .wide {
        grid-column: 1 / -1;
      }
      th,
      td {
        padding: 2px 6px;
      }
      .none {
        color: var(--muted);
        padding: 18px 0;
      }
      .stack {
        display: grid;
        gap: 10px;
      }
      p.note {
        font-size: 12px;
        color: var(--muted);
        margin-top: 6px;
      }
    `,
  ];

  private get finished(): Finished {
    return this.whose === "yours" ? this.mine : this.shipped;
  }

  /** The reader's own, which begin with the shipped baseline unless they have trained one. */
  private get mine(): Finished {
    const { id } = baseline(PAPER_SEED);
    const shipped = this.shipped.get(id);
    return shipped && this.own.size > 0 && !this.own.has(id)
      ? new Map([[id, shipped], ...this.own])
      : this.own;
  }

  private get shown(): Shown {
    const { finished, trigger, sample } = this;
    return { finished, trigger, sample };
  }

  override render() {
    return html`
      <div class="lead">
        <p>
          The paper's digit section, network by network. What stands beside ${PAPER} was run with
          this project's own kernels; run any part again on this GPU, close the tab, and go on
          later.
        </p>
        ${segmented("Whose results", ["shipped", "yours"] as const, this.whose, (whose) => (this.whose = whose))}
        ${segmented(
          "Trigger of the BadNets",
          ["single-pixel", "pattern"] as const,
          this.trigger,
          (trigger) => (this.trigger = trigger),
        )}
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${this.whose === "yours" ? this.renderMixture() : nothing}
      <div class="cards">
        ${stacks.map(
          ({ wide, ids }) =>
            html`<div class=${wide ? "wide" : ""}>
              ${ids.map((id) => this.renderCard(items.find((item) => item.id === id)!))}
            </div>`,
        )}
      </div>
    `;
  }

  /** The reader's own results may have begun with the shipped baseline before there was an own one. */
  private renderMixture() {
    try {
      if (this.mine.size > 0) assertOneStudy(digitReproduction, this.mine);
      return nothing;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return html`<p role="alert">
        Not all of your results belong together: ${error.message} Discard what is not to be
        compared, and run it again.
      </p>`;
    }
  }

  private renderCard(item: Item) {
    const { finished, running } = this;
    const { finished: done, instances } = progressOf(digitReproduction, item, finished, seeds);
    const own = progressOf(
      digitReproduction,
      item,
      item.id === "baseline" ? this.own : this.mine,
      seeds,
    ).finished;
    return html`<paper-card
      .heading=${item.title}
      .made=${this.made(item)}
      .finished=${done}
      .instances=${instances}
      .own=${this.own.size === 0 ? 0 : own}
      .begun=${instancesOf([item.id], seeds).some(({ id }) => this.begun.has(id))}
      .files=${filesOf(item, this.shown)}
      .progress=${running?.item === item.id ? running.progress : null}
      ?running=${running?.item === item.id}
      ?busy=${running !== null}
      @run=${() => {
        this.whose = "yours";
        this.dispatchEvent(new CustomEvent<ItemId>("reproduce", { detail: item.id }));
      }}
      @stop=${() => this.dispatchEvent(new CustomEvent("reproduce-stop"))}
      @discard=${() =>
        this.dispatchEvent(new CustomEvent<ItemId>("reproduce-discard", { detail: item.id }))}
      >${this.renderBody(item.id)}</paper-card
    >`;
  }

  /** Adapter, date and seed of what is on view. */
  private made(item: Item): string {
    const made = item.instances(PAPER_SEED).filter(({ id }) => this.finished.has(id));
    const results = made.map(({ id }) => this.finished.get(id)!.result);
    if (results.length === 0)
      return this.whose === "yours" ? "None of it is finished yet." : "Not run yet.";
    const adapters = [...new Set(results.map(({ adapter }) => adapterName(adapter)))];
    const dates = results.map(({ date }) => date.slice(0, 10)).sort();
    const whose = this.whose === "yours" ? "Yours" : "Shipped";
    // Of what is begun with and what begins with it, the latter; of one trigger, where the card shows one.
    const badNets = made.filter(
      ({ recipe: { attack } }) =>
        attack && (item.id === "figure-6" || attack.trigger.name === this.trigger),
    );
    const recipe = recipeInWords(badNets.length > 0 ? badNets : made);
    return `${whose}: on ${adapters.join(" and ")}, ${dates.at(-1)}, seed ${PAPER_SEED}; ${recipe}.`;
  }

  private renderBody(id: ItemId): TemplateResult {
    const { finished, trigger, shown } = this;
    switch (id) {
      case "baseline":
        return baselineTable(shown);
      case "table-2":
        return attackTable(shown);
      case "figure-3":
        return this.drawn(id, undefined, "The digits are on their way.");
      case "figure-4":
        return html`<pair-maps
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

const note = (text: string) => html`<p class="note">${text}</p>`;

declare global {
  interface HTMLElementTagNameMap {
    "paper-view": PaperView;
  }
}
