/** Which neurons the trigger wakes, and what the network does without them. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type {
  AblationCurve,
  AblationMeasure,
  NeuronId,
  NeuronReport,
  NeuronScale,
  ScaledMeasure,
} from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { count } from "../../format.ts";
import "./ablation-curve.ts";
import "./ablation-outcome.ts";
import "./ablation-switch.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/export-menu.ts";
import "../elements/help-tip.ts";
import "./neuron-chart.ts";
import { reportCsv } from "./neuron-csv.ts";
import "./neuron-list.ts";
import { OwnTask } from "../elements/own-task.ts";
import { layersOf, rank, type RankBy } from "./ranking.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "../elements/task-progress.ts";

/**
 * Fires `measure-request`, `baseline-request`, `label-change` (number or null), `brush` (NeuronId[]), `select` (NeuronId),
 * `scale-change` (NeuronScale[]), `count-change` (number), `curve-request` (NeuronId[]) and `cancel`.
 */
@customElement("neuron-panel")
export class NeuronPanel extends OwnTask(LitElement) {
  @property({ attribute: false }) report: NeuronReport | null = null;
  /** Responses are being measured. */
  @property({ attribute: false }) measuring: TaskProgress | null = null;
  /** The curve is being computed. */
  @property({ attribute: false }) drawing: TaskProgress | null = null;
  /** The class whose images are looked at; null: all. */
  @property({ attribute: false }) label: number | null = null;
  @property({ attribute: false }) measure: ScaledMeasure | null = null;
  @property({ attribute: false }) baseline: AblationMeasure | null = null;
  /** The step that the baseline is of; null: the network as it stands. */
  @property({ attribute: false }) measuredAt: number | null = null;
  /** The network is being measured, changed or as it is. */
  @property({ type: Boolean }) asking = false;
  @property({ attribute: false }) curve: AblationCurve | null = null;
  @property({ attribute: false }) scaled: readonly NeuronScale[] = [];
  /** How many the switch takes off at once. */
  @property({ type: Number }) top = 5;
  @property({ attribute: false }) selected: NeuronId | null = null;
  @property({ attribute: false }) chosen: readonly NeuronId[] = [];
  /** Name of the adapter that the report was recorded on; null when it was measured here. */
  @property({ attribute: false }) recordedOn: string | null = null;
  @state() private by: RankBy = "effect";
  @state() private layer: string | null = null;

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 10px;
        align-content: start;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
      }
      h2 {
        flex: 1;
        white-space: nowrap;
      }
      select {
        width: auto;
      }
      .quiet {
        font-size: 12px;
      }
      neuron-chart {
        height: 300px;
      }
      ablation-curve {
        border-top: 1px solid var(--line);
        padding-top: 10px;
      }
      /* What is switched off and what that does stay beside each other. */
      .top {
        position: sticky;
        top: var(--bar, 0px);
        z-index: 1;
        display: grid;
        gap: 6px;
        margin: -4px -4px 0;
        padding: 4px;
        background: var(--panel);
        border-bottom: 1px solid var(--line);
      }
      @media (height < 800px) {
        neuron-chart {
          height: 220px;
        }
      }
      .empty {
        display: grid;
        gap: 10px;
        justify-items: start;
      }
    `,
  ];

  override render() {
    const { report, measuring } = this;
    return html`
      <div class="top">
        <ablation-outcome
          .measure=${this.measure}
          .baseline=${this.baseline}
          .measuredAt=${this.measuredAt}
          ?changed=${this.scaled.length > 0}
        ></ablation-outcome>
        ${
          this.baseline || this.scaled.length > 0
            ? nothing
            : html`<div>
                <button
                  type="button"
                  ?disabled=${this.asking}
                  @click=${() => this.tell("baseline-request", null)}
                >
                  ${this.asking ? "Measuring…" : "Measure this network"}
                </button>
              </div>`
        }
        ${report ? this.renderSwitch(report) : nothing}
      </div>
      ${report ? this.renderHead(report) : nothing}
      ${
        measuring
          ? html`<task-progress
              heading="Responses measured"
              .progress=${measuring}
              @cancel=${() => this.tell("cancel", null)}
            ></task-progress>`
          : nothing
      }
      ${report ? this.renderReport(report) : measuring ? nothing : this.renderEmpty()}
    `;
  }

  private renderEmpty() {
    return html`<div class="empty">
      <p>
        Shows each neuron's mean activation without and with the trigger: the backdoor's neurons
        stand out.
      </p>
      <button class="primary" type="button" @click=${() => this.tell("measure-request", null)}>
        Measure responses
      </button>
    </div>`;
  }

  private renderHead(report: NeuronReport) {
    const digits = Array.from({ length: 10 }, (_, digit) => digit);
    return html`
      <div class="row">
        <h2>
          What the trigger wakes<help-tip
            topic="this chart"
            text="Each mark is a neuron: its mean activation over test images, without the trigger across and with it upwards. The effect is Cohen's d, the difference over the spread of both."
          ></help-tip>
        </h2>
        <select
          aria-label="Images that are looked at"
          .value=${this.label === null ? "" : String(this.label)}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            this.tell("label-change", value === "" ? null : Number(value));
          }}
        >
          <option value="" ?selected=${this.label === null}>all digits</option>
          ${digits.map(
            (digit) =>
              html`<option value=${digit} ?selected=${this.label === digit}>only ${digit}</option>`,
          )}
        </select>
        <export-menu
          heading="Neurons and the trigger"
          stem=${fileStem("digits", "neurons", null)}
          .source=${() => this.chart()}
          .csv=${() => reportCsv(report)}
        ></export-menu>
      </div>
      <p class="muted quiet number">
        ${count(report.images)} test
        images${this.recordedOn === null ? "" : `, recorded on ${this.recordedOn}`}
      </p>
    `;
  }

  private renderSwitch(report: NeuronReport) {
    return html`<ablation-switch
      .ranking=${rank(report, this.by, this.layerOf(report))}
      .scaled=${this.scaled}
      .count=${this.top}
      @scale-change=${this.pass}
      @count-change=${this.pass}
    ></ablation-switch>`;
  }

  /** The layer that is ranked; a filter for a layer that another network does not have filters nothing. */
  private layerOf(report: NeuronReport): string | null {
    const { layer } = this;
    return layer !== null && layersOf(report).includes(layer) ? layer : null;
  }

  private readonly pass = (event: CustomEvent) => this.tell(event.type, event.detail);

  private renderReport(report: NeuronReport) {
    const { pass } = this;
    const layers = layersOf(report);
    const layer = this.layerOf(report);
    const ranking = rank(report, this.by, layer);
    return html`
      <neuron-chart
        .report=${report}
        .chosen=${this.chosen}
        .selected=${this.selected}
        @brush=${pass}
        @select=${pass}
      ></neuron-chart>
      <div class="row">
        <h2>Ranking</h2>
        ${segmented<RankBy>("Rank by", ["effect", "difference"], this.by, (by) => (this.by = by))}
        <select
          aria-label="Layers in the ranking"
          @change=${(event: Event) => {
            this.layer = (event.target as HTMLSelectElement).value || null;
          }}
        >
          <option value="" ?selected=${layer === null}>all layers</option>
          ${layers.map(
            (name) => html`<option value=${name} ?selected=${layer === name}>${name}</option>`,
          )}
        </select>
      </div>
      <neuron-list
        .ranking=${ranking}
        .by=${this.by}
        .layers=${layers}
        .scaled=${this.scaled}
        .selected=${this.selected}
        .chosen=${this.chosen}
        @select=${pass}
        @brush=${pass}
        @scale-change=${pass}
      ></neuron-list>
      <ablation-curve
        .ranking=${ranking}
        .curve=${this.curve}
        .drawing=${this.drawing}
        @curve-request=${pass}
        @cancel=${pass}
      ></ablation-curve>
    `;
  }

  private chart(): SVGSVGElement | null {
    const chart = this.renderRoot.querySelector("neuron-chart");
    return chart?.renderRoot.querySelector<SVGSVGElement>(".canvas svg") ?? null;
  }

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "neuron-panel": NeuronPanel;
  }
}
