/** A detector's curves: its four losses, and the average precision of each class on unseen scenes. */
import { area, format, line, range, scaleLinear, scaleLog } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { SignHistory } from "../../studies/signs/port.ts";
import { percent } from "../../format.ts";
import { lossNames } from "../../layers/detector-loss.ts";
import { axes, chartStyles, exportMenu, margin } from "../elements/chart-frame.ts";
import { epochMark } from "../elements/icons.ts";
import { OwnTask } from "../elements/own-task.ts";
import { signColours } from "./sign-colours.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base, panel } from "../elements/styles.ts";

const tickFormat = format("~g");

const legend = css`
  header {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 2px 12px;
    align-items: baseline;
  }
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    margin: 4px 0;
    padding: 0;
    list-style: none;
    font-size: 12px;
  }
  li {
    display: flex;
    align-items: center;
    gap: 6px;
    font-variant-numeric: tabular-nums;
  }
  li svg {
    position: static;
    width: 26px;
    height: 10px;
    flex: none;
  }
  .curve {
    fill: none;
    stroke: var(--class);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .dash-1 {
    stroke-dasharray: 7 3;
  }
  .dash-2 {
    stroke-dasharray: 2 3;
  }
  .dash-3 {
    stroke-dasharray: 8 3 2 3;
  }
  .dash-4 {
    stroke-dasharray: 4 2;
  }
  .band {
    fill: var(--class);
    opacity: 0.14;
  }
  .epoch {
    fill: var(--class);
    stroke: var(--panel);
    stroke-width: 1.5;
  }
`;

/** A line's name with a piece of it; nobody needs the colours to tell lines apart. */
const key = (i: number, text: string) =>
  html`<li class="class-${i}">
    <svg aria-hidden="true"><path class="curve dash-${i}" d="M0 5H26"></path></svg>${text}
  </li>`;

@customElement("sign-loss-chart")
export class SignLossChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: SignHistory | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [base, panel, chartStyles, signColours, legend];

  override render() {
    const { history } = this;
    return html`
      <header>
        <h2>Losses on the training pictures</h2>
        ${exportMenu(this, "Losses on the training pictures", "losses", history?.step, "signs")}
      </header>
      <ul>
        ${lossNames.map((name, i) => {
          const last = history?.losses[i].smooth.at(-1);
          return key(i, last === undefined ? name : `${name} ${last.toFixed(3)}`);
        })}
      </ul>
      <div class="canvas">${this.size.width > 0 ? this.renderChart() : nothing}</div>
    `;
  }

  private renderChart() {
    const { history } = this;
    const { width, height } = this.size;
    const all = history?.losses ?? [];
    const ends = all.flatMap(({ smooth }) => [...smooth]).filter((value) => value > 0);
    const least = Math.min(0.09, ...ends);
    const most = Math.max(1.5, ...ends);
    const domain = [10 ** Math.floor(Math.log10(Math.max(1e-5, least))), most <= 2 ? 2 : 10];
    const x = scaleLinear([0, history?.iterations ?? 1000], [margin.left, width - margin.right]);
    const y = scaleLog(domain, [height - margin.bottom, margin.top]).clamp(true);
    const yTicks = range(Math.round(Math.log10(domain[0])), Math.log10(domain[1]) + 0.01).map(
      (power) => 10 ** power,
    );
    return html`<svg role="img" aria-label="Chart of the four losses by step">
      ${axes({ width, height, x, y, yTicks, yFormat: tickFormat, xLabel: "step", yLabel: "loss (log scale)" })}
      ${all.map(({ low, high, smooth, stepsPerBin, steps }, i) => {
        const end = (bin: number) => x(Math.min(steps, (bin + 1) * stepsPerBin));
        const bins = Array.from(smooth, (_, bin) => bin);
        const band = area<number>(
          end,
          (bin) => y(low[bin]),
          (bin) => y(high[bin]),
        );
        const mean = line<number>(end, (bin) => y(smooth[bin]));
        return svg`<g class="class-${i}">
          <path class="band" d=${band(bins) ?? ""}></path>
          <path class="curve dash-${i}" d=${mean(bins) ?? ""}></path>
        </g>`;
      })}
      ${svg`<text class="export-only" x="0" y="-10">${lossNames.join(" · ")}</text>`}
    </svg>`;
  }
}

@customElement("sign-score-chart")
export class SignScoreChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: SignHistory | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [base, panel, chartStyles, signColours, legend];

  override render() {
    const { history, classes } = this;
    const last = history?.points.at(-1);
    return html`
      <header>
        <h2>Average precision on unseen scenes</h2>
        ${exportMenu(this, "Average precision on unseen scenes", "precision", history?.step, "signs")}
      </header>
      <ul>
        ${classes.map((name, i) => {
          const value = last?.classes[i].averagePrecision ?? null;
          return key(i, value === null ? name : `${name} ${percent(value)}`);
        })}
      </ul>
      <div class="canvas">${this.size.width > 0 ? this.renderChart() : nothing}</div>
    `;
  }

  private renderChart() {
    const { history, classes } = this;
    const { width, height } = this.size;
    const x = scaleLinear([0, history?.iterations ?? 1000], [margin.left, width - margin.right]);
    const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
    const frame = { width, height, x, y, yTicks: [0, 0.25, 0.5, 0.75, 1] };
    const points = history?.points ?? [];
    return html`<svg role="img" aria-label="Chart of average precision by step and class">
      ${axes({ ...frame, yFormat: (v) => `${100 * v} %`, xLabel: "step", yLabel: "average precision" })}
      ${classes.map((_, i) => {
        const own = points.flatMap(({ step, classes: scores }) => {
          const value = scores[i].averagePrecision;
          return value === null ? [] : [{ x: x(step), y: y(value) }];
        });
        const path = line<{ x: number; y: number }>(
          (point) => point.x,
          (point) => point.y,
        );
        return svg`<g class="class-${i}">
          <path class="curve dash-${i}" d=${path(own) ?? ""}></path>
          ${own.map((point) => epochMark(point.x, point.y))}
        </g>`;
      })}
      ${svg`<text class="export-only" x="0" y="-10">${classes.join(" · ")}</text>`}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-loss-chart": SignLossChart;
    "sign-score-chart": SignScoreChart;
  }
}
