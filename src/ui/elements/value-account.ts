/** One value of a training step with the numbers it was made of: windows, products, sums. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fixed, withMinus } from "../../format.ts";
import type { Explanation, Overlay } from "./explain/explanation.ts";
import { maths } from "./maths.ts";
import { base } from "./styles.ts";

/** Windows shown one by one; a filter over many channels has one for each. */
const MOST_WINDOWS = 4;

const number = (value: number) => (value === 0 ? "0" : withMinus(value.toPrecision(4)));

@customElement("value-account")
export class ValueAccount extends LitElement {
  @property({ attribute: false }) account: Explanation | null = null;

  static override styles = [
    base,
    css`
      :host {
        font-size: 12px;
        font-variant-numeric: tabular-nums;
      }
      .formula {
        font-size: 14px;
        font-style: italic;
        margin-bottom: 4px;
        overflow-wrap: anywhere;
      }
      .windows {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin: 6px 0;
      }
      table {
        border-collapse: collapse;
        font-size: 10px;
        line-height: 1.5;
      }
      td,
      th {
        border: 1px solid var(--line);
        padding: 0 3px;
        text-align: right;
        font-weight: 400;
      }
      .marked td {
        font-weight: 700;
        color: var(--attack);
      }
      caption {
        font-size: 11px;
        color: var(--muted);
        text-align: left;
        white-space: nowrap;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 1px 12px;
        margin: 4px 0;
      }
      dd {
        margin: 0;
      }
      .agrees {
        color: var(--clean);
      }
      .differs {
        color: var(--attack);
      }
    `,
  ];

  override render() {
    const { account } = this;
    if (!account) return nothing;
    const { overlays, terms, rest, table, lines, note, result, stored, agrees } = account;
    const windows = overlays.slice(0, MOST_WINDOWS);
    const others = overlays.slice(MOST_WINDOWS);
    return html`
      <p class="formula">${maths(account.formula)}</p>
      ${windows.map((overlay) => this.renderOverlay(overlay))}
      ${
        others.length > 0
          ? html`<p class="muted">
              … and ${others.length} more windows that add up to
              ${number(others.reduce((sum, one) => sum + one.sum, 0))}
            </p>`
          : nothing
      }
      ${
        terms.length > 0
          ? html`<dl>
              ${terms.map(
                ({ left, a, right, b, product }) =>
                  html`<dt>${left} · ${right}</dt>
                    <dd>${number(a)} · ${number(b)} = ${number(product)}</dd>`,
              )}
              ${
                rest
                  ? html`<dt>${rest.count} other products</dt>
                      <dd>${number(rest.sum)}</dd>`
                  : nothing
              }
            </dl>`
          : nothing
      }
      ${
        table
          ? html`<table>
              <thead>
                <tr>
                  ${table.head.map((text) => html`<th scope="col">${maths(text)}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${table.rows.map(
                  (row, i) =>
                    html`<tr class=${i === table.marked ? "marked" : ""}>
                      ${row.map((value) => html`<td>${number(value)}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>`
          : nothing
      }
      <dl>
        ${lines.map(
          ({ text, value }) =>
            html`<dt>${maths(text)}</dt>
              <dd>${number(value)}</dd>`,
        )}
        <dt><b>${account.target}</b></dt>
        <dd>
          <b>${number(result)}</b>
          <span class=${agrees ? "agrees" : "differs"}
            >${
              agrees
                ? `as the GPU stored it, ${number(stored)}`
                : `but the GPU stored ${number(stored)}`
            }</span
          >
        </dd>
      </dl>
      ${note ? html`<p class="muted">${note}</p>` : nothing}
    `;
  }

  private renderOverlay(overlay: Overlay) {
    const grid = (caption: string, values: Overlay["input"]) =>
      html`<table>
        <caption>
          ${caption}
        </caption>
        <tbody>
          ${values.map(
            (row) =>
              html`<tr>
                ${row.map((value) => html`<td>${value === 0 ? "0" : fixed(value, 2)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`;
    return html`<div class="windows">
      ${grid(overlay.inputLabel, overlay.input)} × ${grid(overlay.filterLabel, overlay.filter)} →
      ${grid("products", overlay.products)} = <b>${number(overlay.sum)}</b>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "value-account": ValueAccount;
  }
}
