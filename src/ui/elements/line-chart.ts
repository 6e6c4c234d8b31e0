/** Series of figures as lines against two axes: named above, read off under the pointer, taken away as files. */
import { least, range, scaleLinear, scaleLog } from "d3";
import { css, html, LitElement, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { axes, chartStyles, edges, exportMenu, margin, type Frame } from "./chart-frame.ts";
import { epochTicks } from "./epoch-ticks.ts";
import "./help-tip.ts";
import { mark } from "./icons.ts";
import { drawSeries, fileKey, lineStyles, piece, type Point, type Series } from "./line-drawing.ts";
import { SizeController } from "./size-controller.ts";
import { base } from "./styles.ts";

export type { Point, Series } from "./line-drawing.ts";

/** The axis across: from zero on. */
export interface XAxis {
  readonly label: string;
  readonly end: number;
}

/** The axis upwards. */
export interface YAxis {
  readonly label: string;
  /** "log" has a tick at each power of ten, and what lies outside is drawn at the edge. */
  readonly scale: "linear" | "log";
  readonly domain: readonly [least: number, most: number];
  /** On a linear scale. */
  readonly ticks?: readonly number[];
  /** Of its ticks. */
  readonly format: (value: number) => string;
  /** Of values that are read off. */
  readonly read: (value: number) => string;
}

/** A value that the lines are held against. */
export interface Reference {
  readonly name: string;
  readonly y: number;
}

@customElement("line-chart")
export class LineChart extends LitElement {
  /** What it shows, above it and in its files. */
  @property() heading = "";
  /** What the drawing says, for those who do not see it. */
  @property() label = "";
  /** What else there is to know. */
  @property({ attribute: false }) note: string | TemplateResult = "";
  /** The series' values stand large above the drawing, in place of the heading. */
  @property({ type: Boolean }) large = false;
  @property({ attribute: false }) x: XAxis = { label: "", end: 1 };
  @property({ attribute: false }) y: YAxis = {
    label: "",
    scale: "linear",
    domain: [0, 1],
    format: String,
    read: String,
  };
  @property({ attribute: false }) series: readonly Series[] = [];
  @property({ attribute: false }) references: readonly Reference[] = [];
  /** Of its files' names, see `fileStem`; empty: it cannot be taken away. */
  @property() stem = "";
  /** The figures as a file, where there is one. */
  @property({ attribute: false }) csv: (() => string) | null = null;
  /** The x under the pointer at which there are points. */
  @state() private pointed: number | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [
    base,
    chartStyles,
    lineStyles,
    css`
      :host {
        height: 100%;
      }
      header,
      ul {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 14px;
      }
      header {
        gap: 8px;
      }
      h2,
      .large {
        flex: 1;
      }
      ul,
      footer {
        margin: 2px 0 4px;
        font-size: 12px;
      }
      ul {
        padding: 0;
        list-style: none;
      }
      li,
      .name {
        display: flex;
        align-items: center;
        gap: 5px;
        font-variant-numeric: tabular-nums;
      }
      li svg {
        width: 26px;
        height: 12px;
        flex: none;
      }
      .note svg {
        width: 14px;
        height: 14px;
        vertical-align: -2px;
        --colour: var(--muted);
      }
      .large {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: 1fr;
        margin: 0;
      }
      .large li {
        display: block;
      }
      .large .name {
        font-size: 13px;
        font-weight: 650;
      }
      .large .value {
        font-size: 26px;
        line-height: 1.1;
        font-weight: 650;
        color: var(--colour);
      }
      .reference {
        stroke: var(--muted);
        stroke-dasharray: 1 3;
      }
      .rule {
        stroke: var(--control);
      }
      .read {
        position: absolute;
        top: ${margin.top}px;
        padding: 4px 8px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--panel);
        box-shadow: var(--shadow);
        font-size: 12px;
        line-height: 1.4;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        pointer-events: none;
      }
      .read i {
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-right: 6px;
        border-radius: 50%;
        background: var(--colour);
      }
    `,
  ];

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Another run's points lie elsewhere.
    const { pointed } = this;
    if (pointed !== null && changed.has("series") && !this.xs().includes(pointed)) {
      this.pointed = null;
    }
  }

  override render() {
    const { large, heading, note } = this;
    const menu = this.stem ? exportMenu(this, heading, this.stem, this.csv) : nothing;
    const said = note ? html`<span class="note muted">${note}</span>` : nothing;
    return html`
      <header>
        ${large ? this.renderKey() : html`<h2>${heading}</h2>`}<slot name="actions"></slot>${menu}
      </header>
      ${large ? nothing : this.renderKey(said)}
      <div
        class="canvas"
        @pointermove=${(event: PointerEvent) => (this.pointed = this.nearest(event))}
        @pointerleave=${() => (this.pointed = null)}
      >
        ${this.size.drawable ? this.renderDrawing(this.frame()) : nothing}
      </div>
      ${large ? html`<footer>${said}</footer>` : nothing}
    `;
  }

  /** A single series is what the heading says. */
  private renderKey(note: unknown = nothing) {
    const { series, large } = this;
    const named = large || series.length > 1 ? series : [];
    return html`<ul class=${large ? "large" : ""}>
      ${named.map(
        (one, i) =>
          html`<li data-series=${one.name} style="--colour: ${one.colour}">
            <span class="name"
              ><svg aria-hidden="true">${piece(one, i, 6)}</svg>${one.name}${
                one.help
                  ? html`<help-tip topic=${one.name.toLowerCase()} text=${one.help}></help-tip>`
                  : nothing
              }</span
            >
            <span class="value">${one.value ?? (large ? "–" : nothing)}</span>
          </li>`,
      )}
      ${note === nothing ? nothing : html`<li>${note}</li>`}
    </ul>`;
  }

  private frame(): Frame {
    const { width, height } = this.size;
    const { end, label: xLabel } = this.x;
    const { scale, domain, ticks = [], format: yFormat, label: yLabel } = this.y;
    const { right, bottom } = edges({ width, height });
    const x = scaleLinear([0, end], [margin.left, right]);
    const upwards = [bottom, margin.top];
    const powers = domain.map((value) => Math.log10(value));
    const [y, yTicks] =
      scale === "log"
        ? ([
            scaleLog(domain, upwards).clamp(true),
            range(Math.round(powers[0]), powers[1] + 0.01).map((power) => 10 ** power),
          ] as const)
        : ([scaleLinear(domain, upwards), ticks] as const);
    // Whole numbers only, unless there are hardly any.
    const xTicks = end > 2 ? epochTicks(end, width, 70) : x.ticks(Math.max(2, width / 70));
    return { width, height, x, y, xTicks, yTicks, yFormat, xLabel, yLabel };
  }

  private renderDrawing(frame: Frame) {
    const { series, note } = this;
    return html`<svg
        class=${series.length === 1 ? "alone" : ""}
        role="img"
        aria-label=${this.label}
      >
        ${axes(frame)} ${this.references.map((one) => drawReference(one, frame))}
        ${series.map((one, i) => drawSeries(one, i, frame))}
        ${
          series.length > 1
            ? fileKey(series, frame)
            : svg`<text class="export-only" x="0" y="-10">${note}</text>`
        }
        ${this.pointed === null ? nothing : this.renderRule(this.pointed, frame)}
      </svg>
      ${this.pointed === null ? nothing : this.renderReading(this.pointed, frame)}`;
  }

  private renderRule(at: number, frame: Frame) {
    const { x, y } = frame;
    return svg`<line class="rule" x1=${x(at)} x2=${x(at)} y1=${margin.top} y2=${edges(frame).bottom}></line>
      ${this.at(at).map(
        ({ one, point }) =>
          svg`<g style="--colour: ${one.colour}">${mark("dot", x(point.x), y(point.y))}</g>`,
      )}`;
  }

  private renderReading(at: number, { x, width }: Frame) {
    const left = x(at) < width / 2;
    const side = left ? `left: ${x(at) + 12}px` : `right: ${width - x(at) + 12}px`;
    return html`<div class="read" style=${side} aria-hidden="true">
      ${this.x.label} ${Number(at.toFixed(2))}
      ${this.at(at).map(
        ({ one, point }) =>
          html`<div style="--colour: ${one.colour}">
            <i></i>${one.name} ${this.y.read(point.y)}
          </div>`,
      )}
    </div>`;
  }

  /** The points that stand above each other at an x. */
  private at(x: number): { one: Series; point: Point }[] {
    return this.series.flatMap((one) => {
      const point = one.points.find((candidate) => candidate.x === x);
      return point ? [{ one, point }] : [];
    });
  }

  private xs(): number[] {
    return this.series.flatMap(({ points }) => points.map(({ x }) => x));
  }

  private nearest(event: PointerEvent): number | null {
    const from = event.clientX - this.box!.getBoundingClientRect().left;
    const { x } = this.frame();
    return least(this.xs(), (at) => Math.abs(x(at) - from)) ?? null;
  }
}

function drawReference({ name, y: at }: Reference, frame: Frame) {
  const { right } = edges(frame);
  const y = frame.y(at);
  return svg`<line class="reference" x1=${margin.left} x2=${right} y1=${y} y2=${y}></line>
    <text x=${right} y=${y - 4} text-anchor="end">${name}</text>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "line-chart": LineChart;
  }
}
