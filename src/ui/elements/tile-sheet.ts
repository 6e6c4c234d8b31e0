/** A sheet of small maps on one canvas. */
import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { ColourRange } from "./colour-scale.ts";
import { gridSize, oneTile, paintTiles, type Grid, type Maps } from "./tiles.ts";

@customElement("tile-sheet")
export class TileSheet extends LitElement {
  @property({ attribute: false }) grid: Grid = oneTile(1, 1, 1);
  /** null: dark tiles. */
  @property({ attribute: false }) maps: Maps | null = null;
  @property({ attribute: false }) range: ColourRange = { ramp: "sequential", max: 0 };
  @query("canvas") private canvas!: HTMLCanvasElement;

  static override styles = css`
    :host,
    canvas {
      display: block;
      image-rendering: pixelated;
    }
  `;

  override render() {
    const { width, height } = gridSize(this.grid);
    return html`<canvas width=${width} height=${height} aria-hidden="true"></canvas>`;
  }

  /** Each sheet paints in a task of its own: all of them at once would hold the page up. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    await super.scheduleUpdate();
  }

  protected override updated(): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const { width, height } = gridSize(this.grid);
    const image = context.createImageData(width, height);
    const { count } = this.grid;
    const maps = this.maps ?? { values: new Float32Array(count), count, height: 1, width: 1 };
    paintTiles(new Uint32Array(image.data.buffer), this.grid, maps, this.range);
    context.putImageData(image, 0, 0);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tile-sheet": TileSheet;
  }
}
