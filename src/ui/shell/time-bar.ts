/** Time, along the bottom: start, pause, stop, step by any unit, slow down, go back, and where the run is. */
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { count, duration, megabytes } from "../../format.ts";
import {
  isActive,
  type Phase,
  type RunView,
  type StepUnit,
  type StudyPort,
} from "../../studies/port.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, controls } from "../elements/styles.ts";
import { timeBarStyles } from "./time-bar-styles.ts";
import "./time-track.ts";

const titles = {
  kernel: "One kernel further: one program of the training step on the GPU",
  layer: "One layer further: all its kernels of a pass",
  batch: "One batch further: a training step on a few images",
} as const;

/** What a study calls its time. */
export interface TimeWords {
  /** The longest unit of a step, and what a step by it is. */
  readonly epoch: { readonly name: string; readonly title: string };
  /** What the track counts: epochs, or steps. */
  readonly tick: "epoch" | "step";
  /** What Start does. */
  readonly start: string;
  /** What a run waits for while its data is on its way. */
  readonly waits: string;
  /** What is on view where there is no engine. */
  readonly absent: string;
}

/** Data on its way, in bytes. */
export interface Download {
  readonly loaded: number;
  readonly total: number;
}

const phaseNames: Readonly<Record<Phase, string>> = {
  starting: "Getting ready",
  training: "Training",
  paused: "Paused",
  measuring: "Measuring what was learned",
  finished: "Finished",
  stopped: "Stopped",
  failed: "Ended by an error",
};

const units: readonly { readonly unit: StepUnit; readonly key: string }[] = [
  { unit: "kernel", key: "K" },
  { unit: "layer", key: "L" },
  { unit: "batch", key: "B" },
  { unit: "epoch", key: "E" },
];

/** Steps a second; the empty one is as fast as it goes. */
const paces = ["", "20", "5", "1"] as const;

/**
 * Fires `run-start`, `run-pause`, `run-resume`, `run-stop`, `step` (StepUnit), `rewind` (step) and
 * `pace-change` (steps a second, or null).
 */
@customElement("time-bar")
export class TimeBar extends OwnTask(LitElement) {
  @property({ attribute: false }) words!: TimeWords;
  @property({ attribute: false }) run: RunView<StudyPort> | null = null;
  /** What has to come before a run can start, in words; null when it is there. */
  @property() loading: string | null = null;
  @property({ attribute: false }) download: Download | null = null;
  /** Start was pressed, and the engine waits for data or is about to begin. */
  @property({ type: Boolean }) waiting = false;
  /** There is no engine. */
  @property({ type: Boolean }) disabled = false;
  /** Running mean of the training's loss. */
  @property({ attribute: false }) loss: number | null = null;

  static override styles = [base, controls, timeBarStyles];

  override render() {
    const { run, loss } = this;
    return html`
      ${this.renderButtons()} ${this.renderSteps()} ${this.renderPaces()}
      <div class="place">
        <div class="status">
          <b role="status">${this.phaseText()}</b>
          <span class="muted number">${this.sideText()}</span>
        </div>
        ${run ? this.renderTrack(run) : this.renderDownload()}
      </div>
      <dl>
        ${figure("step", run ? `${count(run.step)} / ${count(run.totalSteps)}` : "–")}
        ${figure("images/s", run?.progress ? count(run.progress.imagesPerSecond) : "–")}
        ${figure("time left", this.timeLeft())}
        ${figure("loss", loss === null ? "–" : loss.toFixed(4))}
      </dl>
    `;
  }

  private get active(): boolean {
    return this.run !== null && isActive(this.run.phase);
  }

  /**
   * Start, pause or resume, and stop: one button in one place for the first three, so that the focus stays
   * while its meaning changes.
   */
  private renderButtons() {
    const { active } = this;
    const phase = this.run?.phase ?? null;
    const idle = this.waiting || this.disabled || phase === "measuring";
    const [text, event] =
      phase === "paused"
        ? ["Resume", "run-resume"]
        : active
          ? ["Pause", "run-pause"]
          : ["Start", "run-start"];
    return html`<div class="buttons">
      <button
        class="primary"
        aria-keyshortcuts="Space"
        aria-disabled=${idle ? "true" : nothing}
        @click=${() => idle || this.fire(event)}
      >
        ${text}
      </button>
      <button
        ?disabled=${this.disabled || !active}
        title=${phase === "measuring" ? "End it without its last measurement" : "End the run, and measure it"}
        @click=${() => this.fire("run-stop")}
      >
        ${phase === "measuring" ? "Stop now" : "Stop"}
      </button>
    </div>`;
  }

