/** Time in the sign study: start, pause, stop, step by a unit, and where the run is. */
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { StepUnit } from "../engine/lab-port.ts";
import { isActive, type Phase } from "../engine/port.ts";
import type { SignRunView } from "../engine/sign-port.ts";
import { count, duration } from "../format.ts";
import { base, controls } from "./styles.ts";
import { timeBarStyles } from "./time-bar-styles.ts";

const phaseNames: Readonly<Record<Phase, string>> = {
  starting: "Compiling the training step",
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

/** Fires `run-start`, `run-pause`, `run-resume`, `run-stop` and `step` (StepUnit). */
@customElement("sign-time")
export class SignTime extends LitElement {
  @property({ attribute: false }) run: SignRunView | null = null;
  /** What the engine does before anything can start, in words. */
  @property() loading: string | null = null;
  /** There is no engine. */
  @property({ type: Boolean }) disabled = false;

  static override styles = [base, controls, timeBarStyles];

  override render() {
    const { run, disabled } = this;
    const active = run !== null && isActive(run.phase);
    const still = run?.phase === "starting" || run?.phase === "measuring";
    const [text, event] =
      run?.phase === "paused"
        ? ["Resume", "run-resume"]
        : active
          ? ["Pause", "run-pause"]
          : ["Start", "run-start"];
    return html`
      <div class="buttons">
        <button
          class="primary"
          aria-keyshortcuts="Space"
          aria-disabled=${disabled || still ? "true" : nothing}
          @click=${() => disabled || still || this.fire(event)}
        >
          ${text}
        </button>
        <button
          ?disabled=${disabled || !active || run.phase === "measuring"}
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
              title=${unit === "epoch" ? "To the next measurement" : `One ${unit} further`}
              aria-keyshortcuts=${key}
              ?disabled=${disabled || still}
              @click=${() => this.fire("step", unit)}
            >
              ${unit === "epoch" ? "mark" : unit} <kbd>${key}</kbd>
            </button>`,
        )}
      </div>
      <div class="place">
        <div class="status">
          <b role="status">${this.phaseText()}</b>
          <span class="muted number">${this.sideText()}</span>
        </div>
        <progress
          aria-label="Steps of the run"
          max=${run?.iterations ?? 1}
          .value=${run?.step ?? 0}
        ></progress>
      </div>
      <dl>
        ${this.figure("step", run ? `${count(run.step)} / ${count(run.iterations)}` : "–")}
        ${this.figure("time left", active && run.secondsLeft !== null ? duration(run.secondsLeft) : "–")}
      </dl>
    `;
  }

  private figure(name: string, value: string) {
    return html`<div>
      <dt>${name}</dt>
      <dd id=${name === "step" ? "step" : nothing}>${value}</dd>
    </div>`;
  }

  private phaseText(): string {
    if (this.disabled) return "Needs WebGPU";
    if (this.run) return phaseNames[this.run.phase];
    return this.loading ?? "Ready";
  }

  private sideText(): string {
    const { run } = this;
    if (!run) return this.disabled || this.loading ? "" : "Start trains a detector from scratch";
    const { stepping } = run;
    if (stepping && stepping.cursor > 0) {
      return `kernel ${stepping.cursor} of ${stepping.dispatches.length}`;
    }
    return this.loading ?? "";
  }

  private fire(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-time": SignTime;
  }
}
