/** What happened that the reader should know: errors interrupt, notices do not; both can be put away. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { crossIcon, noteIcon, warningIcon } from "../elements/icons.ts";
import { base, controls } from "../elements/styles.ts";

export interface Message {
  readonly key: string;
  readonly kind: "error" | "notice";
  readonly text: string;
}

/** Fires `dismiss` with the message's key as its detail. */
@customElement("notice-list")
export class NoticeList extends LitElement {
  @property({ attribute: false }) messages: readonly Message[] = [];

  static override styles = [
    base,
    controls,
    css`
      :host {
        position: fixed;
        z-index: 5;
        bottom: 16px;
        left: 50%;
        transform: translateX(-50%);
        width: min(720px, calc(100vw - 24px));
        pointer-events: none;
      }
      div.message {
        pointer-events: auto;
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 12px;
        align-items: start;
        margin-top: 8px;
        padding: 10px 12px;
        border-radius: var(--radius);
        border: 1px solid var(--control);
        border-left: 5px solid var(--clean);
        background: var(--panel);
        box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
        overflow-wrap: anywhere;
      }
      div.error {
        border-left-color: var(--attack);
      }
      svg {
        vertical-align: -2px;
      }
      b {
        white-space: nowrap;
      }
      .error b {
        color: var(--attack);
      }
    `,
  ];

  override render() {
    const list = (kind: Message["kind"]) =>
      repeat(
        this.messages.filter((message) => message.kind === kind),
        ({ key }) => key,
        ({ key, text }) =>
          html`<div class="message ${kind}">
            <b>${kind === "error" ? html`${warningIcon} Error` : html`${noteIcon} Note`}</b>
            <span>${text}</span>
            <button aria-label="Dismiss" @click=${() => this.dismiss(key)}>${crossIcon}</button>
          </div>`,
      );
    return html`<div role="status">${list("notice")}</div>
      <div role="alert">${list("error")}</div>`;
  }

  private dismiss(key: string): void {
    this.dispatchEvent(new CustomEvent("dismiss", { detail: key }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "notice-list": NoticeList;
  }
}
