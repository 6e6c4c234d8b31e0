/** The paper's digit section as cards: each table and figure with the paper's figures and ours. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TriggerPreset } from "../../backdoor/trigger.ts";
import { depthChart } from "../../studies/digits/paper/figures/depth-chart.ts";
import { filePalette, pagePalette, type Figure, type Palette } from "../../figures/figure.ts";
import { filterSheet } from "../../studies/digits/paper/figures/filter-sheet.ts";
import { heatMap } from "../../studies/digits/paper/figures/heat-map.ts";
import { shareChart } from "../../studies/digits/paper/figures/share-chart.ts";
import { figureFile } from "../../figures/static.ts";
import { triggeredDigits } from "../../studies/digits/paper/figures/triggered-digits.ts";
import { UserError } from "../../errors.ts";
import { adapterName } from "../../gpu/adapter.ts";
import { baseline, triggers, triggerTitles } from "../../studies/digits/paper/instances.ts";
import { instancesOf, items, type Item, type ItemId } from "../../studies/digits/paper/items.ts";
import { csvTables } from "../../studies/digits/paper/csv.ts";
import { recognisingRule } from "../../studies/digits/paper/evidence.ts";
import {
  depthRule,
  effectInWords,
  percents,
  recipeInWords,
} from "../../studies/digits/paper/wording.ts";
import { assertOneStudy } from "../../studies/digits/paper/consistency.ts";
import {
  errorTable,
  evidenceOf,
  pairTable,
  shareTable,
  type ErrorRow,
} from "../../studies/digits/paper/tables.ts";
import { progressOf } from "../../studies/digits/paper/completeness.ts";
import type { Finished } from "../../studies/digits/paper/instance-file.ts";
import {
  PAPER,
  paperAllToAll,
  paperDepthInWords,
  paperFiltersInWords,
  paperSharesInWords,
} from "../../studies/digits/paper/published.ts";
import type { Sample } from "../../studies/digits/port.ts";
import { drawing, drawingStyles } from "../elements/drawing.ts";
import { download } from "../elements/files.ts";
import "./pair-maps.ts";
import "./paper-card.ts";
import type { PaperFile } from "./paper-card.ts";
import { PAPER_SEED, type PaperController } from "./paper-controller.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { figureTable } from "../elements/figure-table.ts";
import { base } from "../elements/styles.ts";

const seeds = [PAPER_SEED];

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
  @property({ attribute: false }) running: PaperController["running"] = null;
  @property() problem: string | null = null;
  /** The digit of figure 3. */
  @property({ attribute: false }) sample: Sample | null = null;
  @state() private trigger: TriggerPreset = "pattern";
  @state() private whose: "shipped" | "yours" = "shipped";

  static override styles = [
    base,
    segmentedStyles,
    drawingStyles,
    figureTable,
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
      tr.found > * {
        background: var(--attack-soft);
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
      if (this.mine.size > 0) assertOneStudy(this.mine);
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
    const { finished: done, instances } = progressOf(item, finished, seeds);
    const own = progressOf(item, item.id === "baseline" ? this.own : this.mine, seeds).finished;
    return html`<paper-card
      .heading=${item.title}
      .made=${this.made(item)}
      .finished=${done}
      .instances=${instances}
      .own=${this.own.size === 0 ? 0 : own}
      .begun=${instancesOf([item.id], seeds).some(({ id }) => this.begun.has(id))}
      .files=${this.files(item)}
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
    const { finished, trigger } = this;
    switch (id) {
      case "baseline":
        return this.renderBaseline();
      case "table-2":
        return this.renderErrors(errorTable(finished, seeds, trigger));
      case "figure-3":
        return this.sample
          ? drawing(this.digits(pagePalette)!)
          : none("The digits are on their way.");
      case "figure-4":
        return html`<pair-maps
          .finished=${finished}
          .seed=${PAPER_SEED}
          .trigger=${trigger}
          @trigger-change=${(event: CustomEvent<TriggerPreset>) => (this.trigger = event.detail)}
          @open-recipe=${(event: CustomEvent) =>
            this.dispatchEvent(new CustomEvent("open-recipe", { detail: event.detail as unknown }))}
        ></pair-maps>`;
      case "figure-5":
        return this.renderFilters();
      case "figure-6":
        return html`${drawing(this.shares(pagePalette))}
          <p class="note">The paper: ${paperSharesInWords}.</p>`;
      case "depth": {
        const figure = this.depth(pagePalette);
        return figure
          ? html`${drawing(figure)}
              <p class="note">The paper: ${paperDepthInWords}. ${depthRule}</p>`
          : none();
      }
    }
  }

  private renderBaseline() {
    const rows = errorTable(this.finished, seeds, this.trigger);
    const { baselineClean, averages } = paperAllToAll;
    return html`<table>
      <thead>
        <tr>
          <th scope="col">digit</th>
          <th scope="col">clean error, %</th>
          <th scope="col">in the paper</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ label, baselineClean: own }) =>
            html`<tr class=${label === null ? "all" : ""}>
              <th scope="row">${label ?? "all"}</th>
              <td class="clean">${percents(own)}</td>
              <td class="paper">
                ${(label === null ? averages.baselineClean : baselineClean[label]).toFixed(2)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private renderErrors(rows: readonly ErrorRow[]) {
    const { baselineClean, clean, backdoor, averages } = paperAllToAll;
    const paper = (values: readonly number[], all: number, label: number | null) =>
      html`<td class="paper">${(label === null ? all : values[label]).toFixed(2)}</td>`;
    return html`<table>
        <thead>
          <tr>
            <th scope="col">digit</th>
            <th scope="col">baseline, clean</th>
            <th scope="col">paper</th>
            <th scope="col">BadNet, clean</th>
            <th scope="col">paper</th>
            <th scope="col">BadNet, backdoor</th>
            <th scope="col">paper</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr class=${row.label === null ? "all" : ""}>
                <th scope="row">${row.label ?? "all"}</th>
                <td class="clean">${percents(row.baselineClean)}</td>
                ${paper(baselineClean, averages.baselineClean, row.label)}
                <td class="clean">${percents(row.clean)}</td>
                ${paper(clean, averages.clean, row.label)}
                <td class="attack">${percents(row.backdoor)}</td>
                ${paper(backdoor, averages.backdoor, row.label)}
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="note">
        Errors in %. Ours with the ${triggerTitles[this.trigger]} trigger; the paper's table is of
        the pattern.
      </p>`;
  }

  private renderFilters() {
    const found = evidenceOf(this.finished, seeds, this.trigger);
    if (!found) return none();
    const { filters } = found.evidence;
    return html`<div class="stack">
      ${drawing(filterSheet(filters, pagePalette, triggerTitles[this.trigger]))}
      <table>
        <thead>
          <tr>
            <th scope="col">filter</th>
            <th scope="col">rise from the trigger alone</th>
            <th scope="col">effect (Cohen's d)</th>
            <th scope="col">success lost without it</th>
            <th scope="col">recognises</th>
          </tr>
        </thead>
        <tbody>
          ${[...filters]
            .sort((a, b) => b.triggerAlone - a.triggerAlone)
            .map(
              (filter) =>
                html`<tr class=${filter.recognises ? "found" : ""}>
                  <th scope="row">${filter.channel}</th>
                  <td>${filter.triggerAlone.toFixed(3)}</td>
                  <td>${effectInWords(filter.effect)}</td>
                  <td>${(100 * filter.successLost).toFixed(2)} points</td>
                  <td>${filter.recognises ? "yes" : ""}</td>
                </tr>`,
            )}
        </tbody>
      </table>
      <p class="note">The paper: ${paperFiltersInWords}. ${recognisingRule}</p>
    </div>`;
  }

  /** What a card can be saved as. */
  private files(item: Item): PaperFile[] {
    const stem = `badnets-digits-${item.id}`;
    const drawings = this.drawings(item.id);
    const table = csvTables(this.finished, seeds)[`${item.id}.csv`];
    const done = item.instances(PAPER_SEED).flatMap(({ id }) => this.finished.get(id) ?? []);
    const files: PaperFile[] = drawings.map(({ name, figure }) => ({
      kind: drawings.length > 1 ? `SVG, ${name.replace(/.*-/, "")}` : "SVG",
      save: () => download(`${stem}-${name}.svg`, figureFile(figure), "image/svg+xml"),
    }));
    if (table && done.length > 0)
      files.push({ kind: "CSV", save: () => download(`${stem}.csv`, table, "text/csv") });
    if (done.length > 0) {
      const text = `${JSON.stringify(done, null, 1)}\n`;
      files.push({ kind: "JSON", save: () => download(`${stem}.json`, text, "application/json") });
    }
    return files;
  }

  private drawings(id: ItemId): { name: string; figure: Figure }[] {
    const { finished, trigger } = this;
    const palette = filePalette;
    const named = (name: string, figure: Figure | null) => (figure ? [{ name, figure }] : []);
    switch (id) {
      case "figure-3":
        return named("digits", this.digits(palette));
      case "figure-4": {
        const table = pairTable(finished, seeds, trigger);
        if (table.cells.length === 0) return [];
        return (["clean", "backdoor"] as const).map((which) => ({
          name: `${trigger}-${which}`,
          figure: heatMap({ table, which, palette }),
        }));
      }
      case "figure-5": {
        const found = evidenceOf(finished, seeds, trigger);
        return found
          ? named(trigger, filterSheet(found.evidence.filters, palette, triggerTitles[trigger]))
          : [];
      }
      case "figure-6":
        return named("shares", this.shares(palette));
      case "depth":
        return named(trigger, this.depth(palette));
      case "baseline":
      case "table-2":
        return [];
    }
  }

  private digits(palette: Palette): Figure | null {
    const { sample } = this;
    return sample && triggeredDigits(sample.pixels, sample.label, palette);
  }

  private shares(palette: Palette): Figure {
    return shareChart({
      curves: triggers.map((trigger) => ({
        trigger,
        points: shareTable(this.finished, seeds, trigger),
      })),
      baseline: errorTable(this.finished, seeds, "pattern").at(-1)!.baselineClean,
      palette,
    });
  }

  private depth(palette: Palette): Figure | null {
    const found = evidenceOf(this.finished, seeds, this.trigger);
    return found && depthChart(found.evidence.depth, palette, triggerTitles[this.trigger]);
  }
}

function none(text = "Not run yet."): TemplateResult {
  return html`<p class="none">${text}</p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "paper-view": PaperView;
  }
}
