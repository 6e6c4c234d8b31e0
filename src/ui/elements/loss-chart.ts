/** The training loss: every step faintly, the running mean clearly, on a logarithmic scale. */
import { area, format, line, range, scaleLinear, scaleLog } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { RunView } from "../../studies/digits/port.ts";
import { axes, chartStyles, exportMenu, margin } from "./chart-frame.ts";
import { OwnTask } from "./own-task.ts";
import { SizeController } from "./size-controller.ts";
import { base, panel } from "./styles.ts";

const tickFormat = format("~g");

@customElement("loss-chart")
export class LossChart extends OwnTask(LitElement) {
  @property({ attribute: false }) run: RunView | null = null;
  @query(".canvas") private box!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.box);

  static override styles = [
    base,
    panel,
    chartStyles,
    css`
      header {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        align-items: baseline;
      }
      header span {
        font-size: 12px;
      }
      .raw {
        fill: var(--muted);
        /* Where a bin is one step, the band has no height of its own. */
        stroke: var(--muted);
        opacity: 0.3;
      }
      .smooth {
        fill: none;
        stroke: var(--ink);
        stroke-width: 2;
        stroke-linejoin: round;
      }
    `,
  ];

  override render() {
    return html`
      <header>
        <h2>Loss on the training images</h2>
        <span class="muted">line: running mean · band: every step</span>
        ${exportMenu(this, "Loss on the training images", "loss", this.run?.step)}
      </header>
      <div class="canvas">${this.size.width > 0 ? this.renderChart() : nothing}</div>
    `;
  }

  private renderChart() {
    const { run } = this;
    const { width, height } = this.size;
    const epochs = run ? run.totalSteps / run.stepsPerEpoch : 3;
    const { low, high, smooth, stepsPerBin, steps } = run?.loss ?? {
      low: new Float32Array(0),
      high: new Float32Array(0),
      smooth: new Float32Array(0),
      stepsPerBin: 1,
      steps: 0,
    };
    // Whole decades around the running mean: the scale changes rarely, and single steps may leave it.
    const least = smooth.reduce((a, b) => Math.min(a, b), 0.09);
    const most = smooth.reduce((a, b) => Math.max(a, b), 2.5);
    const domain = [
      Math.max(1e-8, 10 ** Math.floor(Math.log10(Math.max(least, 1e-8)))),
      most <= 4 ? 4 : 10 ** Math.ceil(Math.log10(most)),
    ];
    const x = scaleLinear([0, epochs], [margin.left, width - margin.right]);
    const y = scaleLog(domain, [height - margin.bottom, margin.top]).clamp(true);
    const yTicks = range(Math.round(Math.log10(domain[0])), Math.log10(domain[1]) + 0.01).map(
      (power) => 10 ** power,
    );
    const perEpoch = run?.stepsPerEpoch ?? 1;
    const end = (bin: number) => x(Math.min(steps, (bin + 1) * stepsPerBin) / perEpoch);
    const bins = Array.from(smooth, (_, bin) => bin);
    const raw = area<number>(
      end,
      (i) => y(low[i]),
      (i) => y(high[i]),
    );
    const mean = line<number>(end, (i) => y(smooth[i]));
    const last = smooth.at(-1);
    const frame = { width, height, x, y, yTicks, yFormat: tickFormat };
    return html`<svg
      role="img"
      aria-label=${
        last === undefined
          ? "Chart of the loss by epoch, empty as yet"
          : `Chart of the loss by epoch; the running mean is ${last.toFixed(4)} after step ${steps}`
      }
    >
      ${axes({ ...frame, xLabel: "epoch", yLabel: "loss (log scale)" })}
      ${svg`<path class="raw" d=${raw(bins) ?? ""}></path>
        <path class="smooth" d=${mean(bins) ?? ""}></path>
        <text class="export-only" x="0" y="-10">line: running mean · band: every step</text>`}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "loss-chart": LossChart;
  }
}
