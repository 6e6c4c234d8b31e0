/** The latest measurement of a detector on unseen scenes: per class, and what is taken for what. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ScorePoint } from "../engine/sign-port.ts";
import { percent } from "../format.ts";
import type { ClassScore } from "../training/detection.ts";
import { figureTable } from "./figure-table.ts";
import { OwnTask } from "./own-task.ts";
import { base, panel } from "./styles.ts";

@customElement("sign-score")
export class SignScore extends OwnTask(LitElement) {
  @property({ attribute: false }) point: ScorePoint | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];

  static override styles = [
    base,
    panel,
    figureTable,
    css`
      table {
        margin-top: 6px;
      }
      p {
        margin-top: 6px;
        font-size: 12px;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const { point, classes } = this;
    const share = (value: number | null) => (value === null ? "–" : percent(value));
    return html`
      <h2>On unseen pictures</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">signs</th>
            <th scope="col">average precision</th>
            <th scope="col">recall</th>
            <th scope="col">accuracy</th>
          </tr>
        </thead>
        <tbody>
          ${rowsOf(point, classes).map(
            ([name, own]) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${own?.signs ?? "–"}</td>
                <td>${share(own?.averagePrecision ?? null)}</td>
                <td>${share(own?.recall ?? null)}</td>
                <td>${share(own?.accuracy ?? null)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p>
        ${
          point
            ? `After step ${point.step}, ${point.images} scenes. `
            : "Measured up to twenty times in a run. "
        }A
        box counts when it overlaps a sign by more than half; accuracy is the paper's: the best box
        of a sign has its class.
      </p>
    `;
  }
}

/** The classes on scenes, then those that the photographs have. */
function rowsOf(
  point: ScorePoint | null,
  classes: readonly string[],
): readonly (readonly [string, ClassScore | undefined])[] {
  const photographs = point?.photographs?.classes ?? [];
  return [
    ...classes.map((name, i) => [name, point?.classes[i]] as const),
    ...classes.flatMap((name, i) =>
      (photographs[i]?.signs ?? 0) > 0 ? [[`${name}, photographs`, photographs[i]] as const] : [],
    ),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-score": SignScore;
  }
}
