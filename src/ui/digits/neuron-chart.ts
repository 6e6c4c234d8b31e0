/** Every neuron by its mean activation without the trigger and with it: above the diagonal the trigger wakes it. */
import { brush, scaleSqrt, select, type BrushBehavior, type D3BrushEvent } from "d3";
import { css, html, LitElement, nothing, svg, type PropertyValues } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { NeuronId, NeuronReport, NeuronResponse } from "../../studies/digits/port.ts";
import { axes, chartStyles, edges, margin } from "../elements/chart-frame.ts";
import { short } from "../elements/colour-scale.ts";
import { layerMark, layerMarkStyles, markPath } from "./layer-marks.ts";
import { OwnTask } from "../elements/own-task.ts";
import { layersOf, neuronKey, neuronName, sameNeuron } from "./ranking.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base } from "../elements/styles.ts";

/** How near a neuron the pointer must be to mean it, in pixels. */
const NEAR = 14;

/** Fires `brush` (NeuronId[], empty when the brush is lifted) and `select` (NeuronId). */
@customElement("neuron-chart")
export class NeuronChart extends OwnTask(LitElement) {
  @property({ attribute: false }) report: NeuronReport | null = null;
  /** Drawn in the attack's colour. */
  @property({ attribute: false }) chosen: readonly NeuronId[] = [];
  @property({ attribute: false }) selected: NeuronId | null = null;
  @state() private pointed: NeuronResponse | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  @query(".brush") private group!: SVGGElement | null;
  private readonly size = new SizeController(this, () => this.box);
  private readonly brushing: BrushBehavior<unknown> = brush<unknown>();
  private brushed = "";

  static override styles = [
    base,
    chartStyles,
    layerMarkStyles,
    css`
      .diagonal {
        stroke: var(--control);
        stroke-dasharray: 4 4;
      }
      .point {
        fill-opacity: 0.35;
        stroke-width: 1.2;
      }
      .chosen {
        fill: var(--attack);
        stroke: var(--attack);
        fill-opacity: 0.8;
      }
      .ring {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2;
      }
      .pointed {
        stroke: var(--focus);
      }
      .hint {
        fill: var(--attack);
        font-weight: 650;
      }
      .brush .overlay {
        cursor: crosshair;
      }
      .brush .selection {
        fill: var(--attack);
        fill-opacity: 0.12;
        stroke: var(--attack);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        font-size: 12px;
      }
      .key span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .told {
        font-size: 12px;
        line-height: 18px;
        min-height: 18px;
        font-variant-numeric: tabular-nums;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
    `,
  ];

  override render() {
    const layers = this.report ? layersOf(this.report) : [];
    const { pointed } = this;
    return html`
      <div class="key">${layers.map((layer, i) => html`<span>${layerMark(i)}${layer}</span>`)}</div>
      <div class="canvas">${this.report && this.size.drawable ? this.renderChart() : nothing}</div>
      <div class="told ${pointed ? "" : "muted"}">
        ${
          pointed
            ? `${neuronName(pointed)}: clean ${short(pointed.clean)}, triggered ${short(pointed.triggered)}, effect ${short(pointed.effect)}`
            : "Drag a frame around neurons to light them up."
        }
      </div>
    `;
  }

  private get scale() {
    const values = this.report?.neurons.flatMap(({ clean, triggered }) => [clean, triggered]) ?? [];
    const most = Math.max(1e-6, ...values.filter((value) => Number.isFinite(value)));
    const { width, height } = this.size;
    // The root spreads the many quiet neurons out, and the diagonal stays straight.
    const x = scaleSqrt([0, most], [margin.left, width - margin.right]).nice(4);
    const y = scaleSqrt(x.domain(), [height - margin.bottom, margin.top]);
    return { x, y };
  }

