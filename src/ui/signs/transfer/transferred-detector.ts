/** A European detector on U.S. convolutions: which of its layers were taken over, what it finds, and a channel's map. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { compactPreset, convolutionsOf } from "../../../models/detector-presets.ts";
import { classNames } from "../../../studies/signs/recipe.ts";
import type { ComparedView } from "../../../studies/signs/transfer-questions.ts";
import { rangeOf, rangeText, type ColourRange } from "../../elements/colour-scale.ts";
import { base, panel } from "../../elements/styles.ts";
import "../../elements/tile-sheet.ts";
import { oneTile } from "../../elements/tiles.ts";
import "../sign-picture.ts";

const taken = convolutionsOf(compactPreset).map(({ label }) => label);
const learned = ["proposals", "fc6", "fc7", "classes", "boxes"] as const;

/** Longest side of the map, in pixels. */
const SIDE = 224;

@customElement("transferred-detector")
export class TransferredDetector extends LitElement {
  @property() heading = "";
  /** Whose convolutions they are, in a few words. */
  @property() origin = "";
  /** What was done to the last one before; null: nothing. */
  @property() changed: string | null = null;
  @property({ type: Boolean }) attacked = false;
  @property({ attribute: false }) view: ComparedView | null = null;
  /** Of the last convolution. */
  @property({ type: Number }) channel = 0;
  /** One for all detectors beside each other, so that they compare; null: its own. */
  @property({ attribute: false }) range: ColourRange | null = null;

  static override styles = [
    base,
    panel,
    css`
      :host {
        display: grid;
        gap: 10px;
        align-content: start;
      }
      .layers {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 11px;
      }
      .layers li {
        padding: 1px 6px;
        border: 1px solid var(--clean);
        border-radius: 4px;
        background: var(--clean-soft);
      }
      .layers .attacked {
        border-color: var(--attack);
        background: var(--attack-soft);
      }
      .layers .learned {
        border: 1px dashed var(--control);
        background: none;
        color: var(--muted);
      }
      .layers .changed {
        font-weight: 700;
        border-width: 2px;
      }
      figure {
        margin: 0;
      }
      tile-sheet {
        border-radius: 6px;
        overflow: hidden;
        width: max-content;
        max-width: 100%;
      }
      figcaption,
      .note {
        font-size: 12px;
        color: var(--muted);
        margin-top: 4px;
      }
    `,
  ];

  override render() {
    const { view, heading } = this;
    return html`
      <h2>${heading}</h2>
      <div>
        <ul class="layers" aria-label="Layers of ${heading}">
          ${taken.map((label, i) => this.renderTaken(label, i === taken.length - 1))}
          ${learned.map((label) => html`<li class="learned" title="learned anew">${label}</li>`)}
        </ul>
        <p class="note">
          Filled: ${this.origin}, as they are${this.changed ? html`; ${this.changed}` : nothing}.
          Dashed: learned anew on European signs.
        </p>
      </div>
      <sign-picture
        .view=${view?.picture ?? null}
        .classes=${classNames("eu")}
        heading=${heading}
      ></sign-picture>
      ${view ? this.renderMap(view) : nothing}
    `;
  }

  private renderTaken(label: string, last: boolean) {
    const kinds = [this.attacked ? "attacked" : "", last && this.changed ? "changed" : ""];
    return html`<li class=${kinds.join(" ")} title="taken over, and kept as it is">${label}</li>`;
  }

  private renderMap({ map: { label, shape, values } }: ComparedView) {
    const [, height, width] = shape;
    const map = values.slice(this.channel * height * width, (this.channel + 1) * height * width);
    const range = this.range ?? rangeOf("sequential", map);
    const side = Math.max(1, Math.floor(SIDE / Math.max(width, height)));
    return html`<figure>
      <tile-sheet
        .grid=${oneTile(width, height, side)}
        .maps=${{ values: map, count: 1, height, width }}
        .range=${range}
      ></tile-sheet>
      <figcaption>${label}, channel ${this.channel}: ${rangeText(range)}</figcaption>
    </figure>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "transferred-detector": TransferredDetector;
  }
}
