/** Networks that ship with the app, to be put on view at any time. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base, controls, panel } from "../elements/styles.ts";

export interface ReadyNetwork {
  /** What the button says. */
  readonly name: string;
  /** What is to be seen on it, in a sentence. */
  readonly title: string;
  /** Its file in the app's folder; null: the one that is on view from the start. */
  readonly file: string | null;
}

/** Fires `show` with a ready network. */
@customElement("ready-networks")
export class ReadyNetworks extends LitElement {
  @property({ attribute: false }) networks: readonly ReadyNetwork[] = [];
  /** A command is under way, or there is no engine. */
  @property({ type: Boolean }) disabled = false;

  static override styles = [
    base,
    panel,
    controls,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 6px;
      }
      button {
        flex: 1 1 auto;
        padding: 3px 8px;
        font-size: 13px;
        min-height: 30px;
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    return html`<h2>Ready to look at</h2>
      <div role="group" aria-label="Networks that ship with the app">
        ${this.networks.map(
          (network) =>
            html`<button
              title=${network.title}
              ?disabled=${this.disabled}
              @click=${() => this.dispatchEvent(new CustomEvent("show", { detail: network }))}
            >
              ${network.name}
            </button>`,
        )}
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ready-networks": ReadyNetworks;
  }
}
