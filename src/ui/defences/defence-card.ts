/** A defence: what it asks, what it found, as words and in the slot as pictures, what it cannot see, and what is left. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { assess } from "../../defences/assessment.ts";
import type { Defence } from "../../defences/defence.ts";
import type { DefenceResult } from "../../defences/defend.ts";
import type { Standing } from "../../defences/judge.ts";
import { duration, percent } from "../../format.ts";
import type { Running } from "./defence-controller.ts";
import { figureTable, figureTableStyles } from "../elements/figure-table.ts";
import "../elements/help-tip.ts";
import { checkIcon, noteIcon, warningIcon } from "../elements/icons.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "../elements/task-progress.ts";

const needs = {
  nothing: "needs the network alone",
  images: "needs clean images",
  "training set": "needs the training set",
} as const;

/** Fires `run`, `cancel`, `save` and `try`, the last two for the network that it leaves behind. */
@customElement("defence-card")
export class DefenceCard extends LitElement {
  @property({ attribute: false }) defence!: Defence;
  @property({ attribute: false }) result: DefenceResult | null = null;
  /** The network as it was given. */
  @property({ attribute: false }) given: Standing | null = null;
  /** What runs, if anything does. */
  @property({ attribute: false }) running: Running | null = null;
  /** It cannot be run now. */
  @property({ type: Boolean }) disabled = false;
  /** About what it will take; null: not known. */
  @property({ attribute: false }) seconds: number | null = null;
  /** There is a file of the network that it leaves behind. */
  @property({ type: Boolean }) mended = false;
  /** That network is on view. */
  @property({ type: Boolean }) tried = false;
  /** It may be put on view. */
  @property({ type: Boolean }) tryable = false;

  static override styles = [
    base,
    controls,
    panel,
    figureTableStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 8px;
        scroll-margin-top: 12px;
      }
      /* An answer takes the whole width: words beside pictures. */
      @media (width >= 1000px) {
        .answer {
          display: grid;
          grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
          gap: 8px 28px;
          align-items: start;
        }
      }
      .pictures {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
        margin-top: 8px;
      }
      .words {
        display: grid;
        gap: 8px;
      }
      header,
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
      }
      h2 {
        flex: 1 1 200px;
        font-size: 15px;
      }
      .sub,
      details {
        font-size: 12px;
        color: var(--muted);
      }
      button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
      }
      .said {
        border-left: 4px solid var(--control);
        padding-left: 10px;
      }
      .said.yes {
        border-color: var(--attack);
      }
      .said.no {
        border-color: var(--clean);
      }
      .said strong,
      .worth strong {
        font-weight: 650;
      }
      .worth {
        border-radius: 7px;
        padding: 6px 10px;
        background: var(--clean-soft);
        font-size: 13px;
      }
      .worth.fails {
        background: var(--attack-soft);
      }
      svg {
        vertical-align: -2px;
      }
    `,
  ];

  override render() {
    const { defence, result } = this;
    const words = html`
      <header>
        <h2>${defence.name}</h2>
        <span class="sub number"
          >${defence.source};
          ${needs[defence.needs]}${result ? `; took ${duration(result.seconds)}` : nothing}</span
        >
      </header>
      <p>${defence.question}</p>
      ${this.renderAction()} ${result ? this.renderResult(result) : nothing}
      <details ?open=${result === null}>
        <summary>What it cannot see</summary>
        ${defence.blindSpots}
      </details>
    `;
    if (!result) return html`<div class="words">${words}</div>`;
    return html`<div class="answer">
      <div class="words">${words}</div>
      <div class="pictures"><slot></slot></div>
    </div>`;
  }

  private get place(): number {
    return this.running?.waiting.indexOf(this.defence.id) ?? -1;
  }

  private renderAction() {
    const { defence, running, result, seconds } = this;
    if (running && running.id === defence.id && running.waiting[0] === defence.id) {
      const progress = running.progress ?? { done: 0, secondsLeft: null };
      return html`<task-progress
        heading=${defence.name}
        .progress=${progress}
        @cancel=${() => this.fire("cancel")}
      ></task-progress>`;
    }
    if (this.place >= 0) return html`<p class="sub" role="status">Waits for its turn.</p>`;
    const text = result ? "Ask again" : "Ask";
    return html`<div class="row">
      <button
        type="button"
        ?disabled=${this.disabled}
        aria-label="${text}: ${defence.name}"
        @click=${() => this.fire("run")}
      >
        ${text}
      </button>
      ${
        result || seconds === null
          ? nothing
          : html`<span class="sub number"
              >${seconds < 1 ? "at once" : `about ${duration(seconds)}`} here</span
            >`
      }
    </div>`;
  }

  private renderResult(result: DefenceResult) {
    const { flagged, evidence } = result;
    const said =
      flagged === null
        ? "Not judged."
        : flagged
          ? "Takes the network for backdoored."
          : "Finds no backdoor.";
    const worth = assess(this.defence, result, this.given);
    return html`
      <p class="said ${flagged === null ? "" : flagged ? "yes" : "no"}">
        ${flagged === null ? noteIcon : flagged ? warningIcon : checkIcon}
        <strong>${said}</strong> ${evidence}
      </p>
      ${
        worth
          ? html`<p class="worth ${worth.fails ? "fails" : ""}">
              ${worth.fails ? warningIcon : checkIcon} ${worth.text}
            </p>`
          : nothing
      }
      ${result.after ? this.renderLeft(result.after) : nothing}
    `;
  }

  /** The network before and after, and what may be done with it. */
  private renderLeft(after: Standing) {
    const { given, defence, mended, tried, tryable } = this;
    return html`${figureTable(
      "On the judging images",
      [
        { title: "Clean accuracy", kind: "clean" },
        { title: "Attack success", kind: "attack" },
        { title: "Other classes" },
      ],
      [
        ...(given ? [{ head: "as it was given", cells: figures(given) }] : []),
        { head: "what it leaves", cells: figures(after) },
      ],
    )}
    ${
      mended
        ? html`<div class="row">
            <button
              type="button"
              aria-label="Save this network: what ${defence.name} leaves"
              @click=${() => this.fire("save")}
            >
              Save this network
            </button>
            ${
              tryable && !tried
                ? html`<button
                    type="button"
                    aria-label="Put it on view: what ${defence.name} leaves"
                    @click=${() => this.fire("try")}
                  >
                    Put it on view
                  </button>`
                : nothing
            }
            ${tried ? html`<span class="sub">It is on view.</span>` : nothing}
          </div>`
        : nothing
    }`;
  }

  private fire(type: string): void {
    this.dispatchEvent(new CustomEvent(type));
  }
}

/** Clean accuracy, attack success, and the other classes' accuracy under the trigger. */
const figures = (standing: Standing) => [
  percent(standing.cleanAccuracy),
  standing.attackSuccess === null ? "not known" : percent(standing.attackSuccess),
  standing.otherClassesAccuracy === null ? "–" : percent(standing.otherClassesAccuracy),
];

declare global {
  interface HTMLElementTagNameMap {
    "defence-card": DefenceCard;
  }
}
