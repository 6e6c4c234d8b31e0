/** Neurons in the order of a ranking, each with its numbers, a tick to light it up and a switch. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { NeuronId, NeuronResponse, NeuronScale } from "../../studies/digits/port.ts";
import { short } from "../elements/colour-scale.ts";
import { layerMark, layerMarkStyles } from "./layer-marks.ts";
import { OwnTask } from "../elements/own-task.ts";
import { factorOf, neuronKey, neuronName, sameNeuron, withFactor, type RankBy } from "./ranking.ts";
import { base, controls } from "../elements/styles.ts";

/** Rows at first, and with each "more". */
const ROWS = 20;

/** The largest factor of a neuron's output. */
const MOST = 5;

const columns = [
  { key: "clean", title: "clean", name: "mean activation without the trigger" },
  { key: "triggered", title: "trigger", name: "mean activation with the trigger" },
  { key: "difference", title: "diff.", name: "difference" },
  { key: "effect", title: "effect", name: "effect size" },
] as const;

/** Fires `select` (NeuronId), `brush` (NeuronId[]) and `scale-change` (NeuronScale[]). */
@customElement("neuron-list")
export class NeuronList extends OwnTask(LitElement) {
  @property({ attribute: false }) ranking: readonly NeuronResponse[] = [];
  @property() by: RankBy = "effect";
  /** All layers, for their marks. */
  @property({ attribute: false }) layers: readonly string[] = [];
  @property({ attribute: false }) scaled: readonly NeuronScale[] = [];
  @property({ attribute: false }) selected: NeuronId | null = null;
  @property({ attribute: false }) chosen: readonly NeuronId[] = [];
  @state() private rows = ROWS;

  static override styles = [
    base,
    controls,
    layerMarkStyles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      th {
        font-weight: 400;
        color: var(--muted);
        padding: 2px 3px;
      }
      td {
        padding: 1px 3px;
        border-top: 1px solid var(--line);
        height: 28px;
      }
      th[scope="row"] {
        border-top: 1px solid var(--line);
        text-align: left;
        color: var(--ink);
      }
      .value {
        text-align: right;
        white-space: nowrap;
      }
      .by {
        font-weight: 650;
        color: var(--ink);
      }
      tr.neuron {
        cursor: pointer;
      }
      tr.neuron:hover {
        background: var(--sunken);
      }
      tr.selected,
      tr.selected:hover,
      tr.selected + .factor {
        background: var(--attack-soft);
      }
      .name {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border: 0;
        background: none;
        padding: 0 2px;
        min-height: 26px;
        white-space: nowrap;
      }
      .switch {
        font-size: 12px;
        min-height: 24px;
        width: 36px;
        padding: 0;
        border-radius: 999px;
      }
      .switch[aria-checked="false"] {
        background: var(--ink);
        color: var(--panel);
      }
      .factor td {
        border-top: 0;
      }
      .factor label {
        display: flex;
        align-items: center;
        gap: 10px;
        white-space: nowrap;
      }
      .more {
        margin-top: 6px;
        font-size: 12px;
        min-height: 28px;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("by")) this.rows = ROWS;
  }

  override render() {
    const { ranking, rows, selected } = this;
    const top = ranking.slice(0, rows);
    // What is looked at is in the list, wherever it stands in the ranking.
    const further = ranking.slice(rows).filter((neuron) => sameNeuron(neuron, selected));
    const left = ranking.length - rows;
    return html`
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="hidden">lit up</span></th>
            <th scope="col" style="text-align: left">neuron</th>
            ${columns.map(
              ({ key, title, name }) =>
                html`<th scope="col" class="value ${key === this.by ? "by" : ""}" title=${name}>
                  ${title}
                </th>`,
            )}
            <th scope="col"><span class="hidden">switch</span></th>
          </tr>
        </thead>
        <tbody>
          ${[...top, ...further].map((neuron) => this.renderNeuron(neuron))}
        </tbody>
      </table>
      ${
        left > 0
          ? html`<button class="more" type="button" @click=${() => (this.rows += ROWS)}>
              ${Math.min(ROWS, left)} more of ${left}
            </button>`
          : nothing
      }
    `;
  }

  private renderNeuron(neuron: NeuronResponse) {
    const { layer, channel } = neuron;
    const name = neuronName(neuron);
    const selected = sameNeuron(neuron, this.selected);
    const chosen = this.chosen.some((one) => sameNeuron(one, neuron));
    const factor = factorOf(this.scaled, neuron);
    const state = factor === 0 ? "off" : factor === 1 ? "on" : `×${factor}`;
    const select = () => this.tell("select", { layer, channel });
    const alone = (event: Event) => event.stopPropagation();
    return html`
      <tr class="neuron ${selected ? "selected" : ""}" @click=${select}>
        <td @click=${alone}>
          <input
            type="checkbox"
            aria-label="Light up ${name}"
            .checked=${chosen}
            @change=${() => this.choose(neuron, !chosen)}
          />
        </td>
        <th scope="row">
          <button class="name" type="button" aria-pressed=${selected}>
            ${layerMark(this.layers.indexOf(layer))}${layer} ${channel}
          </button>
        </th>
        ${columns.map(
          ({ key }) =>
            html`<td class="value ${key === this.by ? "by" : ""}">${short(neuron[key])}</td>`,
        )}
        <td @click=${alone}>
          <button
            class="switch"
            type="button"
            role="switch"
            aria-label="${name} ${state}"
            aria-checked=${factor !== 0}
            @click=${() => this.scale(neuron, factor === 0 ? 1 : 0)}
          >
            ${state}
          </button>
        </td>
      </tr>
      ${
        selected
          ? html`<tr class="factor">
              <td colspan="7">
                <label
                  ><span class="number">output × ${factor.toFixed(2)}</span
                  ><input
                    type="range"
                    min="0"
                    max=${MOST}
                    step="0.25"
                    .value=${String(factor)}
                    @change=${(event: Event) =>
                      this.scale(neuron, (event.target as HTMLInputElement).valueAsNumber)}
                /></label>
              </td>
            </tr>`
          : nothing
      }
    `;
  }

  private choose(neuron: NeuronId, chosen: boolean): void {
    const { layer, channel } = neuron;
    const others = this.chosen.filter((one) => neuronKey(one) !== neuronKey(neuron));
    this.tell("brush", chosen ? [...others, { layer, channel }] : others);
  }

  private scale(neuron: NeuronId, factor: number): void {
    this.tell("scale-change", withFactor(this.scaled, neuron, factor));
  }

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "neuron-list": NeuronList;
  }
}
