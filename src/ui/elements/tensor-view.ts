/** A tensor's values as a heat map, slice by slice, each of which can be pointed at. */
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TensorView as Tensor } from "../../studies/port.ts";
import { percent } from "../../format.ts";
import { arrows } from "./arrow-keys.ts";
import { rangeOf, rangeText, short } from "./colour-scale.ts";
import { base, controls } from "./styles.ts";
import {
  indexAt,
  leadingShape,
  sliceOf,
  summaryOf,
  type Slice,
  type Summary,
} from "./tensor-slice.ts";
import "./tile-sheet.ts";
import { oneTile } from "./tiles.ts";

/** The largest extent of the map on the page, in pixels. */
const MOST = 260;

/** Fires `point` (the index in every dimension). */
@customElement("tensor-view")
export class TensorView extends LitElement {
  @property({ attribute: false }) tensor: Tensor | null = null;
  /** Names of the dimensions. */
  @property({ attribute: false }) axes: readonly string[] = [];
  @state() private leading: readonly number[] = [];
  @state() private at: { readonly row: number; readonly column: number } | null = null;
  private slice: Slice = { rows: 1, columns: 1, values: new Float32Array(1), count: 1 };
  private summary: Summary = { least: 0, largest: 0, mean: 0, zeros: 0 };

  static override styles = [
    base,
    controls,
    css`
      .facts {
        font-size: 12px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .leading {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        margin: 6px 0;
        min-height: 28px;
      }
      .leading label {
        display: flex;
        align-items: center;
        gap: 6px;
        font-size: 12px;
        color: var(--muted);
      }
      .leading input {
        width: 72px;
        min-height: 26px;
        padding: 1px 6px;
      }
      .map {
        position: relative;
        width: max-content;
        max-width: 100%;
        overflow: hidden;
        border-radius: 4px;
        cursor: crosshair;
        touch-action: none;
      }
      .cursor {
        position: absolute;
        box-shadow:
          0 0 0 1px #000,
          0 0 0 3px #fff;
        pointer-events: none;
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { tensor } = this;
    if (!tensor) return;
    if (changed.has("tensor")) {
      const before = changed.get("tensor");
      if (before?.label !== tensor.label) {
        this.leading = leadingShape(tensor.shape).map(() => 0);
        this.at = null;
      }
      this.summary = summaryOf(tensor.values);
    }
    this.slice = sliceOf(tensor, this.leading);
  }

  /** Pixels of the page for one value. */
  private get cell(): number {
    const { rows, columns } = this.slice;
    return Math.max(1, Math.min(16, Math.floor(MOST / Math.max(rows, columns))));
  }

  override render() {
    const { tensor, slice, summary, cell, at } = this;
    if (!tensor) return nothing;
    const { rows, columns, values } = slice;
    const range = rangeOf(summary.least < 0 ? "diverging" : "sequential", values);

    const leading = leadingShape(tensor.shape);
    return html`
      <p class="facts">
        <b>${tensor.label}</b> [${tensor.shape.join(" × ")}] ${tensor.type} ·
        ${short(summary.least)} to ${short(summary.largest)}, mean ${short(summary.mean)} ·
        ${percent(summary.zeros, 0)} zeros
      </p>
      <div class="leading">
        ${leading.map(
          (extent, d) =>
            html`<label
              >${this.axes[d] ?? `index ${d}`}
              <input
                type="number"
                min="0"
                max=${extent - 1}
                .value=${String(this.leading[d] ?? 0)}
                @input=${(event: Event) => this.lead(d, extent, event)}
              />
              of ${extent}</label
            >`,
        )}
        <span class="facts">shown: ${rangeText(range)}</span>
      </div>
      <div
        class="map"
        role="application"
        tabindex="0"
        aria-label="Values of ${tensor.label}: arrow keys move, ${this.spoken()}"
        @pointermove=${this.move}
        @pointerdown=${this.move}
        @keydown=${this.press}
      >
        <tile-sheet
          .grid=${oneTile(columns, rows, cell)}
          .maps=${{ values, count: 1, height: rows, width: columns }}
          .range=${range}
        ></tile-sheet>
        ${
          at
            ? html`<div
                class="cursor"
                style="left: ${at.column * cell}px; top: ${at.row * cell}px; width: ${cell}px; height: ${cell}px"
              ></div>`
            : nothing
        }
      </div>
    `;
  }

  private spoken(): string {
    const { at, slice } = this;
    if (!at) return "no value chosen";
    const value = slice.values[at.row * slice.columns + at.column];
    return `row ${at.row}, column ${at.column}: ${short(value)}`;
  }

  private lead(dimension: number, extent: number, event: Event): void {
    const wanted = Number((event.target as HTMLInputElement).value);
    const index = Math.max(0, Math.min(extent - 1, Math.round(wanted) || 0));
    this.leading = this.leading.map((one, d) => (d === dimension ? index : one));
    if (this.at) this.point(this.at.row, this.at.column);
  }

  private move(event: PointerEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.point(
      Math.floor((event.clientY - box.top) / this.cell),
      Math.floor((event.clientX - box.left) / this.cell),
    );
  }

  private press(event: KeyboardEvent): void {
    const by = arrows[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const { row, column } = this.at ?? { row: 0, column: -1 };
    this.point(row + by[0], column + by[1]);
  }

  private point(row: number, column: number): void {
    const { slice, tensor } = this;
    const inside = row >= 0 && row < slice.rows && column >= 0 && column < slice.columns;
    if (!tensor || !inside || row * slice.columns + column >= slice.count) return;
    this.at = { row, column };
    // The leading indices may have been changed just now, ahead of the slice.
    const index = indexAt(tensor.shape, this.leading, slice, row, column);
    this.dispatchEvent(new CustomEvent("point", { detail: index }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tensor-view": TensorView;
  }
}
