/** A pad of 28 x 28 pixels to see or draw a trigger on, by pointer or keyboard. */
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";
import { arrows, padStyles, placeOn } from "../elements/pad.ts";
import { PAD_SIZE, paintPad } from "./paint.ts";
import { base, controls } from "../elements/styles.ts";

/** The nearest row or column that exists. */
function inside(n: number): number {
  return Math.min(SIZE - 1, Math.max(0, n));
}

/** Fires `trigger-change` with the new pixels as its detail. */
@customElement("trigger-pad")
export class TriggerPad extends LitElement {
  @property({ attribute: false }) pixels: readonly TriggerPixel[] = [];
  /** A digit shown dimly behind, [28, 28]. */
  @property({ attribute: false }) backdrop: Uint8Array | null = null;
  @property({ type: Boolean }) disabled = false;
  @state() private value = 255;
  @state() private cursor: readonly [row: number, column: number] = [26, 26];
  @state() private focused = false;
  @state() private spoken = "";
  @state() private past: (readonly TriggerPixel[])[] = [];
  /** What the stroke under way does: set pixels, or remove them. */
  private stroke: "set" | "remove" | null = null;
  @query("canvas") private canvas!: HTMLCanvasElement;

  static override styles = [
    base,
    controls,
    padStyles,
    css`
      :host {
        --pad: 156px;
      }
      output {
        font-variant-numeric: tabular-nums;
        float: right;
      }
      p {
        font-size: 12px;
        line-height: 1.35;
      }
    `,
  ];

  override render() {
    const { disabled, past, pixels } = this;
    return html`
      <canvas
        width=${PAD_SIZE}
        height=${PAD_SIZE}
        role="application"
        tabindex=${disabled ? -1 : 0}
        aria-label="Trigger pad, 28 by 28 pixels, ${pixels.length} set. Arrow keys move, space sets or removes a pixel."
        aria-disabled=${disabled}
        @focus=${() => (this.focused = true)}
        @blur=${() => (this.focused = false)}
        @keydown=${this.onKey}
        @pointerdown=${this.onDown}
        @pointermove=${this.onMove}
        @pointerup=${this.onUp}
        @pointercancel=${this.onUp}
      ></canvas>
      <div class="tools">
        <label
          >Pixel value <output>${this.value}</output>
          <input
            type="range"
            min="0"
            max="255"
            .value=${String(this.value)}
            ?disabled=${disabled}
            @input=${(e: Event) => (this.value = Number((e.target as HTMLInputElement).value))}
          />
        </label>
        <div>
          <button type="button" ?disabled=${disabled || past.length === 0} @click=${this.undo}>
            Undo
          </button>
          <button
            type="button"
            ?disabled=${disabled || pixels.length === 0}
            @click=${() => this.change([], "All pixels removed")}
          >
            Clear
          </button>
        </div>
        <p class="muted">Draw on the digit. Keys: arrows, space, Ctrl Z.</p>
        <span class="hidden" aria-live="polite">${this.spoken}</span>
      </div>
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another trigger was chosen: strokes on the one before are not its history.
    if (changed.has("pixels") && this.pixels !== this.own) this.past = [];
  }

  protected override updated(): void {
    const cursor = this.focused ? this.cursor : null;
    paintPad(this.canvas, { pixels: this.pixels, backdrop: this.backdrop, cursor });
  }

  /** The pixels that this pad itself made last. */
  private own: readonly TriggerPixel[] | null = null;

  private change(pixels: readonly TriggerPixel[], spoken: string): void {
    this.past = [...this.past.slice(-199), this.pixels];
    this.tell(pixels, spoken);
  }

  private tell(pixels: readonly TriggerPixel[], spoken: string): void {
    this.own = pixels;
    this.pixels = pixels;
    this.spoken = spoken;
    this.dispatchEvent(new CustomEvent("trigger-change", { detail: pixels }));
  }

  private undo(): void {
    const before = this.past.at(-1);
    if (!before) return;
    this.past = this.past.slice(0, -1);
    this.tell(before, "Undone");
  }

  private at(row: number, column: number): TriggerPixel | undefined {
    return this.pixels.find((pixel) => pixel.row === row && pixel.column === column);
  }

  private put(row: number, column: number, action: "set" | "remove"): void {
    const here = this.at(row, column);
    if (action === "set" ? here?.value === this.value : !here) return;
    const others = this.pixels.filter((pixel) => pixel !== here);
    const place = `row ${row}, column ${column}`;
    if (action === "remove") this.change(others, `${place} removed`);
    else this.change([...others, { row, column, value: this.value }], `${place} is ${this.value}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (this.disabled) return;
    const [row, column] = this.cursor;
    const step = arrows[event.key];
    if (step) {
      this.cursor = [inside(row + step[0]), inside(column + step[1])];
      const pixel = this.at(...this.cursor);
      this.spoken = `row ${this.cursor[0]}, column ${this.cursor[1]}${pixel ? `, value ${pixel.value}` : ""}`;
    } else if (event.key === " " || event.key === "Enter") {
      this.put(row, column, this.at(row, column)?.value === this.value ? "remove" : "set");
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.put(row, column, "remove");
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      this.undo();
    } else return;
    event.preventDefault();
  }

  private onDown(event: PointerEvent): void {
    if (this.disabled || event.button !== 0) return;
    const [row, column] = this.placeOf(event);
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = this.at(row, column)?.value === this.value ? "remove" : "set";
    this.onMove(event);
  }

  private onMove(event: PointerEvent): void {
    if (!this.stroke) return;
    this.cursor = this.placeOf(event);
    this.put(...this.cursor, this.stroke);
  }

  private onUp(): void {
    this.stroke = null;
  }

  private placeOf(event: PointerEvent): readonly [number, number] {
    const [x, y] = placeOn(this.canvas, event);
    return [inside(Math.floor(y * SIZE)), inside(Math.floor(x * SIZE))];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "trigger-pad": TriggerPad;
  }
}
