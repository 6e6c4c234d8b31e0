/** The training loss: every step faintly, the running mean clearly, on a logarithmic scale. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { History } from "../../studies/port.ts";
import { lossAxis, lossPoints } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";
import { epochAxis } from "./epoch-axis.ts";

@customElement("loss-chart")
export class LossChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: History<DigitPort> | null = null;

  static override styles = [base, panel];

  override render() {
    const { history } = this;
    const losses = history?.metrics[0];
    const points = lossPoints(losses, history?.stepsPerEpoch);
    const last = points.at(-1);
    return html`<line-chart
      heading="Loss on the training images"
      .note=${"line: running mean · band: every step"}
      label=${
        last
          ? `Chart of the loss by epoch; the running mean is ${last.y.toFixed(4)} after step ${losses!.steps}`
          : "Chart of the loss by epoch, empty as yet"
      }
      .x=${epochAxis(history)}
      .y=${lossAxis(losses ? [losses] : [], 4)}
      .series=${[{ name: "loss", colour: "var(--ink)", points }]}
      stem=${fileStem("digits", "loss", history?.step ?? null)}
    ></line-chart>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "loss-chart": LossChart;
  }
}
