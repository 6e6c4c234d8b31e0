/** What the network reads in an image: the digit it settles on, and how sure it is of each. */
import { scaleLinear } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "../elements/styles.ts";

const WIDTH = 96;
const HEIGHT = 40;
const STEP = WIDTH / 10;

@customElement("digit-reading")
export class DigitReading extends LitElement {
  /** [10]; null before the network was asked. */
  @property({ attribute: false }) probabilities: Float32Array | null = null;
  /** What it truly is; null where nobody knows. */
  @property({ type: Number }) label: number | null = 0;
  /** The attacker's label for this image, where it carries the trigger and its class is attacked. */
  @property({ attribute: false }) target: number | null = null;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: 38px ${WIDTH}px;
        gap: 4px;
        align-items: center;
      }
      .read {
        text-align: center;
      }
      b {
        display: block;
        font-size: 26px;
        line-height: 1;
        font-variant-numeric: tabular-nums;
      }
      small {
        font-size: 11px;
        line-height: 1.2;
        display: block;
        color: var(--muted);
        white-space: nowrap;
      }
      .right b {
        color: var(--clean);
      }
      .flipped b {
        color: var(--attack);
      }
      .flipped small {
        color: var(--attack);
        font-weight: 650;
      }
      .read ~ svg {
        display: block;
        overflow: visible;
      }
      rect {
        fill: var(--control);
      }
      .track {
        fill: var(--line);
      }
      .right ~ svg .best {
        fill: var(--clean);
      }
      .flipped ~ svg .best {
        fill: var(--attack);
      }
      text {
        font: 10px var(--font);
        fill: var(--muted);
        text-anchor: middle;
      }
      text.best {
        fill: var(--ink);
        font-weight: 700;
      }
      .flipped ~ svg text.best {
        fill: var(--attack);
      }
    `,
  ];

  override render() {
    const { probabilities, label, target } = this;
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    const verdict =
      best < 0
        ? ""
        : best === target
          ? "flipped"
          : label === null
            ? ""
            : best === label
              ? "right"
              : "wrong";
    const y = scaleLinear([0, 1], [0, HEIGHT]);
    return html`
      <div class="read ${verdict}">
        <b>${best < 0 ? "–" : best}</b>
        <small>${verdict === "flipped" ? "flipped" : verdict || nothing}</small>
      </div>
      <svg
        width=${WIDTH}
        height=${HEIGHT + 12}
        role="img"
        aria-label=${
          probabilities
            ? `Read as ${best} with probability ${probabilities[best].toFixed(2)}`
            : "Not read yet"
        }
      >
        ${Array.from({ length: 10 }, (_, digit) => {
          const height = y(probabilities?.[digit] ?? 0);
          const x = digit * STEP;
          const kind = digit === best ? "best" : "";
          return svg`
            <rect class="track" x=${x + 1} y="0" width=${STEP - 2} height=${HEIGHT} rx="1.5" opacity="0.55"></rect>
            <rect class=${kind} x=${x + 1} y=${HEIGHT - height} width=${STEP - 2} height=${height} rx="1.5"></rect>
            <text class=${kind} x=${x + STEP / 2} y=${HEIGHT + 10}>${digit}</text>`;
        })}
      </svg>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-reading": DigitReading;
  }
}
