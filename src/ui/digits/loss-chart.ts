/** The training loss: every step faintly, the running mean clearly, on a logarithmic scale. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { RunView } from "../../studies/digits/port.ts";
import { lossAxis, lossPoints } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";
import { epochAxis } from "./epoch-axis.ts";

@customElement("loss-chart")
export class LossChart extends OwnTask(LitElement) {
  @property({ attribute: false }) run: RunView | null = null;

  static override styles = [base, panel];

  override render() {
    const { run } = this;
    const points = lossPoints(run?.loss, run?.stepsPerEpoch);
    const last = points.at(-1);
    return html`<line-chart
      heading="Loss on the training images"
      .note=${"line: running mean · band: every step"}
      label=${
        last
          ? `Chart of the loss by epoch; the running mean is ${last.y.toFixed(4)} after step ${run!.loss.steps}`
          : "Chart of the loss by epoch, empty as yet"
      }
      .x=${epochAxis(run)}
      .y=${lossAxis(run ? [run.loss] : [], 4)}
      .series=${[{ name: "loss", colour: "var(--ink)", points }]}
      stem=${fileStem("digits", "loss", run?.step ?? null)}
    ></line-chart>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "loss-chart": LossChart;
  }
}
