/** What the pads that are drawn on share: pointer and keys, a cursor, undoing, what is spoken, and their looks. */
import { css, html, LitElement, type CSSResultGroup, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { cellBeside, type GridCell } from "./arrow-keys.ts";
import { base, controls } from "./styles.ts";

/**
 * A square of cells beside its tools; what a stroke does is the subclass's. `--pad` is its side on the page.
 * Places are in parts of its width and height.
 */
export abstract class Pad extends LitElement {
  /** Where the keyboard would draw. */
  @state() protected cursor: GridCell = [0, 0];
  @state() private focused = false;
  /** The latest action, for a screen reader. */
  @state() protected spoken = "";
  @query("canvas") protected canvas!: HTMLCanvasElement;
  private drawing = false;

  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: var(--pad) minmax(0, 1fr);
        gap: 12px;
      }
      canvas {
        width: var(--pad);
        height: var(--pad);
        border-radius: 6px;
        background: #000;
        touch-action: none;
        cursor: crosshair;
        display: block;
      }
      .tools {
        display: flex;
        flex-direction: column;
        gap: 6px;
        font-size: 12px;
      }
      .tools div {
        display: flex;
        gap: 6px;
      }
      .tools button {
        flex: 1;
        padding: 3px 6px;
        min-height: 28px;
      }
    `,
  ];

  /** Cells along a side. */
  protected abstract readonly side: number;
  /** Pixels along a side of the canvas. */
  protected abstract readonly resolution: number;
  /** What it is, and what its keys do. */
  protected abstract readonly name: string;
  protected abstract readonly canUndo: boolean;
  protected abstract readonly isEmpty: boolean;

  /** @param buttons to undo and to clear */
  protected abstract renderTools(buttons: TemplateResult): TemplateResult;
  protected abstract begin(x: number, y: number): void;
  protected abstract goOn(x: number, y: number): void;
  /** The cursor has moved. @returns what to say of where it is */
  protected abstract moved(from: GridCell, drawing: boolean): string;
  /** A key other than the arrows. @returns false where it means nothing here */
  protected abstract press(key: string): boolean;
  protected abstract undo(): void;
  /** @returns what to say of it */
  protected abstract clear(): string;
  protected abstract paint(context: CanvasRenderingContext2D): void;

  override render() {
    return html`
      <canvas
        width=${this.resolution}
        height=${this.resolution}
        role="application"
        tabindex="0"
        aria-label=${this.name}
        @focus=${() => (this.focused = true)}
        @blur=${() => (this.focused = false)}
        @keydown=${this.onKey}
        @pointerdown=${this.onDown}
        @pointermove=${this.onMove}
        @pointerup=${this.onUp}
        @pointercancel=${this.onUp}
      ></canvas>
      <div class="tools">
        ${this.renderTools(
          html`<div>
            <button type="button" ?disabled=${!this.canUndo} @click=${this.onUndo}>Undo</button>
            <button
              type="button"
              ?disabled=${this.isEmpty}
              @click=${() => (this.spoken = this.clear())}
            >
              Clear
            </button>
          </div>`,
        )}
        <span class="hidden" aria-live="polite">${this.spoken}</span>
      </div>
    `;
  }

  protected override updated(): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    this.paint(context);
    if (!this.focused) return;
    const cell = this.resolution / this.side;
    const [y, x] = this.cursor.map((n) => n * cell - 2);
    // The dark theme's accent in both themes: the pad's ground is black in both.
    context.strokeStyle = "#8ab6ff";
    context.lineWidth = 3;
    context.strokeRect(x, y, cell + 4, cell + 4);
  }

  private readonly onUndo = () => {
    if (!this.canUndo) return;
    this.undo();
    this.spoken = "Undone";
  };

  private onKey(event: KeyboardEvent): void {
    const next = cellBeside(this.cursor, event.key, this.side);
    if (next) {
      const before = this.cursor;
      this.cursor = next;
      this.spoken = this.moved(before, event.shiftKey);
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) this.onUndo();
    else if (!this.press(event.key)) return;
    event.preventDefault();
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.begin(...this.placeOf(event));
  }

  private onMove(event: PointerEvent): void {
    if (this.drawing) this.goOn(...this.placeOf(event));
  }

  private onUp(): void {
    this.drawing = false;
  }

  private placeOf(event: PointerEvent): [x: number, y: number] {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }
}
