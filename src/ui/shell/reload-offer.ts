/** The dialog when the browser gives this page no graphics card any more: only a reload brings one. */
import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { count } from "../../format.ts";
import type { StudyId } from "../../studies/table.ts";
import { reloadAndResume } from "./resume-request.ts";
import { base, controls, dialogs } from "../elements/styles.ts";

/** Shows itself as a modal dialog as soon as it is on the page; Escape leaves the page as it is. */
@customElement("reload-offer")
export class ReloadOffer extends LitElement {
  /** The error's own words. */
  @property() message = "";
  /** Whose run it is. */
  @property({ attribute: false }) study!: StudyId;
  /** Step of the checkpoint that the run would go on from; null if none is kept. */
  @property({ type: Number }) step: number | null = null;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    base,
    controls,
    dialogs,
    css`
      dialog {
        width: min(560px, calc(100vw - 32px));
        padding: 24px;
        font-size: 16px;
        line-height: 1.5;
      }
      h2 {
        margin: 0 0 8px;
        font-size: 20px;
        line-height: 1.25;
        letter-spacing: normal;
      }
      p {
        margin-bottom: 10px;
        overflow-wrap: anywhere;
      }
      .muted {
        font-size: 14px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 18px;
      }
    `,
  ];

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render() {
    const kept = this.step !== null;
    return html`<dialog aria-labelledby="title">
      <h2 id="title">The graphics card has gone</h2>
      <p>
        It failed several times in a row, so the browser lets this page have it no more until the
        page is loaded again.
        ${
          kept
            ? html`The run is kept at step <span class="number">${count(this.step!)}</span> and goes
                on from there.`
            : html`No checkpoint of the run is kept, so it will have to begin again.`
        }
      </p>
      <p class="muted">${this.message}</p>
      <div class="buttons">
        <button
          class="primary"
          autofocus
          @click=${() => (kept ? reloadAndResume(this.study) : location.reload())}
        >
          ${kept ? "Reload and resume" : "Reload"}
        </button>
        <button @click=${() => this.dialog.close()}>Stay here</button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "reload-offer": ReloadOffer;
  }
}
