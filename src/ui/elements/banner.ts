/** A bar that says something and what can be done about it, with an edge in the colour of whom it concerns. */
import { css, html, nothing, type TemplateResult } from "lit";

export const bannerStyles = css`
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 8px 12px 8px 16px;
    border: 1px solid var(--line);
    border-left: 5px solid var(--clean);
    border-radius: var(--radius);
    background: var(--panel);
    box-shadow: var(--shadow);
    overflow-wrap: anywhere;
  }
  .banner.problem {
    border-left-color: var(--attack);
  }
  .banner > p {
    flex: 1 1 280px;
    min-width: 0;
  }
  .banner .buttons {
    display: flex;
    gap: 8px;
  }
  .banner details {
    flex: 1 1 100%;
  }
  .banner svg {
    vertical-align: -2px;
  }
  .problem b {
    color: var(--attack);
  }
`;

export interface Banner {
  readonly problem?: boolean;
  readonly text: TemplateResult;
  /** Buttons beside the text. */
  readonly actions?: TemplateResult;
  /** What is folded away below it. */
  readonly details?: TemplateResult;
}

export function banner({ problem = false, text, actions, details }: Banner): TemplateResult {
  return html`<div class="banner ${problem ? "problem" : ""}">
    <p>${text}</p>
    ${actions ? html`<div class="buttons">${actions}</div>` : nothing} ${details ?? nothing}
  </div>`;
}
