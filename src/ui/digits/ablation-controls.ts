/** Switches the first neurons of a ranking off at once, and draws what one after the other does. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AblationCurve, NeuronId, NeuronScale } from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";
import "./ablation-chart.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/export-menu.ts";
import { switchedOff } from "./ranking.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/task-progress.ts";

/** Neurons of a curve: more points than anybody reads. */
const MOST_POINTS = 256;

/** Fires `scale-change` (NeuronScale[]), `curve-request` (NeuronId[]) and `cancel`. */
@customElement("ablation-controls")
export class AblationControls extends LitElement {
  @property({ attribute: false }) ranking: readonly NeuronId[] = [];
  @property({ attribute: false }) scaled: readonly NeuronScale[] = [];
  @property({ attribute: false }) curve: AblationCurve | null = null;
  /** The curve is being computed. */
  @property({ attribute: false }) drawing: TaskProgress | null = null;
  @state() private wanted = 5;

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
        min-height: 32px;
      }
      .row label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      input {
        width: 68px;
      }
      h2 {
        flex: 1;
      }
      ablation-chart {
        height: 200px;
      }
    `,
  ];

  override render() {
    const { curve, drawing, scaled } = this;
    return html`
      <div class="row">
        <label
          >The top
          <input
            type="number"
            min="1"
            max=${this.ranking.length}
            .value=${String(this.n)}
            @change=${(event: Event) => this.setWanted(event.target as HTMLInputElement)}
        /></label>
        <button type="button" @click=${() => this.tell(switchedOff(this.ranking, this.n))}>
          Switch off
        </button>
        <button type="button" ?disabled=${scaled.length === 0} @click=${() => this.tell([])}>
          Undo all
        </button>
        <span class="muted number" role="status"
          >${scaled.length === 0 ? "" : `${scaled.length} changed`}</span
        >
      </div>
      <div class="row">
        <h2>One neuron after the other</h2>
        ${drawing ? nothing : html`<button type="button" @click=${this.ask}>Compute curve</button>`}
        ${
          curve
            ? html`<export-menu
                heading="Neurons switched off"
                stem=${fileStem("digits", "ablation", null)}
                .source=${() => this.chart()}
                .csv=${() => curveCsv(curve)}
              ></export-menu>`
            : nothing
        }
      </div>
      ${
        drawing
          ? html`<task-progress
              heading="Curve computed"
              .progress=${drawing}
              @cancel=${() => this.dispatchEvent(new CustomEvent("cancel"))}
            ></task-progress>`
          : nothing
      }
      <ablation-chart .curve=${curve}></ablation-chart>
    `;
  }

  private get n(): number {
    return Math.min(this.wanted, Math.max(1, this.ranking.length));
  }

  private setWanted(input: HTMLInputElement): void {
    if (input.valueAsNumber >= 1) this.wanted = Math.floor(input.valueAsNumber);
    input.value = String(this.n);
  }

  private readonly ask = () => {
    const ranking = this.ranking
      .slice(0, MOST_POINTS)
      .map(({ layer, channel }) => ({ layer, channel }));
    this.dispatchEvent(new CustomEvent("curve-request", { detail: ranking }));
  };

  private chart(): SVGSVGElement | null {
    const chart = this.renderRoot.querySelector("ablation-chart");
    return chart?.renderRoot.querySelector<SVGSVGElement>(".canvas svg") ?? null;
  }

  private tell(scaled: readonly NeuronScale[]): void {
    this.dispatchEvent(new CustomEvent("scale-change", { detail: scaled }));
  }
}

function curveCsv({ points }: AblationCurve): string {
  const lines = points.map((one) => [one.n, one.cleanAccuracy, one.attackSuccess ?? ""].join(","));
  return ["switched_off,clean_accuracy,attack_success", ...lines, ""].join("\n");
}

declare global {
  interface HTMLElementTagNameMap {
    "ablation-controls": AblationControls;
  }
}
