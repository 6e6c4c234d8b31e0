/** How far a long piece of work is, how long it will take, and a way to end it. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TaskProgress as Progress } from "../../studies/port.ts";
import { duration, percent } from "../../format.ts";
import { base, controls } from "./styles.ts";

/** Fires `cancel`. */
@customElement("task-progress")
export class TaskProgress extends LitElement {
  /** What is being done, for the bar's name. */
  @property() heading = "";
  @property({ attribute: false }) progress!: Progress;

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        gap: 10px;
        align-items: center;
        min-height: 32px;
        font-size: 12px;
      }
      progress {
        flex: 1;
        min-width: 60px;
        accent-color: var(--clean);
      }
    `,
  ];

  override render() {
    const { done, secondsLeft } = this.progress;
    return html`
      <progress max="1" .value=${done} aria-label=${this.heading}></progress>
      <span class="number"
        >${percent(done, 0)}${secondsLeft === null ? "" : `, ${duration(secondsLeft)} left`}</span
      >
      <button type="button" @click=${() => this.dispatchEvent(new CustomEvent("cancel"))}>
        Cancel
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "task-progress": TaskProgress;
  }
}
