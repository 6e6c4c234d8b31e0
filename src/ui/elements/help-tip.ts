/** A question mark that opens a short explanation; by pointer or keyboard, closed by Escape. */
import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { placeBelow, popovers } from "./popover.ts";
import { base } from "./styles.ts";

@customElement("help-tip")
export class HelpTip extends LitElement {
  /** What is explained, for the button's name. */
  @property() topic = "";
  @property() text = "";
  @query(".bubble") private bubble!: HTMLElement;
  @query("button") private button!: HTMLButtonElement;

  static override styles = [
    base,
    popovers,
    css`
      :host {
        display: inline-block;
        vertical-align: middle;
      }
      button {
        display: grid;
        place-items: center;
        width: 24px;
        height: 24px;
        margin: -4px -2px;
        padding: 0;
        border: 0;
        background: none;
        color: var(--muted);
        cursor: help;
        font: 600 11px/1 var(--font);
        border-radius: 50%;
      }
      button span {
        display: grid;
        place-items: center;
        width: 16px;
        height: 16px;
        border: 1px solid var(--control);
        border-radius: 50%;
      }
      button:hover span {
        color: var(--ink);
        border-color: var(--ink);
      }
      .bubble {
        width: min(320px, calc(100vw - 24px));
        padding: 12px 14px;
        font: 13px/1.5 var(--font);
        text-align: left;
        white-space: normal;
      }
    `,
  ];

  override render() {
    return html`
      <button type="button" popovertarget="bubble" aria-label="What is ${this.topic}?">
        <span aria-hidden="true">?</span>
      </button>
      <div
        id="bubble"
        class="bubble"
        popover
        role="note"
        @toggle=${(event: ToggleEvent) => placeBelow(event, this.button, this.bubble)}
      >
        ${this.text}
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "help-tip": HelpTip;
  }
}
