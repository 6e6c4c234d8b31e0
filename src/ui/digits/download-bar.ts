/** What the reader can take away from a run: the network, the result, the curves. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isActive } from "../../studies/port.ts";
import { type RunView } from "../../studies/digits/port.ts";
import { count } from "../../format.ts";
import { base, controls, panel } from "../elements/styles.ts";

export type Download = "model" | "checkpoint" | "result" | "curves";

/** Fires `download` with what is wanted as its detail. */
@customElement("download-bar")
export class DownloadBar extends LitElement {
  @property({ attribute: false }) run: RunView | null = null;
  /** A network is on view. */
  @property({ type: Boolean }) model = false;

  static override styles = [
    base,
    panel,
    controls,
    css`
      div {
        display: flex;
        gap: 6px;
        margin: 6px 0 4px;
      }
      button {
        flex: 1 1 auto;
        padding: 3px 6px;
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
    const { run } = this;
    const kept = run?.keptStep ?? null;
    const ended = run !== null && !isActive(run.phase) && run.measured !== null;
    const button = (what: Download, text: string, ready: boolean) =>
      html`<button
        ?disabled=${!ready}
        @click=${() => this.dispatchEvent(new CustomEvent("download", { detail: what }))}
      >
        ${text}
      </button>`;
    return html`
      <h2>Take it with you</h2>
      <div role="group" aria-label="Downloads">
        ${button("model", "Model", this.model)} ${button("checkpoint", "Checkpoint", kept !== null)}
        ${button("result", "Result", ended)} ${button("curves", "Curves", kept !== null)}
      </div>
      <p class="muted number">
        ${kept === null ? "" : `Network as of step ${count(kept)}. `}Drop a checkpoint to go on from
        it, a model or a picture of a digit to look at, or four idx files for digits of your own.
        Nothing leaves this computer.
      </p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "download-bar": DownloadBar;
  }
}
