/** Fine-Pruning as a picture: both figures over the neurons taken out, and a slider of how many go. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FinePruningFindings, PruningPoint } from "../../defences/fine-pruning.ts";
import { percent } from "../../format.ts";
import type { NeuronId } from "../../inspection/neurons.ts";
import { shareAxis } from "../elements/axes.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { findingStyles } from "./finding-styles.ts";

/** Fires `remove` with the neurons to take out, without training. */
@customElement("pruning-curve")
export class PruningCurve extends LitElement {
  @property({ attribute: false }) findings!: FinePruningFindings;
  /** Nothing can be taken out now. */
  @property({ type: Boolean }) disabled = false;
  /** The point of the curve that the slider stands at; null: the defence's own. */
  @state() private chosen: number | null = null;

  static override styles = [
    ...findingStyles,
    css`
      line-chart {
        height: 220px;
      }
      output {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  override render() {
    const { layer, neurons, curve, pruned } = this.findings;
    const at = this.chosen ?? curve.findIndex((point) => point.pruned === pruned);
    const point = curve[at];
    return html`
      <line-chart
        heading="Neurons of ${layer} taken out"
        label="Clean accuracy and attack success over the neurons of ${layer} that are taken out; ${inWords(point)}"
        .x=${{ label: `of ${neurons} neurons`, end: neurons }}
        .y=${shareAxis("the defender’s images")}
        .series=${seriesOf(curve, point)}
      ></line-chart>
      <div class="row">
        <label for="strength">Neurons to take out</label>
        <input
          id="strength"
          type="range"
          min="0"
          max=${curve.length - 1}
          .value=${String(at)}
          aria-valuetext=${inWords(point)}
          @input=${({ target }: InputEvent) =>
            (this.chosen = Number((target as HTMLInputElement).value))}
        />
        <output for="strength">${inWords(point)}</output>
        ${point.pruned === pruned ? html`<span class="muted">the defence stops here</span>` : nothing}
        <button type="button" ?disabled=${this.disabled} @click=${() => this.takeOut(point.pruned)}>
          Take these out and judge, without training
        </button>
      </div>
    `;
  }

  private takeOut(count: number): void {
    const { layer, ranking } = this.findings;
    const detail = ranking.slice(0, count).map((channel): NeuronId => ({ layer, channel }));
    this.dispatchEvent(new CustomEvent("remove", { detail }));
  }
}

function seriesOf(curve: readonly PruningPoint[], at: PruningPoint): Series[] {
  const kinds = [
    { key: "cleanAccuracy", name: "Clean accuracy", colour: "var(--clean)" },
    { key: "attackSuccess", name: "Attack success", colour: "var(--attack)" },
  ] as const;
  return kinds.flatMap(({ key, name, colour }) => {
    const points = curve.flatMap((point) => {
      const y = point[key];
      return y === null
        ? []
        : [{ x: point.pruned, y, ...(point === at ? { mark: "disc" as const } : {}) }];
    });
    return points.length > 0 ? [{ name, colour, points }] : [];
  });
}

const inWords = ({ pruned, cleanAccuracy, attackSuccess }: PruningPoint) =>
  `${pruned} out: clean ${percent(cleanAccuracy, 1)}` +
  (attackSuccess === null ? "" : `, attack ${percent(attackSuccess, 1)}`);

declare global {
  interface HTMLElementTagNameMap {
    "pruning-curve": PruningCurve;
  }
}
