/** Which channels of the backbone's last layer the sticker wakes: measured when asked for. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { duration, percent } from "../../format.ts";
import type { ChannelResponse } from "../../inspection/sticker-channels.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { figureTable, figureTableStyles, type Row } from "../elements/figure-table.ts";
import "../elements/help-tip.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { wasCancelled } from "../shell/errors.ts";

export interface Channels {
  readonly signs: number;
  readonly responses: readonly ChannelResponse[];
}

/** Asks for them; it takes a while. */
export type MeasureChannels = (
  onProgress: (progress: TaskProgress) => void,
  signal: AbortSignal,
) => Promise<Channels>;

/** Channels in the table. */
const SHOWN = 8;

/** Fires `trouble` with the error where they could not be measured. */
@customElement("sticker-channels")
export class StickerChannels extends LitElement {
  /** null: there is no engine. */
  @property({ attribute: false }) measure: MeasureChannels | null = null;
  @state() private measured: Channels | null = null;
  @state() private progress: TaskProgress | null = null;
  private ending: AbortController | null = null;

  static override styles = [
    base,
    panel,
    controls,
    figureTableStyles,
    css`
      p {
        margin-top: 6px;
        font-size: 12px;
        color: var(--muted);
      }
      button {
        font-size: 13px;
        min-height: 30px;
        padding: 3px 12px;
      }
      progress {
        width: 100%;
      }
    `,
  ];

  override disconnectedCallback(): void {
    this.ending?.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { measured, progress } = this;
    return html`<h2>
        Channels that the sticker wakes<help-tip
          topic="channels"
          text="Mean activation of the backbone's last layer at signs, without and with the sticker. A channel fires for the sticker alone where that is ten times as much, and more in nine of ten pairs of signs."
        ></help-tip>
      </h2>
      ${measured ? this.renderTable(measured) : nothing}
      ${progress ? this.renderProgress(progress) : this.renderButton()}`;
  }

  private renderButton() {
    const text = this.measured ? "Measure again" : "Measure";
    return html`<button ?disabled=${!this.measure} @click=${this.begin}>${text}</button>`;
  }

  private renderProgress({ done, secondsLeft }: TaskProgress) {
    const left = secondsLeft === null ? "" : `, ${duration(secondsLeft)} left`;
    return html`<progress .value=${done} aria-label="Signs that were looked at"></progress>
      <p>${percent(done, 0)}${left}</p>
      <button @click=${() => this.ending?.abort()}>Cancel</button>`;
  }

  private renderTable({ signs, responses }: Channels) {
    if (signs === 0) return html`<p>None of the scenes has a sign that the attack is about.</p>`;
    const only = responses.filter((one) => one.only).length;
    const rows = responses
      .slice(0, SHOWN)
      .map(({ channel, clean, triggered, separation, ...one }): Row => ({
        head: channel,
        cells: [clean.toFixed(3), triggered.toFixed(3), percent(separation, 0)],
        kind: one.only ? "found" : undefined,
      }));
    const columns = [
      { title: "clean", kind: "clean" },
      { title: "sticker", kind: "attack" },
      { title: "told apart" },
    ] as const;
    return html`${figureTable("channel", columns, rows)}
      <p>
        Of ${signs} signs.
        ${only === 0 ? "No channel fires" : `${only} of ${responses.length} fire`} for the sticker
        alone.
      </p>`;
  }

  private async begin(): Promise<void> {
    this.ending = new AbortController();
    this.progress = { done: 0, secondsLeft: null };
    try {
      this.measured = await this.measure!(
        (progress) => (this.progress = progress),
        this.ending.signal,
      );
    } catch (error) {
      if (!wasCancelled(error)) this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
    } finally {
      this.progress = null;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sticker-channels": StickerChannels;
  }
}
