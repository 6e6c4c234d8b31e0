/** Draws what switching off one neuron of a ranking after the other does. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { AblationCurve, NeuronId } from "../../studies/digits/port.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { count, percent } from "../../format.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { base, controls } from "../elements/styles.ts";
import "../elements/task-progress.ts";
import { csvTable } from "../../text/csv.ts";

/** Neurons of a curve: more points than anybody reads. */
const MOST_POINTS = 256;

/** Fires `curve-request` (NeuronId[]) and `cancel`. */
@customElement("ablation-curve")
export class AblationCurveChart extends LitElement {
  @property({ attribute: false }) ranking: readonly NeuronId[] = [];
  @property({ attribute: false }) curve: AblationCurve | null = null;
  /** The curve is being computed. */
  @property({ attribute: false }) drawing: TaskProgress | null = null;

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      line-chart {
        height: 240px;
      }
    `,
  ];

  override render() {
    const { curve, drawing } = this;
    return html`
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

  private readonly ask = () => {
    const ranking = this.ranking
      .slice(0, MOST_POINTS)
      .map(({ layer, channel }) => ({ layer, channel }));
    this.dispatchEvent(new CustomEvent("curve-request", { detail: ranking }));
  };
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
    "ablation-curve": AblationCurveChart;
  }
}
