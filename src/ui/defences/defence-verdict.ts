/** What all findings come to: a calm sentence, the evidence behind it, and what none of it could see. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { OverallVerdict, Told } from "../../defences/verdict.ts";
import { checkIcon, noteIcon, warningIcon } from "../elements/icons.ts";
import { base } from "../elements/styles.ts";

const icons = { open: noteIcon, clear: checkIcon, backdoored: warningIcon } as const;

@customElement("defence-verdict")
export class DefenceVerdict extends LitElement {
  @property({ attribute: false }) verdict!: OverallVerdict;

  static override styles = [
    base,
    css`
      section {
        border-left: 5px solid var(--control);
        padding-left: 12px;
      }
      section[data-outcome="backdoored"] {
        border-left-color: var(--attack);
      }
      section[data-outcome="clear"] {
        border-left-color: var(--clean);
      }
      .text {
        font-size: 16px;
        font-weight: 650;
      }
      ul {
        margin: 2px 0 6px;
        padding-left: 18px;
      }
      details,
      .unasked {
        font-size: 13px;
        color: var(--muted);
      }
      svg {
        vertical-align: -2px;
      }
    `,
  ];

  override render() {
    const { outcome, text, evidence, blindSpots, unasked } = this.verdict;
    return html`<section data-outcome=${outcome} aria-label="Verdict">
      <p class="text" role="status">${icons[outcome]} ${text}</p>
      ${sentences(evidence)}
      ${
        blindSpots.length > 0
          ? html`<details ?open=${outcome === "clear"}>
              <summary>What those that found nothing, or do not judge, cannot see</summary>
              ${sentences(blindSpots)}
            </details>`
          : nothing
      }
      ${
        outcome !== "open" && unasked.length > 0
          ? html`<p class="unasked">Not asked yet: ${unasked.join(", ")}.</p>`
          : nothing
      }
    </section>`;
  }
}

const sentences = (told: readonly Told[]) =>
  told.length === 0
    ? nothing
    : html`<ul>
        ${told.map(({ name, text }) => html`<li><strong>${name}:</strong> ${text}</li>`)}
      </ul>`;

declare global {
  interface HTMLElementTagNameMap {
    "defence-verdict": DefenceVerdict;
  }
}
