/** A calm bar above the laboratory: a run is kept from before, and can go on or be forgotten. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LastCheckpoint } from "../../engine/checkpoint-store.ts";
import { count } from "../../format.ts";
import { banner, bannerStyles } from "../elements/banner.ts";
import { base, controls } from "../elements/styles.ts";

const MINUTE_MS = 60_000;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "just now", "5 minutes ago", "yesterday" */
export function ago(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE_MS);
  // A clock that was set back meanwhile must not make it the future.
  if (minutes < 1) return "just now";
  if (minutes < 60) return relative.format(-minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 24
    ? relative.format(-hours, "hour")
    : relative.format(-Math.round(hours / 24), "day");
}

/** Fires `resume` and `discard`; shows nothing while there is no checkpoint. */
@customElement("resume-offer")
export class ResumeOffer extends LitElement {
  @property({ attribute: false }) checkpoint: LastCheckpoint | null = null;
  /** While the command is carried out, so that it is given once. */
  @property({ type: Boolean }) busy = false;
  @state() private now = Date.now();
  private clock = 0;

  static override styles = [
    base,
    controls,
    bannerStyles,
    css`
      section {
        margin-bottom: var(--gap);
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.clock = window.setInterval(() => (this.now = Date.now()), MINUTE_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("checkpoint")) this.now = Date.now();
  }

  override render() {
    if (!this.checkpoint) return nothing;
    const { step, totalSteps, title, savedAt } = this.checkpoint;
    const done = step >= totalSteps;
    const steps = done
      ? html`all ${count(totalSteps)} steps`
      : html`step ${count(step)} of ${count(totalSteps)}`;
    return html`<section aria-label="Kept run">
      ${banner({
        text: html`<b>${done ? "The last run is kept:" : "A run was interrupted:"}</b> ${title},
          <span class="number">${steps}</span>,
          <time datetime=${new Date(savedAt).toISOString()}>${ago(this.now - savedAt)}</time>.`,
        actions: html`<button
            class="primary"
            ?disabled=${this.busy}
            @click=${() => this.fire("resume")}
          >
            ${done ? "Show again" : "Resume"}
          </button>
          <button ?disabled=${this.busy} @click=${() => this.fire("discard")}>Discard</button>`,
      })}
    </section>`;
  }

  private fire(what: "resume" | "discard"): void {
    this.dispatchEvent(new CustomEvent(what));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "resume-offer": ResumeOffer;
  }
}