  private renderChart() {
    const { report, chosen, selected, pointed } = this;
    if (!report) return nothing;
    const { width, height } = this.size;
    const { x, y } = this.scale;
    const layers = layersOf(report);
    const marked = new Set(chosen.map(neuronKey));
    const place = (neuron: NeuronResponse) =>
      `translate(${x(neuron.clean)} ${y(neuron.triggered)})`;
    const { right, bottom } = edges({ width, height });
    const ticks = x.ticks(5).filter((tick, i, all) => i === 0 || x(tick) - x(all[i - 1]) > 30);
    const known = report.neurons.filter(
      ({ clean, triggered }) => Number.isFinite(clean) && Number.isFinite(triggered),
    );
    // What is chosen lies on top.
    const points = [
      ...known.filter((neuron) => !marked.has(neuronKey(neuron))),
      ...known.filter((neuron) => marked.has(neuronKey(neuron))),
    ];
    const ring = (neuron: NeuronId | null, name: string) => {
      const found = neuron && known.find((one) => sameNeuron(one, neuron));
      return found
        ? svg`<circle class="ring ${name}" transform=${place(found)} r="7"></circle>`
        : nothing;
    };
    return html`<svg
      role="img"
      aria-label="Chart of ${known.length} neurons by mean activation without and with the trigger; the table below holds the same"
      @pointermove=${(event: PointerEvent) => (this.pointed = this.nearest(event))}
      @pointerleave=${() => (this.pointed = null)}
      @click=${(event: PointerEvent) => {
        const neuron = this.nearest(event);
        if (neuron) this.tell("select", { layer: neuron.layer, channel: neuron.channel });
      }}
    >
      ${axes({
        width,
        height,
        x,
        y,
        xTicks: ticks,
        yTicks: ticks,
        xLabel: "mean activation, clean",
        yLabel: "with the trigger",
      })}
      <g aria-hidden="true">
        <line class="diagonal" x1=${margin.left} y1=${bottom} x2=${right} y2=${margin.top}></line>
        <text class="hint" x=${margin.left + 8} y=${margin.top + 12}>the trigger wakes these</text>
        <text x=${right - 4} y=${bottom - 8} text-anchor="end">the trigger silences these</text>
      </g>
      ${points.map(
        (neuron) =>
          svg`<path class="point layer-${layers.indexOf(neuron.layer)} ${marked.has(neuronKey(neuron)) ? "chosen" : ""}" transform=${place(neuron)} d=${markPath(layers.indexOf(neuron.layer), 34)}></path>`,
      )}
      ${ring(selected, "")} ${ring(pointed, "pointed")}
      <g class="brush"></g>
    </svg>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { group } = this;
    if (!group) return;
    const { width, height } = this.size;
    const key = `${width} ${height}`;
    // A brush on other axes would hold other neurons.
    const moved = key !== this.brushed || changed.has("report");
    if (!moved) return;
    this.brushed = key;
    this.brushing
      .extent([
        [margin.left, margin.top],
        [width - margin.right, height - margin.bottom],
      ])
      .on("end", (event: D3BrushEvent<unknown>) => this.onBrush(event));
    const area = select<SVGGElement, unknown>(group);
    area.call(this.brushing);
    // Without a source event this tells nobody.
    this.brushing.move(area, null);
  }

  private onBrush({ selection, sourceEvent }: D3BrushEvent<unknown>): void {
    if (!sourceEvent || !this.report) return;
    if (!selection) {
      this.tell("brush", []);
      return;
    }
    const [[left, top], [right, bottom]] = selection as [[number, number], [number, number]];
    const { x, y } = this.scale;
    const inside = this.report.neurons.filter(({ clean, triggered }) => {
      const [px, py] = [x(clean), y(triggered)];
      return px >= left && px <= right && py >= top && py <= bottom;
    });
    this.tell(
      "brush",
      inside.map(({ layer, channel }) => ({ layer, channel })),
    );
  }

  private nearest(event: PointerEvent): NeuronResponse | null {
    if (!this.box || !this.report) return null;
    const { left, top } = this.box.getBoundingClientRect();
    const { x, y } = this.scale;
    let best: NeuronResponse | null = null;
    let least = NEAR;
    for (const neuron of this.report.neurons) {
      const distance = Math.hypot(
        x(neuron.clean) - event.clientX + left,
        y(neuron.triggered) - event.clientY + top,
      );
      if (distance < least) [best, least] = [neuron, distance];
    }
    return best;
  }

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "neuron-chart": NeuronChart;
  }
}