  private renderSteps() {
    const phase = this.run?.phase;
    const still = phase === "starting" || phase === "measuring";
    return html`<div class="step" role="group" aria-label="One step of">
      <span class="label" aria-hidden="true">Step</span>
      ${units.map(({ unit, key }) => {
        const { name, title } =
          unit === "epoch" ? this.words.epoch : { name: unit, title: titles[unit] };
        return html`<button
          class="unit"
          title=${title}
          aria-keyshortcuts=${key}
          ?disabled=${this.disabled || this.waiting || still}
          @click=${() => this.fire("step", unit)}
        >
          ${name} <kbd>${key}</kbd>
        </button>`;
      })}
    </div>`;
  }

  private renderPaces() {
    const now = String(this.run?.pace ?? "");
    return html`<label class="pace"
      ><span class="label" aria-hidden="true">Speed</span>
      <select
        aria-label="Speed"
        ?disabled=${this.disabled || !this.active}
        @change=${(event: Event) => {
          const { value } = event.target as HTMLSelectElement;
          this.fire("pace-change", value === "" ? null : Number(value));
        }}
      >
        ${paces.map(
          (pace) =>
            html`<option value=${pace} ?selected=${pace === now}>
              ${pace === "" ? "full" : `${pace} steps/s`}
            </option>`,
        )}
      </select></label
    >`;
  }

  private renderTrack({ step, totalSteps, stepsPerEpoch, rewindable }: RunView<StudyPort>) {
    const { tick } = this.words;
    return html`<time-track
      .step=${step}
      .totalSteps=${totalSteps}
      .tick=${tick}
      .stepsPerTick=${tick === "epoch" ? stepsPerEpoch : 1}
      .rewindable=${rewindable}
      @rewind=${(event: CustomEvent<number>) => this.fire("rewind", event.detail)}
    ></time-track>`;
  }

  private renderDownload() {
    const { download, loading } = this;
    return html`<progress
      aria-label="Data that has arrived"
      max=${download?.total ?? 1}
      .value=${download?.loaded ?? (loading === null ? 1 : 0)}
    ></progress>`;
  }

  private phaseText(): string {
    const { run, loading, words } = this;
    if (this.disabled) return words.absent;
    if (this.waiting) return loading === null ? "Getting ready" : words.waits;
    return run ? phaseNames[run.phase] : (loading ?? "Ready");
  }

  private sideText(): string {
    const { run, loading, download, words } = this;
    if (!run) {
      if (download) return `${megabytes(download.loaded)} of ${megabytes(download.total)}`;
      return this.disabled ? "" : words.start;
    }
    const { stepping, totalSteps, stepsPerEpoch, step, measureSeconds = null } = run;
    if (run.phase === "measuring" && measureSeconds !== null) {
      return `takes about ${duration(measureSeconds)}`;
    }
    if (stepping && stepping.cursor > 0) {
      return `kernel ${stepping.cursor} of ${stepping.dispatches.length}`;
    }
    if (loading !== null) return loading;
    const epochs = Math.ceil(totalSteps / stepsPerEpoch);
    const epoch = Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1);
    return `${words.epoch.name} ${epoch} of ${epochs}`;
  }

  private timeLeft(): string {
    const seconds = this.active ? (this.run?.progress?.secondsLeft ?? null) : null;
    return seconds === null ? "–" : duration(seconds);
  }

  private fire(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function figure(name: string, value: string) {
  return html`<div class=${name.replace(/\W/g, "-")}>
    <dt>${name}</dt>
    <dd id=${name === "step" ? "step" : nothing}>${value}</dd>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "time-bar": TimeBar;
  }
}
