/** Clean accuracy and attack success as they grow side by side. */
import { line, scaleLinear } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { definitions } from "../../backdoor/measure.ts";
import type { CurvePoint, RunView } from "../../studies/digits/port.ts";
import { axes, chartStyles, exportMenu, margin } from "../elements/chart-frame.ts";
import { percent } from "../../format.ts";
import "../elements/help-tip.ts";
import { epochMark, probeMark } from "../elements/icons.ts";
import { OwnTask } from "../elements/own-task.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base, panel } from "../elements/styles.ts";

interface Series {
  readonly name: "clean" | "attack";
  readonly title: string;
  readonly topic: string;
  readonly help: string;
  readonly of: (point: CurvePoint) => number | null;
}

const series: readonly Series[] = [
  {
    name: "clean",
    title: "Clean accuracy",
    topic: "clean accuracy",
    help: definitions.cleanAccuracy,
    of: (point) => point.cleanAccuracy,
  },
  {
    name: "attack",
    title: "Attack success",
    topic: "attack success",
    help: definitions.attackSuccess,
    of: (point) => point.attackSuccess,
  },
];

@customElement("success-chart")
export class SuccessChart extends OwnTask(LitElement) {
  @property({ attribute: false }) run: RunView | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [
    base,
    panel,
    chartStyles,
    css`
      header {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .key {
        display: flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        font-weight: 650;
      }
      .key svg {
        position: static;
        width: 34px;
        height: 12px;
        flex: none;
      }
      .value {
        font-size: 26px;
        line-height: 1.1;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
      }
      .clean .value {
        color: var(--clean);
      }
      .attack .value {
        color: var(--attack);
      }
      .curve {
        fill: none;
        stroke-width: 2.2;
        stroke-linejoin: round;
      }
      .clean .curve {
        stroke: var(--clean);
      }
      .attack .curve {
        stroke: var(--attack);
        stroke-dasharray: 7 4;
      }
      .epoch {
        stroke: var(--panel);
        stroke-width: 1.5;
      }
      .clean .epoch {
        fill: var(--clean);
      }
      .attack .epoch {
        fill: var(--attack);
      }
      .probe {
        fill: var(--panel);
        stroke-width: 1.3;
      }
      .clean .probe {
        stroke: var(--clean);
      }
      .attack .probe {
        stroke: var(--attack);
      }
      footer {
        display: flex;
        gap: 14px;
        justify-content: flex-end;
        font-size: 12px;
        color: var(--muted);
      }
      footer svg {
        position: static;
        width: 14px;
        height: 14px;
        vertical-align: -2px;
      }
      footer .epoch {
        fill: var(--muted);
      }
      footer .probe {
        stroke: var(--muted);
      }
    `,
  ];

  override render() {
    const points = this.run?.points ?? [];
    return html`
      <header>
        ${series.map((one) => {
          const latest = points.findLast((point) => one.of(point) !== null);
          const value = latest && one.of(latest);
          return html`<div class=${one.name}>
            <div class="key">
              <svg aria-hidden="true">
                <path class="curve" d="M0 6H34"></path>
                ${epochMark(17, 6)}
              </svg>
              ${one.title}<help-tip topic=${one.topic} text=${one.help}></help-tip>
            </div>
            <div class="value" id=${one.name}>
              ${typeof value === "number" ? percent(value) : "–"}
            </div>
          </div>`;
        })}
      </header>
      <div class="canvas">${this.size.width > 0 ? this.renderChart(points) : nothing}</div>
      <footer>
        <span
          ><svg aria-hidden="true">${epochMark(7, 7)}</svg> whole test set, at an epoch's end</span
        >
        <span><svg aria-hidden="true">${probeMark(7, 7)}</svg> a sample of it, in between</span>
        ${exportMenu(this, "Clean accuracy and attack success", "success", this.run?.step)}
      </footer>
    `;
  }

  private renderChart(points: readonly CurvePoint[]) {
    const { width, height } = this.size;
    const { run } = this;
    const x = scaleLinear(
      [0, run ? run.totalSteps / run.stepsPerEpoch : 3],
      [margin.left, width - margin.right],
    );
    const y = scaleLinear([0, 1], [height - margin.bottom, margin.top]);
    const frame = { width, height, x, y, yTicks: [0, 0.25, 0.5, 0.75, 1] };
    const last = points.at(-1);
    return html`<svg
      role="img"
      aria-label=${
        last
          ? `Chart by epoch; clean accuracy is ${percent(last.cleanAccuracy)}` +
            (last.attackSuccess === null ? "" : `, attack success ${percent(last.attackSuccess)}`)
          : "Chart of clean accuracy and attack success by epoch, empty as yet"
      }
    >
      ${axes({ ...frame, yFormat: (v) => `${100 * v} %`, xLabel: "epoch", yLabel: "test images" })}
      ${series.map((one) => {
        const own = points.flatMap((point) => {
          const value = one.of(point);
          return value === null ? [] : [{ kind: point.kind, x: x(point.epoch), y: y(value) }];
        });
        const path = line<{ x: number; y: number }>(
          (point) => point.x,
          (point) => point.y,
        );
        return svg`<g class=${one.name}>
          <path class="curve" d=${path(own) ?? ""}></path>
          ${own.map((p) => (p.kind === "epoch" ? epochMark(p.x, p.y) : probeMark(p.x, p.y)))}
        </g>`;
      })}
      ${svg`<g class="export-only">
        ${series.map(
          (one, i) => svg`<g class=${one.name} transform="translate(${150 * i} -14)">
            <path class="curve" d="M0 0H34"></path>
            ${epochMark(17, 0)}
            <text x="42" dy="0.32em">${one.title}</text>
          </g>`,
        )}
      </g>`}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "success-chart": SuccessChart;
  }
}
