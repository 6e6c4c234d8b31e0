/** What every layer of the detector makes of a picture: all channels, and one of them laid over the picture. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { NeuronId } from "../../inspection/neurons.ts";
import type { MapsView, PictureView } from "../../studies/signs/port.ts";
import { rangeOf, rangeText } from "../elements/colour-scale.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import "./sign-picture.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "../elements/tile-sheet.ts";
import { oneTile, tileAt, tileBeside, tileRect, type Grid } from "../elements/tiles.ts";

/** The widest tile of many, and the longest sides of one that stands alone, in pixels. */
const TILE = 56;
const ALONE = [280, 120] as const;

/** What the brightest of a map stands for. */
const scales = ["one for all", "each its own"] as const;

const notes: Readonly<Record<string, string>> = {
  rpn: "what the proposal network reads off the last layer",
  rpn_score: "background for each anchor size, then sign for each",
  rpn_box: "for each anchor size: across, down, wider, higher",
  roi_pool: "the best proposal, cut out of the last layer of the backbone",
  fc6: "a row for each proposal, the best first",
  fc7: "a row for each proposal",
  score: "a row for each proposal: background, then each class",
  box: "a row for each proposal, for each class: across, down, wider, higher",
};

@customElement("sign-maps")
export class SignMaps extends LitElement {
  @property({ attribute: false }) picture: PictureView | null = null;
  @property({ attribute: false }) layers: readonly MapsView[] = [];
  @property({ attribute: false }) classes: readonly string[] = [];
  @property({ type: Number }) least = 0.5;
  /** The channel that is shown large; null: nobody has chosen. */
  @property({ attribute: false }) chosen: NeuronId | null = null;

  @state() private scale: (typeof scales)[number] = "one for all";

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    css`
      :host {
        overflow-y: auto;
      }
      .large {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr));
        max-width: 640px;
        gap: 8px 16px;
        margin-bottom: 12px;
      }
      .one {
        position: relative;
      }
      .one .sheet {
        border-radius: 6px;
        overflow: hidden;
      }
      section {
        margin-top: 12px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 10px;
        align-items: baseline;
        margin-bottom: 4px;
      }
      .head .muted {
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      .sheet {
        position: relative;
        width: max-content;
        max-width: 100%;
        overflow-x: auto;
        cursor: pointer;
      }
      .mark {
        position: absolute;
        box-shadow:
          0 0 0 2px var(--panel),
          0 0 0 4px var(--focus);
        pointer-events: none;
      }
      .note {
        font-size: 12px;
        color: var(--muted);
        margin-top: 4px;
      }
    `,
  ];

  override render() {
    const { picture, layers } = this;
    if (!picture || layers.length === 0) {
      return html`<p class="muted">The feature maps are on their way.</p>`;
    }
    // Unless one is chosen: where the proposal network sees signs of the smallest size.
    const layer = this.chosen?.layer ?? "rpn_score";
    const chosen = layers.find(({ label }) => label === layer) ?? layers[0];
    const channel = this.chosen?.channel ?? chosen.shape[0] / 2;
    return html`
      <div class="head">
        ${segmented("Brightness", scales, this.scale, (scale) => (this.scale = scale))}
        <span class="muted"
          >${
            this.scale === "each its own"
              ? "Every channel goes from its least to its largest value: faint ones are seen, and not to be compared."
              : "All channels of a layer have one range, and can be compared."
          }</span
        >
      </div>
      <div class="large">
        <sign-picture
          .view=${picture}
          .classes=${this.classes}
          .least=${this.least}
          heading="The picture"
        ></sign-picture>
        ${this.renderLarge(chosen, channel)}
      </div>
      ${layers.map((layer) => this.renderLayer(layer, layer === chosen ? channel : null))}
    `;
  }

  private renderLarge({ label, shape, values }: MapsView, channel: number) {
    const [, height, width] = shape;
    const area = height * width;
    const map = values.slice(channel * area, (channel + 1) * area);
    const range = rangeOf(map.some((value) => value < 0) ? "diverging" : "sequential", map);
    const side = Math.max(1, Math.floor(280 / Math.max(width, height)));

    return html`<div class="one">
      <div class="sheet">
        <tile-sheet
          .grid=${oneTile(width, height, side)}
          .maps=${{ values: map, count: 1, height, width }}
          .range=${range}
        ></tile-sheet>
      </div>
      <p class="note">${label}, channel ${channel}: ${rangeText(range)}</p>
    </div>`;
  }

  private renderLayer({ label, shape, values }: MapsView, chosen: number | null) {
    const [count, height, width] = shape;
    const own = this.scale === "each its own";
    const shown = own ? eachToOne(values, count) : values;
    const range = rangeOf(shown.some((value) => value < 0) ? "diverging" : "sequential", shown);
    const [most, highest] = count === 1 ? ALONE : [TILE, Infinity];
    const side = Math.min(most / width, highest / height);
    const scale = side < 1 ? side : Math.floor(side);
    const tileHeight = Math.max(1, Math.round(height * scale));
    // Of few columns, each is wider than high, so that it can be told from the next.
    const least = count === 1 ? Math.min(most, 12 * width) : 1;
    const tileWidth = Math.max(least, Math.round(width * scale));
    const room = Math.max(280, (this.clientWidth || 700) - 40);
    const columns = Math.min(count, Math.max(4, Math.floor(room / (tileWidth + 2))));
    const grid: Grid = { columns, count, tileWidth, tileHeight, gap: 2 };
    const box = chosen === null ? null : tileRect(grid, chosen);
    return html`<section>
      <div class="head">
        <h2>${label}</h2>
        <span class="muted"
          >${count} × ${height} × ${width},
          ${own ? "each channel to its own largest" : rangeText(range)}</span
        >
        ${notes[label] ? html`<span class="muted">${notes[label]}</span>` : nothing}
      </div>
      <div
        class="sheet"
        role="application"
        tabindex="0"
        aria-label="Channels of ${label}: arrow keys choose${
          chosen === null ? "" : `, ${chosen} is chosen`
        }"
        @click=${(event: MouseEvent) => {
          const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
          const { scrollLeft } = event.currentTarget as HTMLElement;
          const channel = tileAt(grid, event.clientX - left + scrollLeft, event.clientY - top);
          if (channel !== null) this.chosen = { layer: label, channel };
        }}
        @keydown=${(event: KeyboardEvent) => {
          const next = tileBeside(grid, chosen ?? 0, event.key);
          if (next === null || next === chosen) return;
          event.preventDefault();
          event.stopPropagation();
          this.chosen = { layer: label, channel: next };
        }}
      >
        <tile-sheet .grid=${grid} .maps=${{ values: shown, count, height, width }} .range=${range}>
        </tile-sheet>
        ${
          box
            ? html`<div
                class="mark"
                style="left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; height: ${box.height}px"
              ></div>`
            : nothing
        }
      </div>
    </section>`;
  }
}

/** Every channel divided by its largest size; what is zero all over stays so. @param values [count, area] */
function eachToOne(values: Float32Array, count: number): Float32Array {
  const area = values.length / count;
  const scaled = new Float32Array(values.length);
  for (let channel = 0; channel < count; channel++) {
    const own = values.subarray(channel * area, (channel + 1) * area);
    const { max } = rangeOf("diverging", own);
    if (max > 0)
      scaled.set(
        own.map((value) => value / max),
        channel * area,
      );
  }
  return scaled;
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-maps": SignMaps;
  }
}
