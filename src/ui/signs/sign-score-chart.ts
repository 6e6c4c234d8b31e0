/** The average precision of each class of signs on unseen scenes. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { percent } from "../../format.ts";
import type { History } from "../../studies/port.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";
import { signColour } from "./sign-colours.ts";
import { stepAxis } from "./step-axis.ts";

@customElement("sign-score-chart")
export class SignScoreChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: History<SignPort> | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];

  static override styles = [base, panel];

  override render() {
    const { history } = this;
    const measured = history?.details.points ?? [];
    const series = this.classes.map((name, i): Series => {
      const points = measured.flatMap(({ step, classes }) => {
        const y = classes[i].averagePrecision;
        return y === null ? [] : [{ x: step, y }];
      });
      const latest = measured.at(-1)?.classes[i].averagePrecision ?? null;
      const value = latest === null ? undefined : percent(latest);
      return { name, colour: signColour(i), points, mark: "disc", value };
    });
    const obeyed = measured.flatMap(({ step, attack }) => {
      const y = attack?.triggered.success ?? null;
      return y === null ? [] : [{ x: step, y }];
    });
    if (obeyed.length > 0) {
      const value = percent(obeyed.at(-1)!.y);
      // No class has the colour of text, and stop signs nearly that of attacks elsewhere.
      const colour = "var(--ink)";
      series.push({ name: "attack succeeds", colour, points: obeyed, mark: "diamond", value });
    }
    return html`<line-chart
      heading="Average precision on unseen drawn scenes"
      label="Chart of average precision by step and class"
      .x=${stepAxis(history)}
      .y=${shareAxis("average precision")}
      .series=${series}
      stem=${fileStem("signs", "precision", history?.step ?? null)}
    ></line-chart>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-score-chart": SignScoreChart;
  }
}
