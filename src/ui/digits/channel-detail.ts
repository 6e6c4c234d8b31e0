/** One channel, large: without the trigger, with it, what the trigger changes, and the weights behind it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import type { Look, LayerWeights, NeuronId } from "../../studies/digits/port.ts";
import { rangeOf, rangeText, short, type ColourRange } from "../elements/colour-scale.ts";
import { channelOf, minus, modes, unitParameters } from "./layer-picture.ts";
import { base } from "../elements/styles.ts";
import "../elements/tile-sheet.ts";
import type { Grid, Maps } from "../elements/tiles.ts";

const SIDE = 72;

const captions = { clean: "clean", triggered: "with trigger", difference: "difference" } as const;

/** Tiles that fill the square as well as whole pixels allow. */
function square({ count, height, width }: Maps): Grid {
  const columns = Math.ceil(Math.sqrt(count * (height / width)));
  const rows = Math.ceil(count / columns);
  const gap = count > 1 ? 1 : 0;
  const tileWidth = Math.max(width, Math.floor((SIDE + gap) / columns) - gap);
  const tileHeight = Math.max(height, Math.floor((SIDE + gap) / rows) - gap);
  return { columns, count, tileWidth, tileHeight, gap };
}

/**
 * What a layer reads, [channels, height, width]: the maps of the one before it, pooled over 2 x 2 or as they are.
 * Where other layers lie between, and for units of a dense layer, it is a sheet of sixteen columns, or a row.
 * @param inputs of one unit
 */
function inputShape(look: Look, at: number, inputs: number): readonly [number, number, number] {
  const [channels, height, width] =
    at === 0 ? [1, DIGIT_SIZE, DIGIT_SIZE] : look.layers[at - 1].shape;
  const maps = [1, 2].map((by) => [channels, height / by, width / by] as const);
  const own = maps.find(([c, h, w]) => c * h * w === inputs && h > 1);
  return own ?? (inputs % 16 === 0 ? [1, inputs / 16, 16] : [1, 1, inputs]);
}

@customElement("channel-detail")
export class ChannelDetail extends LitElement {
  @property({ attribute: false }) look: Look | null = null;
  @property({ attribute: false }) weights: readonly LayerWeights[] | null = null;
  /** What the weights are called: they may be gradients. */
  @property() weightsName = "weights";
  @property({ attribute: false }) neuron: NeuronId | null = null;

  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      figure {
        margin: 0;
        width: ${SIDE}px;
      }
      figcaption {
        font-size: 11px;
        line-height: 15px;
        white-space: nowrap;
      }
      .range {
        display: block;
        font-size: 11px;
        line-height: 14px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .sheet {
        height: ${SIDE}px;
        border-radius: 4px;
        overflow: hidden;
      }
      b {
        display: grid;
        place-items: center;
        height: ${SIDE}px;
        border-radius: 4px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 20px;
        font-variant-numeric: tabular-nums;
      }
      .triggered b {
        color: var(--attack);
      }
      .clean b {
        color: var(--clean);
      }
      p {
        font-size: 12px;
        align-self: center;
        max-width: 40ch;
      }
    `,
  ];

  override render() {
    const { look, neuron, weights } = this;
    const at = look?.layers.findIndex(({ label }) => label === neuron?.layer) ?? -1;
    if (!look || !neuron || at < 0) {
      return html`<p class="muted">
        Choose a tile to see it large: by pointer, or with Tab, the arrow keys and Enter.
      </p>`;
    }
    const layer = look.layers[at];
    const clean = channelOf(layer, layer.clean, neuron.channel);
    const triggered = channelOf(layer, layer.triggered, neuron.channel);
    const values = { clean, triggered, difference: minus(triggered, clean) };
    const parameters = weights?.find(({ label }) => label === neuron.layer);
    return html`
      ${modes.map((mode) => {
        // The channel's own range: in its layer's a quiet one would stay dark.
        const range =
          mode === "difference"
            ? rangeOf("diverging", values.difference)
            : rangeOf("sequential", clean, triggered);
        return layer.kind === "conv"
          ? this.renderMaps(
              captions[mode],
              { values: values[mode], count: 1, height: layer.shape[1], width: layer.shape[2] },
              range,
            )
          : html`<figure class=${mode}>
              <figcaption>${captions[mode]}</figcaption>
              <b>${short(values[mode][0])}</b>
            </figure>`;
      })}
      ${parameters ? this.renderParameters(parameters, neuron.channel, inputShape(look, at, parameters.shape[1])) : nothing}
    `;
  }

  private renderParameters(
    layer: LayerWeights,
    channel: number,
    before: readonly [number, number, number],
  ) {
    const maps = unitParameters(layer, channel, before);
    return this.renderMaps(this.weightsName, maps, rangeOf("diverging", maps.values));
  }

  private renderMaps(caption: string, maps: Maps, range: ColourRange) {
    return html`<figure>
      <figcaption>${caption}</figcaption>
      <div class="sheet">
        <tile-sheet .grid=${square(maps)} .maps=${maps} .range=${range}></tile-sheet>
      </div>
      <span class="range">${rangeText(range)}</span>
    </figure>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "channel-detail": ChannelDetail;
  }
}
