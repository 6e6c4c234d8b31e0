/** What happened that the reader should know: errors interrupt, notices do not; both can be dismissed. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { banner, bannerStyles } from "../elements/banner.ts";
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
    bannerStyles,
    css`
      :host {
        display: block;
        pointer-events: none;
      }
      .banner {
        pointer-events: auto;
        margin-top: 8px;
        box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
      }
      .banner b {
        margin-right: 8px;
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const list = (kind: Message["kind"]) =>
      repeat(
        this.messages.filter((message) => message.kind === kind),
        ({ key }) => key,
        ({ key, text }) =>
          banner({
            problem: kind === "error",
            text: html`<b
                >${kind === "error" ? html`${warningIcon} Error` : html`${noteIcon} Note`}</b
              >
              <span>${text}</span>`,
            actions: html`<button aria-label="Dismiss" @click=${() => this.dismiss(key)}>
              ${crossIcon}
            </button>`,
          }),
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
