/** A section of the paper as cards: what is the same of each, whatever study runs it. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { UserError } from "../../errors.ts";
import type { Figure } from "../../figures/figure.ts";
import { duration } from "../../format.ts";
import { progressOf } from "../../studies/reproduction/completeness.ts";
import { assertOneStudy } from "../../studies/reproduction/consistency.ts";
import type { Finished } from "../../studies/reproduction/instance-file.ts";
import { madeInWords } from "../../studies/reproduction/provenance.ts";
import {
  instancesFor,
  itemOf,
  type InstanceOf,
  type Item,
  type Reproduction,
  type ReproductionTypes,
} from "../../studies/reproduction/reproduction.ts";
import { PAPER_SEED } from "../../studies/reproduction/shipped.ts";
import { drawing, drawingStyles } from "../elements/drawing.ts";
import { figureTableStyles } from "../elements/figure-table.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls } from "../elements/styles.ts";
import "./paper-card.ts";
import { progressInWords, type PaperFile } from "./paper-card.ts";
import type { RunningItem } from "./paper-controller.ts";

/** Shipped results are of this seed, and the reader's own. */
export const seeds = [PAPER_SEED];

/** Cards of like height beside each other, where there is room. */
export interface Stack<Id> {
  readonly wide: boolean;
  readonly ids: readonly Id[];
}

/** Fires `reproduce` and `reproduce-discard` with an item's id, and `reproduce-stop`. */
export abstract class PaperSection<T extends ReproductionTypes> extends LitElement {
  @property({ attribute: false }) shipped: Finished<T["file"]> = new Map();
  @property({ attribute: false }) own: Finished<T["file"]> = new Map();
  /** Of the reader's own, those that are under way. */
  @property({ attribute: false }) begun: ReadonlySet<string> = new Set();
  @property({ attribute: false }) running: RunningItem<T["item"]> | null = null;
  @property() problem: string | null = null;
  @state() protected whose: "shipped" | "yours" = "shipped";

  protected abstract readonly reproduction: Reproduction<T>;
  protected abstract readonly stacks: readonly Stack<T["item"]>[];
  /** What the section is, in a sentence. */
  protected abstract readonly lead: string;

  static override styles = [
    base,
    segmentedStyles,
    drawingStyles,
    figureTableStyles,
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--gap);
      }
      /* What runs stays in sight, however far its card is. */
      .running {
        position: sticky;
        top: 0;
        z-index: 2;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        padding: 6px 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
        font-size: 13px;
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

  protected get finished(): Finished<T["file"]> {
    return this.whose === "yours" ? this.mine : this.shipped;
  }

  /** The reader's own, with what they begin with. */
  protected get mine(): Finished<T["file"]> {
    return this.own;
  }

  /** Choices beside the lead. */
  protected choices(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected abstract body(id: T["item"]): TemplateResult;
  /** What a card can be saved as. */
  protected abstract files(item: Item<T>): readonly PaperFile[];
  /** How those of an item on view were trained, in a clause. */
  protected abstract trained(item: Item<T>, made: readonly InstanceOf<T>[]): string;
  /** What else there is to say where nothing is run yet. */
  protected abstract notRun(item: Item<T>): string;
  /** Cards behind those of the items. */
  protected more(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("running");
    // Not before it is under way: a run that is refused leaves on view what was.
    if (changed.has("running") && this.running?.progress && !before?.progress) this.whose = "yours";
  }

  override render() {
    const { running } = this;
    return html`
      ${
        running
          ? html`<div class="running" role="status">
              <b>${itemOf(this.reproduction, running.item).title}</b>
              <span class="number"
                >${running.progress ? progressInWords(running.progress) : "getting ready"}</span
              >
              <button
                type="button"
                @click=${() => this.dispatchEvent(new CustomEvent("reproduce-stop"))}
              >
                Pause it
              </button>
            </div>`
          : nothing
      }
      <div class="lead">
        <p>${this.lead}</p>
        ${segmented("Whose results", ["shipped", "yours"] as const, this.whose, (whose) => (this.whose = whose))}
        ${this.choices()}
      </div>
      ${this.problem ? html`<p role="alert">${this.problem}</p>` : nothing}
      ${this.whose === "yours" ? this.renderMixture() : nothing}
      <div class="cards">
        ${this.stacks.map(
          ({ wide, ids }) =>
            html`<div class=${wide ? "wide" : ""}>
              ${ids.map((id) => this.renderCard(itemOf(this.reproduction, id)))}
            </div>`,
        )}
        ${this.more()}
      </div>
    `;
  }

  /** The reader's own results may have begun with the shipped ones before there were own ones. */
  private renderMixture() {
    try {
      if (this.mine.size > 0) assertOneStudy(this.reproduction, this.mine);
      return nothing;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return html`<p role="alert">
        Not all of your results belong together: ${error.message} Discard what is not to be
        compared, and run it again.
      </p>`;
    }
  }

  /** Of the reader's own, what counts for an item. */
  protected abstract ownOf(item: Item<T>): Finished<T["file"]>;

  private renderCard(item: Item<T>) {
    const { reproduction, finished, running } = this;
    const { finished: done, instances } = progressOf(reproduction, item, finished, seeds);
    const own = progressOf(reproduction, item, this.ownOf(item), seeds).finished;
    const all = instancesFor(reproduction, [item.id], seeds);
    const fire = (event: string) => this.dispatchEvent(new CustomEvent(event, { detail: item.id }));
    return html`<paper-card
      .heading=${item.title}
      .made=${this.made(item)}
      .finished=${done}
      .instances=${instances}
      .own=${this.own.size === 0 ? 0 : own}
      .begun=${all.some(({ id }) => this.begun.has(id))}
      .files=${this.files(item)}
      .progress=${running?.item === item.id ? running.progress : null}
      ?running=${running?.item === item.id}
      ?busy=${running !== null}
      .takes=${this.takes(item)}
      @run=${() => fire("reproduce")}
      @stop=${() => this.dispatchEvent(new CustomEvent("reproduce-stop"))}
      @discard=${() => fire("reproduce-discard")}
      >${this.body(item.id)}</paper-card
    >`;
  }

  /** How long the shipped networks of an item were trained, in words; null where that is not known. */
  private takes(item: Item<T>): string | null {
    const shipped = item.instances(PAPER_SEED).flatMap(({ id }) => this.shipped.get(id) ?? []);
    if (shipped.length === 0) return null;
    const seconds = shipped.reduce((sum, file) => sum + this.trainSeconds(file), 0);
    return `training the shipped ones took ${duration(seconds)}`;
  }

  /** What an instance's training took. */
  protected abstract trainSeconds(file: T["file"]): number;

  /** Adapter, date and seed of what is on view. */
  private made(item: Item<T>): string {
    const made = item.instances(PAPER_SEED).filter(({ id }) => this.finished.has(id));
    if (made.length === 0) {
      return this.whose === "yours" ? "None of it is finished yet." : this.notRun(item);
    }
    const results = made.map(({ id }) => this.finished.get(id)!.result);
    const whose = this.whose === "yours" ? "Yours" : "Shipped";
    return `${whose}: ${madeInWords(results)}; ${this.trained(item, made)}.`;
  }
}

/** A figure, where there is one, and what stands below it. */
export const withFigure = (figure: Figure | null, below: TemplateResult) =>
  html`<div class="stack">${figure ? drawing(figure) : nothing} ${below}</div>`;

export const note = (text: string) => html`<p class="note">${text}</p>`;
