/** The first layer's filters, large: what the network looks for in an image before anything else. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LayerWeights, NeuronId, NeuronReport } from "../../studies/digits/port.ts";
import { fixed } from "../../format.ts";
import { cssGradient, rangeOf, rangeText } from "../elements/colour-scale.ts";
import { sameNeuron } from "./ranking.ts";
import { base } from "../elements/styles.ts";
import "../elements/tile-sheet.ts";
import { oneTile } from "../elements/tiles.ts";

/** Pixels of the page for one weight. */
const SCALE = 9;

/** Fires `select` (NeuronId). */
@customElement("filter-strip")
export class FilterStrip extends LitElement {
  /** The first layer, [O, 1, K, K]. */
  @property({ attribute: false }) layer: LayerWeights | null = null;
  @property({ attribute: false }) report: NeuronReport | null = null;
  @property({ attribute: false }) selected: NeuronId | null = null;
  @property({ attribute: false }) glowing: readonly NeuronId[] = [];

  static override styles = [
    base,
    css`
      :host {
        margin-top: 10px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
        font-size: 12px;
        margin-bottom: 6px;
      }
      .scale {
        display: inline-block;
        width: 60px;
        height: 5px;
        margin-right: 6px;
        border-radius: 2px;
        vertical-align: 2px;
      }
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(64px, 1fr));
        gap: 8px;
        list-style: none;
        margin: 0;
        padding: 0;
      }
      button {
        display: block;
        padding: 0;
        border: 0;
        border-radius: 3px;
        background: none;
        cursor: pointer;
        color: var(--muted);
        font: inherit;
        font-size: 11px;
        font-variant-numeric: tabular-nums;
      }
      tile-sheet {
        border-radius: 3px;
        overflow: hidden;
      }
      .selected tile-sheet {
        outline: 2px solid var(--ink);
        outline-offset: 2px;
      }
      .glowing tile-sheet {
        outline: 2px solid var(--attack);
        outline-offset: 2px;
      }
      .glowing {
        color: var(--attack);
        font-weight: 650;
      }
    `,
  ];

  override render() {
    const { layer } = this;
    if (!layer) return nothing;
    const [count, channels, height, width] = layer.shape;
    const area = channels * height * width;
    const range = rangeOf("diverging", layer.w);

    return html`
      <header>
        <span><b>First-layer filters</b> <span class="muted">${this.legend()}</span></span>
        <span class="muted number"
          ><span class="scale" style="background: ${cssGradient("diverging")}"></span>${rangeText(
            range,
          )}</span
        >
      </header>
      <ol>
        ${Array.from({ length: count }, (_, channel) => {
          const neuron = { layer: layer.label, channel };
          const effect = this.effectOf(channel);
          const values = layer.w.subarray(channel * area, (channel + 1) * area);
          const classes = [
            sameNeuron(neuron, this.selected) ? "selected" : "",
            this.glowing.some((one) => sameNeuron(one, neuron)) ? "glowing" : "",
          ];
          const known = effect === null ? "" : `, effect of the trigger ${effect}`;
          return html`<li>
            <button
              class=${classes.join(" ")}
              aria-label="Filter ${channel}${known}"
              @click=${() => this.dispatchEvent(new CustomEvent("select", { detail: neuron }))}
            >
              <tile-sheet
                .grid=${oneTile(width, height, SCALE)}
                .maps=${{ values, count: 1, height, width }}
                .range=${range}
              ></tile-sheet>
              ${effect ?? channel}
            </button>
          </li>`;
        })}
      </ol>
    `;
  }

  private legend(): string {
    return this.report ? "with the trigger's effect on each (standard deviations)" : "by number";
  }

  private effectOf(channel: number): string | null {
    const response = this.report?.neurons.find((one) =>
      sameNeuron(one, { layer: this.layer!.label, channel }),
    );
    return response ? fixed(response.effect, 2) : null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "filter-strip": FilterStrip;
  }
}
