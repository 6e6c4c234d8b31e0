/** Says that what the form sets up is not what the network on view was trained with, and offers either way out. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base, controls } from "../elements/styles.ts";

/** What the form is apart from: a run, which it may take the place of, or a network that was trained before. */
export type SetUp = "other run" | "not trained";

/** Fires `restart` and `undo`; shows nothing while form and network agree. */
@customElement("set-up-note")
export class SetUpNote extends LitElement {
  @property({ attribute: false }) apart: SetUp | null = null;
  /** In the form, beside its buttons; else over the network, in a line. */
  @property({ type: Boolean }) form = false;
  /** The form has errors, or a command is under way. */
  @property({ type: Boolean }) disabled = false;

  static override styles = [
    base,
    controls,
    css`
      /* No room where there is nothing to say. */
      :host {
        display: contents;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        align-items: center;
        border: 1px solid var(--attack);
        border-radius: var(--radius);
        background: var(--attack-soft);
        padding: 8px 12px;
        font-size: 13px;
      }
      .line {
        padding: 3px 12px;
      }
      p {
        flex: 1 1 100%;
      }
      button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
      }
    `,
  ];

  override render() {
    const { apart } = this;
    if (apart === null) return nothing;
    if (!this.form) {
      return html`<div class="line">
        <p>
          What the form says is set up, not trained: this network was trained with other settings.
        </p>
      </div>`;
    }
    const undo = html`<button @click=${() => this.tell("undo")}>Undo</button>`;
    if (apart === "not trained") {
      return html`<div role="status">
        <p>Set up, not trained: the network on view has other settings. Start trains these.</p>
        ${undo}
      </div>`;
    }
    return html`<div role="status">
      <p>Set up, not trained: these settings are not those of the run on view.</p>
      <button class="primary" ?disabled=${this.disabled} @click=${() => this.tell("restart")}>
        Restart with them
      </button>
      ${undo}
    </div>`;
  }

  private tell(event: string): void {
    this.dispatchEvent(new CustomEvent(event));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "set-up-note": SetUpNote;
  }
}
