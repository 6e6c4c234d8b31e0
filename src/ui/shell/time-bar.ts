/** Time, along the bottom: start, pause, stop, step by any unit, slow down, go back, and where the run is. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type StepView, isActive } from "../../studies/port.ts";
import { type RunView, type Snapshot } from "../../studies/digits/port.ts";
import { count, duration, megabytes } from "../../format.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, controls } from "../elements/styles.ts";
import { timeBarStyles } from "./time-bar-styles.ts";
import { figure, phaseNames, runButtons, stepButtons } from "./time-parts.ts";
import "./time-track.ts";

/** Steps a second; the empty one is as fast as it goes. */
const paces = ["", "20", "5", "1"] as const;

/**
 * Fires `run-start`, `run-pause`, `run-resume`, `run-stop`, `step` (StepUnit), `rewind` (step) and
 * `speed-change` (steps a second, or null).
 */
@customElement("time-bar")
export class TimeBar extends OwnTask(LitElement) {
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
    const idle = this.waiting || this.disabled || run?.phase === "measuring";
    const fire = this.fire.bind(this);
    return html`
      ${runButtons(run?.phase ?? null, idle, this.disabled, fire)}
      ${stepButtons(this.disabled || this.waiting || still, fire)}
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
        ${figure("step", run ? `${count(run.step)} / ${count(run.totalSteps)}` : "–")}
        ${figure("images/s", run?.progress ? count(run.progress.imagesPerSecond) : "–")}
        ${figure("time left", this.timeLeft(run))}
        ${figure("loss", run?.loss.smooth.at(-1)?.toFixed(4) ?? "–")}
      </dl>
    `;
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
    const seconds = run && isActive(run.phase) ? (run.progress?.secondsLeft ?? null) : null;
    return seconds === null ? "–" : duration(seconds);
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
