/** What signs are taken for: a table of signs by their class and that of their best box. */
import { css, html } from "lit";
import type { DetectionScore } from "../../training/detection.ts";

export const confusionStyles = css`
  .confusion {
    overflow-x: auto;
    margin-top: 10px;
  }
  .confusion caption {
    text-align: left;
    font-size: 12px;
    color: var(--muted);
    padding-bottom: 2px;
  }
  .confusion .right {
    font-weight: 700;
  }
  .confusion .none {
    color: var(--muted);
  }
`;

/**
 * Rows are what there is, columns what was found; the background comes last in both.
 * @param of what was measured, such as "scenes"
 */
export function confusionTable(
  { confusion }: DetectionScore,
  classes: readonly string[],
  of: string,
) {
  const background = classes.length;
  const cell = (count: number, truth: number, found: number) => {
    // Nobody counts the places without a sign where nothing was found.
    if (truth === background && found === background) return html`<td class="none">–</td>`;
    return html`<td class=${count === 0 ? "none" : truth === found ? "right" : ""}>${count}</td>`;
  };
  // Where it is wider than the panel, the keyboard scrolls it.
  return html`<div class="confusion" role="region" tabindex="0" aria-label="Confusion, ${of}">
    <table>
      <caption>
        Signs of ${of}, and what they are taken for
      </caption>
      <thead>
        <tr>
          <th scope="col">is, found as</th>
          ${[...classes, "nothing"].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${[...classes, "no sign"].map(
          (name, truth) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${confusion[truth].map((count, found) => cell(count, truth, found))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
