/** Switches the first neurons of a ranking off at once, and draws what one after the other does. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AblationCurve, NeuronId, NeuronScale } from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { count, percent } from "../../format.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { switchedOff } from "./ranking.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/task-progress.ts";
import { csvTable } from "../../text/csv.ts";

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
  @state() private count = 5;

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
      line-chart {
        height: 240px;
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
      ${
        drawing
          ? html`<task-progress
              heading="Curve computed"
              .progress=${drawing}
              @cancel=${() => this.dispatchEvent(new CustomEvent("cancel"))}
            ></task-progress>`
          : nothing
      }
      ${this.renderCurve(curve)}
    `;
  }

  private renderCurve(curve: AblationCurve | null) {
    const points = curve?.points ?? [];
    const series = ends.map(({ key, name, colour }): Series => ({
      name,
      colour,
      mark: "dot",
      points: points.flatMap((point) => {
        const y = point[key];
        return y === null ? [] : [{ x: point.n, y }];
      }),
    }));
    return html`<line-chart
      heading="Cumulative ablation"
      label=${labelOf(curve)}
      .note=${curve ? `on ${count(curve.images)} images` : ""}
      .x=${{ label: "neurons switched off", end: Math.max(3, points.at(-1)?.n ?? 20) }}
      .y=${shareAxis("test images", [0, 0.5, 1])}
      .series=${series}
      stem=${curve ? fileStem("digits", "ablation", null) : ""}
      .csv=${curve && (() => curveCsv(curve))}
    >
      ${
        this.drawing
          ? nothing
          : html`<button slot="actions" type="button" @click=${this.ask}>Compute curve</button>`
      }
    </line-chart>`;
  }

  private get n(): number {
    return Math.min(this.count, Math.max(1, this.ranking.length));
  }

  private setWanted(input: HTMLInputElement): void {
    if (input.valueAsNumber >= 1) this.count = Math.floor(input.valueAsNumber);
    input.value = String(this.n);
  }

  private readonly ask = () => {
    const ranking = this.ranking
      .slice(0, MOST_POINTS)
      .map(({ layer, channel }) => ({ layer, channel }));
    this.dispatchEvent(new CustomEvent("curve-request", { detail: ranking }));
  };

  private tell(scaled: readonly NeuronScale[]): void {
    this.dispatchEvent(new CustomEvent("scale-change", { detail: scaled }));
  }
}

const ends = [
  { key: "cleanAccuracy", name: "clean accuracy", colour: "var(--clean)" },
  { key: "attackSuccess", name: "attack success", colour: "var(--attack)" },
] as const;

function labelOf(curve: AblationCurve | null): string {
  const last = curve?.points.at(-1);
  if (!last)
    return "Chart of clean accuracy and attack success by neurons switched off, empty as yet";
  const { n, cleanAccuracy, attackSuccess } = last;
  const attacked = attackSuccess === null ? "" : `, attack success ${percent(attackSuccess)}`;
  return `Chart: with ${n} neurons off, clean accuracy is ${percent(cleanAccuracy)}${attacked}`;
}

function curveCsv({ points }: AblationCurve): string {
  const rows = points.map((one) => [one.n, one.cleanAccuracy, one.attackSuccess]);
  return csvTable([["switched_off", "clean_accuracy", "attack_success"], ...rows]);
}

declare global {
  interface HTMLElementTagNameMap {
    "ablation-controls": AblationControls;
  }
}
