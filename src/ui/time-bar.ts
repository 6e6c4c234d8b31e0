/** Time, along the bottom: start, pause, stop, step by any unit, slow down, go back, and where the run is. */
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { StepUnit, StepView } from "../engine/lab-port.ts";
import { isActive, type Phase, type RunView, type Snapshot } from "../engine/port.ts";
import { count, duration, megabytes } from "../format.ts";
import { base, controls } from "./styles.ts";
import { timeBarStyles } from "./time-bar-styles.ts";
import "./time-track.ts";

const phaseNames: Readonly<Record<Phase, string>> = {
  starting: "Getting ready",
  training: "Training",
  paused: "Paused",
  measuring: "Measuring what was learned",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Ended by an error",
};

const units: readonly { unit: StepUnit; key: string }[] = [
  { unit: "kernel", key: "K" },
  { unit: "layer", key: "L" },
  { unit: "batch", key: "B" },
  { unit: "epoch", key: "E" },
];

/** Steps a second; the empty one is as fast as it goes. */
const paces = ["", "20", "5", "1"] as const;

/**
 * Fires `run-start`, `run-pause`, `run-resume`, `run-stop`, `step` (StepUnit), `rewind` (step) and
 * `speed-change` (steps a second, or null).
 */
@customElement("time-bar")
export class TimeBar extends LitElement {
  @property({ attribute: false }) snapshot!: Snapshot;
  /** Start was pressed, and the engine waits for data or is about to begin. */
  @property({ type: Boolean }) waiting = false;
  /** There is no engine. */
  @property({ type: Boolean }) disabled = false;
  /** Steps of states that the run can go back to. */
  @property({ attribute: false }) kept: readonly number[] = [];
  /** Steps a second; null: as fast as it goes. */
  @property({ attribute: false }) speed: number | null = null;
  @property({ attribute: false }) stepping: StepView | null = null;

  static override styles = [base, controls, timeBarStyles];

  override render() {
    const { run, download } = this.snapshot;
    const active = run !== null && isActive(run.phase);
    const still = run?.phase === "starting" || run?.phase === "measuring";
    return html`
      <div class="buttons">
        ${this.renderMain(run)}
        <button
          ?disabled=${this.disabled || !active || run.phase === "measuring"}
          @click=${() => this.fire("run-stop")}
        >
          Stop
        </button>
      </div>
      <div class="step" role="group" aria-label="One step of">
        <span class="label" aria-hidden="true">Step</span>
        ${units.map(
          ({ unit, key }) =>
            html`<button
              class="unit"
              title="One ${unit} further"
              aria-keyshortcuts=${key}
              ?disabled=${this.disabled || this.waiting || still}
              @click=${() => this.fire("step", unit)}
            >
              ${unit} <kbd>${key}</kbd>
            </button>`,
        )}
      </div>
      <label class="pace"
        ><span class="label">Speed</span>
        <select
          ?disabled=${this.disabled || !active}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            this.fire("speed-change", value === "" ? null : Number(value));
          }}
        >
          ${paces.map(
            (pace) =>
              html`<option value=${pace} ?selected=${pace === String(this.speed ?? "")}>
                ${pace === "" ? "full" : `${pace} steps/s`}
              </option>`,
          )}
        </select></label
      >
      <div class="place">
        <div class="status">
          <b role="status">${this.phaseText(run)}</b>
          <span class="muted number">${this.sideText(run)}</span>
        </div>
        ${
          run
            ? html`<time-track
                .step=${run.step}
                .totalSteps=${run.totalSteps}
                .stepsPerEpoch=${run.stepsPerEpoch}
                .kept=${this.kept}
                @rewind=${(event: CustomEvent<number>) => this.fire("rewind", event.detail)}
              ></time-track>`
            : html`<progress
                aria-label="Download of MNIST"
                max=${download?.total ?? 1}
                .value=${download?.loaded ?? (this.snapshot.data ? 1 : 0)}
              ></progress>`
        }
      </div>
      <dl>
        ${this.renderFigure("step", run ? `${count(run.step)} / ${count(run.totalSteps)}` : "–")}
        ${this.renderFigure("images/s", run?.progress ? count(run.progress.imagesPerSecond) : "–")}
        ${this.renderFigure("time left", this.timeLeft(run))}
        ${this.renderFigure("loss", run?.loss.smooth.at(-1)?.toFixed(4) ?? "–")}
      </dl>
    `;
  }

  private renderFigure(name: string, value: string) {
    return html`<div>
      <dt>${name}</dt>
      <dd id=${name === "step" ? "step" : nothing}>${value}</dd>
    </div>`;
  }

  /** One button in one place, so that the focus stays while its meaning changes. */
  private renderMain(run: RunView | null) {
    const [text, event] =
      run?.phase === "paused"
        ? (["Resume", "run-resume"] as const)
        : run && isActive(run.phase)
          ? (["Pause", "run-pause"] as const)
          : (["Start", "run-start"] as const);
    const idle = this.waiting || this.disabled || run?.phase === "measuring";
    return html`<button
      class="primary"
      aria-keyshortcuts="Space"
      aria-disabled=${idle ? "true" : nothing}
      @click=${() => idle || this.fire(event)}
    >
      ${text}
    </button>`;
  }

  private phaseText(run: RunView | null): string {
    if (this.disabled) return "A recording";
    if (this.waiting) return this.snapshot.data ? "Getting ready" : "Starts when MNIST is here";
    if (!run) return this.snapshot.data ? "Ready" : "Fetching MNIST";
    return phaseNames[run.phase];
  }

  private sideText(run: RunView | null): string {
    const { download } = this.snapshot;
    if (!run) {
      if (download) return `${megabytes(download.loaded)} of ${megabytes(download.total)}`;
      return this.disabled ? "" : "Start trains the attack that is set up";
    }
    const { stepping } = this;
    if (stepping && stepping.cursor > 0) {
      return `kernel ${stepping.cursor} of ${stepping.dispatches.length}`;
    }
    const epochs = run.totalSteps / run.stepsPerEpoch;
    const epoch = Math.min(Math.ceil(epochs), Math.floor(run.step / run.stepsPerEpoch) + 1);
    return `epoch ${epoch} of ${Math.ceil(epochs)}`;
  }

  private timeLeft(run: RunView | null): string {
    return run?.progress && isActive(run.phase) ? duration(run.progress.secondsLeft) : "–";
  }

  private fire(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "time-bar": TimeBar;
  }
}
