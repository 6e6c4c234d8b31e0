/** Time in the sign study: start, pause, stop, step by a unit, and where the run is. */
import { html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { isActive } from "../../studies/port.ts";
import type { SignRunView } from "../../studies/signs/port.ts";
import { count, duration } from "../../format.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, controls } from "../elements/styles.ts";
import { timeBarStyles } from "../shell/time-bar-styles.ts";
import { figure, phaseNames, runButtons, stepButtons } from "../shell/time-parts.ts";

/** Fires `run-start`, `run-pause`, `run-resume`, `run-stop` and `step` (StepUnit). */
@customElement("sign-time")
export class SignTime extends OwnTask(LitElement) {
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
    const fire = this.fire.bind(this);
    return html`
      ${runButtons(run?.phase ?? null, disabled || still, disabled, fire)}
      ${stepButtons(disabled || still, fire, { name: "mark", title: "To the next measurement" })}
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
        ${figure("step", run ? `${count(run.step)} / ${count(run.iterations)}` : "–")}
        ${figure("time left", active && run.secondsLeft !== null ? duration(run.secondsLeft) : "–")}
      </dl>
    `;
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
