/** Channel Lipschitz pruning as pictures: each channel's z, those that go, and what goes when more or fewer do. */
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ChannelLipschitzFindings } from "../../defences/channel-lipschitz.ts";
import { barChart } from "../../figures/bar-chart.ts";
import { pagePalette } from "../../figures/figure.ts";
import type { NeuronId } from "../../inspection/neurons.ts";
import { drawing } from "../elements/drawing.ts";
import { findingStyles } from "./finding-styles.ts";

/** Channels that may be taken out here, at most. */
const MOST = 12;
/** Channels that have a button. */
const NAMED = 3;

interface Ranked extends NeuronId {
  readonly z: number;
}

/** Fires `look` with a neuron, and `remove` with those to take out. */
@customElement("channel-bars")
export class ChannelBars extends LitElement {
  @property({ attribute: false }) findings!: ChannelLipschitzFindings;
  /** Nothing can be taken out now. */
  @property({ type: Boolean }) disabled = false;
  /** How many go; null: as many as the defence takes. */
  @state() private strength: number | null = null;

  static override styles = [
    ...findingStyles,
    css`
      output {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  private get ranked(): readonly Ranked[] {
    return this.findings.layers
      .flatMap(({ layer, z }) => z.map((value, channel) => ({ layer, channel, z: value })))
      .sort((a, b) => b.z - a.z);
  }

  override render() {
    const { layers, u, pruned } = this.findings;
    const { ranked } = this;
    const count = this.strength ?? pruned.length;
    const taken = ranked.slice(0, count);
    const isTaken = (layer: string, channel: number) =>
      taken.some((one) => one.layer === layer && one.channel === channel);
    return html`
      ${layers.map(
        ({ layer, z }) =>
          html`<figure>
            <h3>${layer}</h3>
            ${drawing(
              barChart({
                label: `z of each channel of ${layer}; the highest is ${Math.max(...z).toFixed(2)}`,
                bars: z.map((value, channel) => ({
                  name: String(channel),
                  value,
                  found: isTaken(layer, channel),
                  title: `channel ${channel} of ${layer}: z ${value.toFixed(2)}`,
                })),
                axis: "z",
                across: "channel",
                limit: { value: u, name: `u = ${u}` },
                palette: pagePalette,
                choose: (channel) => this.look({ layer, channel }),
              }),
            )}
          </figure>`,
      )}
      <div class="row">
        <span>Look at</span>
        ${ranked
          .slice(0, Math.max(NAMED, pruned.length))
          .map(
            ({ layer, channel, z }) =>
              html`<button type="button" @click=${() => this.look({ layer, channel })}>
                channel ${channel} of ${layer}, z ${z.toFixed(2)}
              </button>`,
          )}
      </div>
      ${this.renderStrength(taken)}
    `;
  }

  private renderStrength(taken: readonly Ranked[]) {
    const last = taken.at(-1);
    return html`<div class="row">
      <label for="strength">Channels to take out</label>
      <input
        id="strength"
        type="range"
        min="0"
        max=${MOST}
        .value=${String(taken.length)}
        @input=${({ target }: InputEvent) =>
          (this.strength = Number((target as HTMLInputElement).value))}
      />
      <output for="strength"
        >${taken.length}${last ? `: as with u just under ${last.z.toFixed(2)}` : ""}</output
      >
      <button
        type="button"
        ?disabled=${this.disabled}
        @click=${() =>
          this.dispatchEvent(
            new CustomEvent("remove", {
              detail: taken.map(({ layer, channel }) => ({ layer, channel })),
            }),
          )}
      >
        Take these out and judge
      </button>
    </div>`;
  }

  private look(neuron: NeuronId): void {
    this.dispatchEvent(new CustomEvent("look", { detail: neuron }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "channel-bars": ChannelBars;
  }
}
