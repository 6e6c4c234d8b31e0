/** The run: how far it is, how fast it goes, and the buttons that start, pause and stop it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isActive, type Phase, type RunView, type Snapshot } from "../engine/port.ts";
import { count, duration, megabytes } from "../format.ts";
import { base, controls, panel } from "./styles.ts";

const phaseNames: Readonly<Record<Phase, string>> = {
  starting: "Getting ready",
  training: "Training",
  paused: "Paused",
  measuring: "Measuring what was learned",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Ended by an error",
};

/** Fires `run-start`, `run-pause`, `run-resume` and `run-stop`. */
@customElement("run-panel")
export class RunPanel extends LitElement {
  @property({ attribute: false }) snapshot!: Snapshot;
  /** Start was pressed, and the engine waits for data or is about to begin. */
  @property({ type: Boolean }) waiting = false;

  static override styles = [
    base,
    panel,
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 4px 18px;
        align-items: center;
      }
      .buttons {
        display: flex;
        gap: 8px;
      }
      button {
        min-width: 92px;
        min-height: 40px;
        font-size: 15px;
      }
      .status {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        align-items: baseline;
        min-height: 22px;
      }
      .status b {
        font-size: 15px;
      }
      progress {
        appearance: none;
        display: block;
        width: 100%;
        height: 8px;
        border: 0;
        border-radius: 4px;
        overflow: hidden;
        background: var(--line);
        margin: 3px 0;
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--ink);
      }
      progress::-moz-progress-bar {
        background: var(--ink);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1.5fr) repeat(3, minmax(0, 1fr));
        gap: 0 10px;
        margin: 0;
      }
      dl div {
        display: flex;
        flex-direction: column-reverse;
      }
      dt {
        font-size: 12px;
        color: var(--muted);
      }
      dd {
        margin: 0;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      @media (width < 560px) {
        :host {
          grid-template-columns: 1fr;
          gap: 10px;
        }
        button {
          flex: 1;
        }
        dl {
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];

  override render() {
    const { run, download } = this.snapshot;
    const active = run !== null && isActive(run.phase);
    return html`
      <div class="buttons">
        ${this.renderMain(run)}
        <button
          ?disabled=${!active || run.phase === "measuring"}
          @click=${() => this.fire("run-stop")}
        >
          Stop
        </button>
      </div>
      <div>
        <div class="status">
          <b role="status">${this.phaseText(run)}</b>
          <span class="muted number">${this.sideText(run)}</span>
        </div>
        ${
          download && !active
            ? html`<progress
                aria-label="Download of MNIST"
                max=${download.total}
                .value=${download.loaded}
              ></progress>`
            : html`<progress
                aria-label="Progress of the run"
                max=${run?.totalSteps ?? 1}
                .value=${run?.step ?? 0}
              ></progress>`
        }
        <dl>
          <div>
            <dt>step</dt>
            <dd id="step">${run ? `${count(run.step)} / ${count(run.totalSteps)}` : "–"}</dd>
          </div>
          <div>
            <dt>images/s</dt>
            <dd>${run?.progress ? count(run.progress.imagesPerSecond) : "–"}</dd>
          </div>
          <div>
            <dt>time left</dt>
            <dd>${active && run.progress ? duration(run.progress.secondsLeft) : "–"}</dd>
          </div>
          <div>
            <dt>loss</dt>
            <dd>${run && run.loss.smooth.length > 0 ? run.loss.smooth.at(-1)!.toFixed(4) : "–"}</dd>
          </div>
        </dl>
      </div>
    `;
  }

  /** One button in one place, so that the focus stays while its meaning changes. */
  private renderMain(run: RunView | null) {
    const [text, event] =
      run?.phase === "paused"
        ? (["Resume", "run-resume"] as const)
        : run && isActive(run.phase)
          ? (["Pause", "run-pause"] as const)
          : (["Start", "run-start"] as const);
    const idle = this.waiting || run?.phase === "measuring";
    return html`<button
      class="primary"
      aria-disabled=${idle ? "true" : nothing}
      @click=${() => idle || this.fire(event)}
    >
      ${text}
    </button>`;
  }

  private phaseText(run: RunView | null): string {
    if (this.waiting) return this.snapshot.data ? "Getting ready" : "Starts when MNIST is here";
    if (!run) return this.snapshot.data ? "Ready" : "Fetching MNIST";
    return phaseNames[run.phase];
  }

  private sideText(run: RunView | null): string {
    const { download } = this.snapshot;
    if (run) {
      const epochs = run.totalSteps / run.stepsPerEpoch;
      const epoch = Math.min(epochs, Math.floor(run.step / run.stepsPerEpoch) + 1);
      return `epoch ${epoch} of ${epochs}`;
    }
    return download ? `${megabytes(download.loaded)} of ${megabytes(download.total)}` : "";
  }

  private fire(name: string): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "run-panel": RunPanel;
  }
}
