/** One 28 x 28 image, with a bracket around the trigger where it carries one. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";
import { paintGrey } from "./grey-image.ts";

@customElement("digit-image")
export class DigitImage extends LitElement {
  @property({ attribute: false }) pixels = new Uint8Array(SIZE * SIZE);
  /** The trigger's pixels, to be bracketed. */
  @property({ attribute: false }) marked: readonly TriggerPixel[] = [];
  /** What the image shows, for those who do not see it. */
  @property() name = "";
  @query("canvas") private canvas!: HTMLCanvasElement;

  static override styles = css`
    :host {
      display: block;
      position: relative;
      width: 52px;
      height: 52px;
      flex: none;
    }
    canvas {
      width: 100%;
      height: 100%;
      image-rendering: pixelated;
      border-radius: 5px;
      background: #000;
      display: block;
    }
    .mark {
      position: absolute;
      border: 1.5px solid #ff8a5e;
      border-radius: 3px;
    }
  `;

  override render() {
    return html`<canvas width=${SIZE} height=${SIZE} role="img" aria-label=${this.name}></canvas>${
        this.marked.length > 0
          ? html`<div class="mark" style=${styleMap(bracket(this.marked))}></div>`
          : nothing
      }`;
  }

  protected override updated(): void {
    paintGrey(this.canvas, this.pixels);
  }
}

function span(values: readonly number[]): { from: number; length: number } {
  const from = Math.max(0, Math.min(...values) - 1.5);
  return { from, length: Math.min(SIZE, Math.max(...values) + 2.5) - from };
}

function share(n: number): string {
  return `${((100 * n) / SIZE).toFixed(2)}%`;
}

/** A box a pixel and a half away from all pixels of the trigger, within the image. */
function bracket(pixels: readonly TriggerPixel[]): Record<string, string> {
  const rows = pixels.map((pixel) => pixel.row);
  const columns = pixels.map((pixel) => pixel.column);
  const [y, x] = [span(rows), span(columns)];
  return {
    left: share(x.from),
    width: share(x.length),
    top: share(y.from),
    height: share(y.length),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-image": DigitImage;
  }
}
