/** The run as a track: epochs or steps, what is done, and the states that it can go back to. */
import { scaleLinear } from "d3";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { count } from "../../format.ts";
import { OwnTask } from "../elements/own-task.ts";
import { SizeController } from "../elements/size-controller.ts";
import { base } from "../elements/styles.ts";
import { epochTicks } from "../elements/epoch-ticks.ts";

/** Room beside the track's ends, in which a mark at an end fits. */
const MARGIN = 9;

/** Fires `rewind` with a step. */
@customElement("time-track")
export class TimeTrack extends OwnTask(LitElement) {
  @property({ type: Number }) step = 0;
  @property({ type: Number }) totalSteps = 1;
  /** What its numbers count. */
  @property() tick = "epoch";
  @property({ type: Number }) stepsPerTick = 1;
  /** Steps whose states are kept. */
  @property({ attribute: false }) rewindable: readonly number[] = [];
  @query(".track") private track!: HTMLElement | null;
  private readonly size = new SizeController(this, () => this.track);

  static override styles = [
    base,
    css`
      .track {
        position: relative;
        height: 44px;
      }
      .line,
      .done {
        position: absolute;
        top: 14px;
        height: 6px;
        border-radius: 3px;
        background: var(--line);
      }
      .done {
        background: var(--ink);
      }
      .now {
        position: absolute;
        top: 8px;
        width: 2px;
        height: 18px;
        margin-left: -1px;
        background: var(--ink);
      }
      .tick {
        position: absolute;
        top: 27px;
        transform: translateX(-50%);
        font-size: 11px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      button {
        position: absolute;
        top: 5px;
        width: 24px;
        height: 24px;
        margin-left: -12px;
        padding: 0;
        border: 0;
        background: none;
        cursor: pointer;
      }
      button::before {
        content: "";
        position: absolute;
        inset: 6px;
        border: 1.5px solid var(--ink);
        background: var(--panel);
        transform: rotate(45deg);
      }
      button:hover::before,
      button:focus-visible::before {
        background: var(--clean);
      }
    `,
  ];

  override render() {
    const { step, totalSteps, tick, stepsPerTick, rewindable } = this;
    const { width } = this.size;
    const x = scaleLinear([0, totalSteps], [MARGIN, Math.max(MARGIN, width - MARGIN)]);
    return html`<div class="track">
      <!-- Beside the marks, not around them: what a progressbar contains is no button to a screen reader. -->
      <div
        class="line"
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin="0"
        aria-valuemax=${totalSteps}
        aria-valuenow=${step}
        style="left: ${x(0)}px; width: ${x(totalSteps) - x(0)}px"
      ></div>
      <div class="done" style="left: ${x(0)}px; width: ${x(step) - x(0)}px"></div>
      <div class="now" style="left: ${x(step)}px"></div>
      ${
        width > 0
          ? epochTicks(totalSteps / stepsPerTick, width).map(
              (place) =>
                html`<span
                  class="tick"
                  style="left: ${x(place * stepsPerTick)}px"
                  aria-hidden="true"
                  >${place === 0 ? tick : place}</span
                >`,
            )
          : nothing
      }
      <div role="group" aria-label="States to go back to" @keydown=${this.move}>
        ${rewindable.map((kept, i) => {
          const name = `Step ${count(kept)}: go back and run again from the same bits`;
          return html`<button
            style="left: ${x(kept)}px"
            title=${name}
            aria-label=${name}
            tabindex=${i === rewindable.length - 1 ? 0 : -1}
            @click=${() => this.dispatchEvent(new CustomEvent("rewind", { detail: kept }))}
          ></button>`;
        })}
      </div>
    </div>`;
  }

  /** Arrows go from mark to mark. */
  private move(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const marks = [...this.renderRoot.querySelectorAll("button")];
    const at = marks.indexOf(event.target as HTMLButtonElement);
    marks[at + by]?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "time-track": TimeTrack;
  }
}
