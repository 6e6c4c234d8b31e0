/** What the reader can take away: the network, a checkpoint of its run, the result, the curves. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Saving } from "../../studies/port.ts";
import { base, controls, panel } from "../elements/styles.ts";

/** A file that can be had, or not yet. */
export interface Savable {
  readonly what: Saving;
  readonly name: string;
  readonly ready: boolean;
}

/** Fires `save` with what is wanted. */
@customElement("save-bar")
export class SaveBar extends LitElement {
  @property() heading = "";
  @property({ attribute: false }) files: readonly Savable[] = [];
  /** What is there to be saved, and what can be opened again. */
  @property() note = "";

  static override styles = [
    base,
    panel,
    controls,
    css`
      div {
        display: flex;
        gap: 4px;
        margin: 6px 0 4px;
      }
      button {
        flex: 1 1 auto;
        padding: 3px 4px;
        font-size: 13px;
        white-space: nowrap;
      }
      p {
        font-size: 12px;
        line-height: 1.35;
      }
    `,
  ];

  override render() {
    return html`
      <h2>${this.heading}</h2>
      <div role="group" aria-label="Downloads">
        ${this.files.map(
          ({ what, name, ready }) =>
            html`<button
              ?disabled=${!ready}
              @click=${() => this.dispatchEvent(new CustomEvent("save", { detail: what }))}
            >
              ${name}
            </button>`,
        )}
      </div>
      <p class="muted number">${this.note}</p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "save-bar": SaveBar;
  }
}
