/** What checking a model came to, in the command line's own sentences. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { outcomeInWords, type Verdict } from "../../signing/verify.ts";
import { checkIcon, noteIcon, warningIcon } from "../elements/icons.ts";
import { base } from "../elements/styles.ts";

const icons = {
  verified: checkIcon,
  matches: checkIcon,
  unverified: noteIcon,
  failed: warningIcon,
} as const;

@customElement("verdict-card")
export class VerdictCard extends LitElement {
  /** What the model is called. */
  @property() model = "";
  @property({ attribute: false }) verdict!: Verdict;

  static override styles = [
    base,
    css`
      section {
        border: 1px solid var(--line);
        border-left: 5px solid var(--clean);
        border-radius: var(--radius);
        background: var(--panel);
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      section[data-outcome="failed"] {
        border-left-color: var(--attack);
      }
      section[data-outcome="unverified"] {
        border-left-color: var(--control);
      }
      .outcome {
        font-weight: 650;
      }
      h3 {
        margin: 8px 0 2px;
        font-size: 13px;
      }
      ul {
        margin: 0;
        padding-left: 18px;
      }
      svg {
        vertical-align: -2px;
      }
    `,
  ];

  override render() {
    const { verdict, model } = this;
    const { outcome, problems, proven, unproven } = verdict;
    return html`<section data-outcome=${outcome} aria-label=${`Verdict on ${model}`}>
      <p class="outcome">${icons[outcome]} ${outcomeInWords(verdict, model)}</p>
      ${sentences(null, problems)} ${sentences("Proven", proven)}
      ${sentences("Not proven", unproven)}
    </section>`;
  }
}

const sentences = (heading: string | null, list: readonly string[]) =>
  list.length === 0
    ? nothing
    : html`${heading === null ? nothing : html`<h3>${heading}</h3>`}
        <ul>
          ${list.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>`;

declare global {
  interface HTMLElementTagNameMap {
    "verdict-card": VerdictCard;
  }
}
