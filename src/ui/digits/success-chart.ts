/** Clean accuracy and attack success as they grow side by side. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { definitions } from "../../backdoor/measure.ts";
import type { CurvePoint } from "../../studies/digits/port.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { History } from "../../studies/port.ts";
import { percent } from "../../format.ts";
import { shareAxis } from "../elements/axes.ts";
import { fileStem } from "../elements/chart-export.ts";
import { mark } from "../elements/icons.ts";
import "../elements/line-chart.ts";
import type { Series } from "../elements/line-chart.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";
import { epochAxis } from "./epoch-axis.ts";

const marks = { epoch: "disc", probe: "diamond" } as const;

const note = html`
  <svg aria-hidden="true">${mark(marks.epoch, 7, 7)}</svg> whole test set, at an epoch's end
  <svg aria-hidden="true">${mark(marks.probe, 7, 7)}</svg> a sample of it, in between
`;

function series(
  key: "cleanAccuracy" | "attackSuccess",
  name: string,
  colour: string,
  measured: readonly CurvePoint[],
): Series {
  const points = measured.flatMap((point) => {
    const y = point[key];
    return y === null ? [] : [{ x: point.epoch, y, mark: marks[point.kind] }];
  });
  const last = points.at(-1);
  return {
    name,
    colour,
    points,
    mark: marks.epoch,
    help: definitions[key],
    value: last && percent(last.y),
  };
}

@customElement("success-chart")
export class SuccessChart extends OwnTask(LitElement) {
  @property({ attribute: false }) history: History<DigitPort> | null = null;

  static override styles = [base, panel];

  override render() {
    const { history } = this;
    const points = history?.details.points ?? [];
    return html`<line-chart
      heading="Clean accuracy and attack success"
      .note=${note}
      label=${labelOf(points.at(-1))}
      large
      .x=${epochAxis(history)}
      .y=${shareAxis("test images")}
      .series=${[
        series("cleanAccuracy", "Clean accuracy", "var(--clean)", points),
        series("attackSuccess", "Attack success", "var(--attack)", points),
      ]}
      stem=${fileStem("digits", "success", history?.step ?? null)}
    ></line-chart>`;
  }
}

function labelOf(last: CurvePoint | undefined): string {
  if (!last) return "Chart of clean accuracy and attack success by epoch, empty as yet";
  const { cleanAccuracy, attackSuccess } = last;
  const attacked = attackSuccess === null ? "" : `, attack success ${percent(attackSuccess)}`;
  return `Chart by epoch; clean accuracy is ${percent(cleanAccuracy)}${attacked}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "success-chart": SuccessChart;
  }
}
