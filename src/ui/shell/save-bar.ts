/** What the reader can take away: the network, a checkpoint of its run, the result, the curves. */
import { css, html, LitElement } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Saving } from "../../studies/port.ts";
import { base, controls, panel } from "../elements/styles.ts";

/** A file that can be had, or not yet. */
export interface Savable {
  readonly what: Saving;
  readonly name: string;
  readonly ready: boolean;
}

/** What is to be saved, and whether it is signed at once where it is a network. */
export interface SaveRequest {
  readonly what: Saving;
  readonly sign: boolean;
}

/** Fires `save` with a SaveRequest. */
@customElement("save-bar")
export class SaveBar extends LitElement {
  @property() heading = "";
  @property({ attribute: false }) files: readonly Savable[] = [];
  /** What is there to be saved, and what can be opened again. */
  @property() note = "";
  @state() private signs = false;

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
      label {
        display: flex;
        align-items: center;
        gap: 6px;
        margin-bottom: 4px;
        font-size: 12px;
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
            html`<button ?disabled=${!ready} @click=${() => this.save(what)}>${name}</button>`,
        )}
      </div>
      <label>
        <input
          type="checkbox"
          .checked=${this.signs}
          @change=${(event: Event) => (this.signs = (event.target as HTMLInputElement).checked)}
        />
        Sign networks with my key
      </label>
      <p class="muted number">${this.note}</p>
    `;
  }

  private save(what: Saving): void {
    const detail: SaveRequest = { what, sign: this.signs };
    this.dispatchEvent(new CustomEvent("save", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "save-bar": SaveBar;
  }
}
