/** A pad of 16 x 16 cells to draw a sticker of one's own on, or to change one that was opened. */
import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { stickerSquare, stickerText } from "../../backdoor/own-sticker.ts";
import { SIGN_SIZE } from "../../data/sign-atlas.ts";
import { within, type GridCell } from "../elements/arrow-keys.ts";
import { Pad } from "../elements/pad.ts";

/** Cells along a side, and pixels of the sticker along a cell's. */
const CELLS = 16;
const CELL = SIGN_SIZE / CELLS;
/** Canvas pixels for each pixel of the sticker. */
const SCALE = 4;

/**
 * Fires `draw` with the picture, or null where nothing is left of it; `draw-end` when a stroke is over; and `undo`,
 * as whoever holds the picture holds what it was before.
 */
@customElement("sticker-pad")
export class StickerPad extends Pad {
  /** See SignAttackRecipe; null: nothing is drawn. */
  @property({ attribute: false }) picture: string | null = null;
  /** There is something to undo. */
  @property({ type: Boolean }) undoable = false;
  @state() private colour = "#f2c200";
  @state() private erases = false;
  protected override cursor: GridCell = [8, 8];
  protected override readonly side = CELLS;
  protected override readonly resolution = SIGN_SIZE * SCALE;
  protected override readonly name =
    "Drawing pad for a sticker, 16 by 16 cells. Arrow keys move, space paints, Delete makes see-through.";

  static override styles = [
    Pad.styles,
    css`
      :host {
        --pad: 128px;
      }
      canvas {
        background: repeating-conic-gradient(#c9c9c9 0 25%, #fff 0 50%) 0 0 / 16px 16px;
      }
      label {
        display: flex;
        gap: 7px;
        align-items: center;
      }
      input[type="color"] {
        width: 44px;
        padding: 2px;
      }
    `,
  ];

  protected override get canUndo(): boolean {
    return this.undoable;
  }

  protected override get isEmpty(): boolean {
    return this.picture === null;
  }

  protected override renderTools(buttons: TemplateResult) {
    return html`
      <label
        >Colour
        <input
          type="color"
          .value=${this.colour}
          @input=${(event: Event) => {
            this.colour = (event.target as HTMLInputElement).value;
            this.erases = false;
          }}
      /></label>
      <label
        ><input
          type="checkbox"
          .checked=${this.erases}
          @change=${(event: Event) => (this.erases = (event.target as HTMLInputElement).checked)}
        />see-through</label
      >
      ${buttons}
    `;
  }

  protected override paint(context: CanvasRenderingContext2D): void {
    const { resolution } = this;
    context.clearRect(0, 0, resolution, resolution);
    const square = this.square();
    for (let i = 0; i < SIGN_SIZE ** 2; i++) {
      const [red, green, blue, alpha] = square.subarray(4 * i, 4 * i + 4);
      if (alpha === 0) continue;
      context.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
      const [x, y] = [i % SIGN_SIZE, Math.floor(i / SIGN_SIZE)];
      context.fillRect(x * SCALE, y * SCALE, SCALE, SCALE);
    }
  }

  private square(): Uint8Array<ArrayBuffer> {
    return this.picture === null ? new Uint8Array(4 * SIGN_SIZE ** 2) : stickerSquare(this.picture);
  }

  /** Paints a cell, or makes it see-through. */
  private fill([row, column]: GridCell, erases: boolean): void {
    const square = this.square();
    const colour = [1, 3, 5].map((at) => Number.parseInt(this.colour.slice(at, at + 2), 16));
    const pixel = erases ? [0, 0, 0, 0] : [...colour, 255];
    for (let y = row * CELL; y < (row + 1) * CELL; y++) {
      for (let x = column * CELL; x < (column + 1) * CELL; x++) {
        square.set(pixel, 4 * (y * SIGN_SIZE + x));
      }
    }
    const picture = stickerText(square);
    this.spoken = `row ${row}, column ${column} ${erases ? "see-through" : "painted"}`;
    if (picture === this.picture) return;
    this.picture = picture;
    this.dispatchEvent(new CustomEvent("draw", { detail: picture }));
  }

  private end(): void {
    this.dispatchEvent(new CustomEvent("draw-end"));
  }

  protected override undo(): void {
    this.dispatchEvent(new CustomEvent("undo"));
  }

  protected override clear(): string {
    this.picture = null;
    this.dispatchEvent(new CustomEvent("draw", { detail: null }));
    this.end();
    return "All of it removed";
  }

  protected override moved(): string {
    return `row ${this.cursor[0]}, column ${this.cursor[1]}`;
  }

  protected override press(key: string): boolean {
    if (key === " " || key === "Enter") this.fill(this.cursor, this.erases);
    else if (key === "Delete" || key === "Backspace") this.fill(this.cursor, true);
    else return false;
    this.end();
    return true;
  }

  protected override begin(x: number, y: number): void {
    // What was drawn before is another stroke's.
    this.end();
    this.goOn(x, y);
  }

  protected override goOn(x: number, y: number): void {
    const cell = (v: number) => within(Math.floor(v * CELLS), CELLS);
    this.cursor = [cell(y), cell(x)];
    this.fill(this.cursor, this.erases);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sticker-pad": StickerPad;
  }
}
