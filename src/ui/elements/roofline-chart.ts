/** The roofline: how near each kernel comes to what the adapter can compute, or move, at its best. */
import { scaleLog } from "d3";
import { css, html, LitElement, nothing, svg } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Profile } from "../../gpu/profile.ts";
import { fileStem } from "./chart-export.ts";
import { axes, chartStyles, edges, exportMenu, margin } from "./chart-frame.ts";
import { short } from "./colour-scale.ts";
import { passColours } from "./pass-colours.ts";
import { SizeController } from "./size-controller.ts";
import { base } from "./styles.ts";

/** Fires `point` with a kernel's label, or null when the pointer leaves it. */
@customElement("roofline-chart")
export class RooflineChart extends LitElement {
  @property({ attribute: false }) profile: Profile | null = null;
  /** Whose kernels they are, for the names of files. */
  @property() study = "";
  /** The kernel that is pointed at, here or in the table. */
  @property({ attribute: false }) pointed: string | null = null;
  @query(".canvas") private canvas!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.canvas);

  static override styles = [
    base,
    chartStyles,
    passColours,
    css`
      header {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
        gap: 8px;
      }
      .roof {
        fill: none;
        stroke: var(--ink);
        stroke-width: 1.5;
      }
      circle {
        stroke: var(--panel);
        fill: var(--pass);
      }
      .pointed circle {
        stroke: var(--ink);
        stroke-width: 3;
      }
      .name {
        fill: var(--ink);
        font-weight: 650;
      }
    `,
  ];

  override render() {
    const { profile } = this;
    if (!profile) return nothing;
    return html`<header>
        <h2>Roofline</h2>
        ${exportMenu(this, "Roofline", fileStem(this.study, "roofline", null))}
      </header>
      <div class="canvas">${this.size.drawable ? this.draw(profile) : nothing}</div>`;
  }

  private draw({ kernels, ceilings }: Profile) {
    const { width, height } = this.size;
    const shown = kernels.filter(({ flops }) => flops > 0);
    const ridge = ceilings.gflops / ceilings.gigabytesPerSecond;
    const intensities = [...shown.map(({ intensity }) => intensity), ridge];
    const speeds = [...shown.map(({ gflops }) => gflops), ceilings.gflops];
    const around = (values: number[]) => [Math.min(...values) / 2, Math.max(...values) * 2];
    const { right, bottom } = edges({ width, height });
    const x = scaleLog(around(intensities), [margin.left, right]);
    const y = scaleLog(around(speeds), [bottom, margin.top]);
    const [least, most] = x.domain();
    // Bandwidth limits on the left of the ridge, arithmetic on the right.
    const roof = [
      [least, least * ceilings.gigabytesPerSecond],
      [ridge, ceilings.gflops],
      [most, ceilings.gflops],
    ].map(([at, speed]) => `${x(at)},${Math.min(bottom, y(speed))}`);
    const powers = (scale: typeof x) =>
      scale.ticks().filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(6))));
    return html`<svg role="img" aria-label="Roofline of ${shown.length} kernels">
      ${axes({
        width,
        height,
        x,
        y,
        xTicks: powers(x),
        yTicks: powers(y),
        xLabel: "operations a byte",
        yLabel: "GFLOP/s",
      })}
      <polyline class="roof" points=${roof.join(" ")}></polyline>
      <text x=${right} y=${y(ceilings.gflops) - 6} text-anchor="end">
        ${short(ceilings.gflops)} GFLOP/s
      </text>
      <text x=${x(least) + 6} y=${Math.min(bottom, y(least * ceilings.gigabytesPerSecond)) - 10}>
        ${short(ceilings.gigabytesPerSecond)} GB/s
      </text>
      ${shown.map((kernel) => {
        const pointed = kernel.label === this.pointed;
        const at = [x(kernel.intensity), y(kernel.gflops)];
        return svg`<g class="pass-${kernel.pass} ${pointed ? "pointed" : ""}"
          @pointerenter=${() => this.point(kernel.label)}
          @pointerleave=${() => this.point(null)}>
          <circle cx=${at[0]} cy=${at[1]} r="6"><title>${kernel.label}</title></circle>
          ${
            pointed
              ? svg`<text class="name" x=${at[0] > width / 2 ? at[0] - 10 : at[0] + 10} y=${at[1] - 8}
                text-anchor=${at[0] > width / 2 ? "end" : "start"}>${kernel.label}</text>`
              : nothing
          }
        </g>`;
      })}
    </svg>`;
  }

  private point(label: string | null): void {
    this.dispatchEvent(new CustomEvent("point", { detail: label }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "roofline-chart": RooflineChart;
  }
}
