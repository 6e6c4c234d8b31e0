/** A pad of 28 x 28 pixels to see or draw a trigger on, by pointer or keyboard. */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";
import { within, type GridCell } from "../elements/arrow-keys.ts";
import { Pad } from "../elements/pad.ts";

/** Canvas pixels for each pixel of the trigger: sharp on screens of up to twice the density. */
const SCALE = 12;

/** Fires `trigger-change` with the new pixels as its detail. */
@customElement("trigger-pad")
export class TriggerPad extends Pad {
  @property({ attribute: false }) pixels: readonly TriggerPixel[] = [];
  /** A digit shown dimly behind, [28, 28]. */
  @property({ attribute: false }) backdrop: Uint8Array | null = null;
  @state() private value = 255;
  @state() private past: (readonly TriggerPixel[])[] = [];
  protected override cursor: GridCell = [26, 26];
  protected override readonly side = SIZE;
  protected override readonly resolution = SIZE * SCALE;
  /** The pixels that this pad itself made last. */
  private own: readonly TriggerPixel[] | null = null;
  /** What the stroke under way does: set pixels, or remove them. */
  private stroke: "set" | "remove" = "set";
  /** The stroke under way has changed something, which is undone as a whole. */
  private struck = false;

  static override styles = [
    Pad.styles,
    css`
      :host {
        --pad: 156px;
      }
      .number {
        float: right;
      }
      p {
        font-size: 12px;
        line-height: 1.35;
      }
      @media (1200px <= width < 1400px) {
        :host {
          --pad: 136px;
        }
      }
    `,
  ];

  protected override get name(): string {
    return `Trigger pad, ${SIZE} by ${SIZE} pixels, ${this.pixels.length} set. Arrow keys move, space sets or removes a pixel.`;
  }

  protected override get canUndo(): boolean {
    return this.past.length > 0;
  }

  protected override get isEmpty(): boolean {
    return this.pixels.length === 0;
  }

  protected override renderTools(buttons: TemplateResult) {
    return html`
      <label
        >Pixel value <span class="number">${this.value}</span>
        <input
          type="range"
          min="0"
          max="255"
          .value=${String(this.value)}
          @input=${(event: Event) =>
            (this.value = (event.target as HTMLInputElement).valueAsNumber)}
        />
      </label>
      ${buttons}
      <p class="muted">Draw on the digit. Keys: arrows, space, Ctrl Z.</p>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another trigger was chosen: strokes on the one before are not its history.
    if (changed.has("pixels") && this.pixels !== this.own) this.past = [];
  }

  protected override paint(context: CanvasRenderingContext2D): void {
    const { resolution } = this;
    context.clearRect(0, 0, resolution, resolution);
    const fill = (row: number, column: number, grey: number) => {
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      context.fillRect(column * SCALE, row * SCALE, SCALE, SCALE);
    };
    this.backdrop?.forEach((value, i) => {
      if (value > 0) fill(Math.floor(i / SIZE), i % SIZE, value * 0.45);
    });
    context.fillStyle = "rgb(255 255 255 / 9%)";
    for (let i = 1; i < SIZE; i++) {
      context.fillRect(i * SCALE, 0, 1, resolution);
      context.fillRect(0, i * SCALE, resolution, 1);
    }
    // The dark theme's accent in both themes: a digit's ground is black in both.
    context.strokeStyle = "#ff8a5e";
    context.lineWidth = 2;
    for (const { row, column, value } of this.pixels) {
      fill(row, column, value);
      context.strokeRect(column * SCALE + 1, row * SCALE + 1, SCALE - 2, SCALE - 2);
    }
  }

  private change(pixels: readonly TriggerPixel[]): void {
    this.past = [...this.past.slice(-199), this.pixels];
    this.tell(pixels);
  }

  private tell(pixels: readonly TriggerPixel[]): void {
    this.own = pixels;
    this.pixels = pixels;
    this.dispatchEvent(new CustomEvent("trigger-change", { detail: pixels }));
  }

  protected override undo(): void {
    const before = this.past.at(-1)!;
    this.past = this.past.slice(0, -1);
    this.tell(before);
  }

  protected override clear(): string {
    this.struck = false;
    this.change([]);
    return "All pixels removed";
  }

  private at([row, column]: GridCell): TriggerPixel | undefined {
    return this.pixels.find((pixel) => pixel.row === row && pixel.column === column);
  }

  private put(cell: GridCell, action: "set" | "remove"): void {
    const here = this.at(cell);
    if (action === "set" ? here?.value === this.value : !here) return;
    const others = this.pixels.filter((pixel) => pixel !== here);
    const [row, column] = cell;
    const next = action === "remove" ? others : [...others, { row, column, value: this.value }];
    if (this.struck) this.tell(next);
    else this.change(next);
    const done = action === "remove" ? "removed" : `is ${this.value}`;
    this.spoken = `row ${row}, column ${column} ${done}`;
  }

  /** What drawing on a cell does: it is set to the value, or taken away where it has that already. */
  private actionAt(cell: GridCell): "set" | "remove" {
    return this.at(cell)?.value === this.value ? "remove" : "set";
  }

  protected override moved(): string {
    const pixel = this.at(this.cursor);
    const [row, column] = this.cursor;
    return `row ${row}, column ${column}${pixel ? `, value ${pixel.value}` : ""}`;
  }

  protected override press(key: string): boolean {
    this.struck = false;
    if (key === " " || key === "Enter") this.put(this.cursor, this.actionAt(this.cursor));
    else if (key === "Delete" || key === "Backspace") this.put(this.cursor, "remove");
    else return false;
    return true;
  }

  protected override begin(x: number, y: number): void {
    this.stroke = this.actionAt(cellAt(x, y));
    this.struck = false;
    this.goOn(x, y);
  }

  protected override goOn(x: number, y: number): void {
    this.cursor = cellAt(x, y);
    const before = this.pixels;
    this.put(this.cursor, this.stroke);
    this.struck ||= this.pixels !== before;
  }
}

function cellAt(x: number, y: number): GridCell {
  return [within(Math.floor(y * SIZE), SIZE), within(Math.floor(x * SIZE), SIZE)];
}

declare global {
  interface HTMLElementTagNameMap {
    "trigger-pad": TriggerPad;
  }
}
