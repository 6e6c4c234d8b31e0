/** Clean accuracy and attack success against the number of neurons switched off. */
import { line, scaleLinear } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { AblationCurve } from "../../studies/digits/port.ts";
import { count, percent } from "../../format.ts";
import { axes, chartStyles, margin } from "../elements/chart-frame.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base } from "../elements/styles.ts";

type Point = AblationCurve["points"][number];

const series = [
  { name: "clean", title: "clean accuracy", of: (point: Point) => point.cleanAccuracy },
  { name: "attack", title: "attack success", of: (point: Point) => point.attackSuccess },
] as const;

@customElement("ablation-chart")
export class AblationChart extends LitElement {
  @property({ attribute: false }) curve: AblationCurve | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [
    base,
    chartStyles,
    css`
      path {
        fill: none;
        stroke-width: 2.2;
        stroke-linejoin: round;
      }
      .clean path {
        stroke: var(--clean);
      }
      .attack path {
        stroke: var(--attack);
        stroke-dasharray: 7 4;
      }
      .clean circle {
        fill: var(--clean);
      }
      .attack circle {
        fill: var(--attack);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        font-size: 12px;
      }
      .key svg {
        position: static;
        width: 28px;
        height: 10px;
        margin-right: 5px;
      }
    `,
  ];

  override render() {
    return html`<div class="key">
        ${series.map(
          ({ name, title }) =>
            html`<span class=${name}
              ><svg aria-hidden="true"><path d="M0 5H28"></path></svg>${title}</span
            >`,
        )}
        ${this.curve ? html`<span class="muted">on ${count(this.curve.images)} images</span>` : ""}
      </div>
      <div class="canvas">${this.size.width > 0 ? this.renderChart() : nothing}</div>`;
  }

  private renderChart() {
    const { width, height } = this.size;
    const points = this.curve?.points ?? [];
    const last = points.at(-1);
    const x = scaleLinear([0, Math.max(3, last?.n ?? 20)], [margin.left, width - margin.right]);
    const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
    const frame = { width, height, x, y, yTicks: [0, 0.5, 1] };
    const label = last
      ? `Chart: with ${last.n} neurons off, clean accuracy is ${percent(last.cleanAccuracy)}` +
        (last.attackSuccess === null ? "" : `, attack success ${percent(last.attackSuccess)}`)
      : "Chart of clean accuracy and attack success by neurons switched off, empty as yet";
    return html`<svg role="img" aria-label=${label}>
      ${axes({
        ...frame,
        yFormat: (value) => `${100 * value} %`,
        xLabel: "neurons switched off",
        yLabel: "test images",
      })}
      ${series.map(({ name, of }) => {
        const own = points.flatMap((point) => {
          const value = of(point);
          return value === null ? [] : [{ x: x(point.n), y: y(value) }];
        });
        const path = line<{ x: number; y: number }>(
          (point) => point.x,
          (point) => point.y,
        );
        return svg`<g class=${name}>
          <path d=${path(own) ?? ""}></path>
          ${own.map((point) => svg`<circle cx=${point.x} cy=${point.y} r="3"></circle>`)}
        </g>`;
      })}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ablation-chart": AblationChart;
  }
}
