/** A detector's four losses. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { lossNames } from "../../layers/loss-names.ts";
import type { History } from "../../studies/port.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { lossAxis, lossPoints } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";
import { signColour } from "./sign-colours.ts";
import { stepAxis } from "./step-axis.ts";

@customElement("sign-loss-chart")
export class SignLossChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: History<SignPort> | null = null;

  static override styles = [base, panel];

  override render() {
    const { history } = this;
    const series = lossNames.map((name, i): Series => {
      const points = lossPoints(history?.metrics[i]);
      const last = points.at(-1);
      return { name, colour: signColour(i), points, value: last?.y.toFixed(3) };
    });
    return html`<line-chart
      heading="Losses on the training pictures"
      label="Chart of the four losses by step"
      .x=${stepAxis(history)}
      .y=${lossAxis(history?.metrics ?? [], 2)}
      .series=${series}
      stem=${fileStem("signs", "losses", history?.step ?? null)}
    ></line-chart>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-loss-chart": SignLossChart;
  }
}
