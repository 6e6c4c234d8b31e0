/** A table or figure of the paper: what it is, how much of it is run, on what, and ways to run and export it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { duration } from "../../format.ts";
import type { SweepProgress } from "../../studies/reproduction/sweep.ts";
import { base, controls, panel } from "../elements/styles.ts";

/** A file that a card offers. */
export interface PaperFile {
  /** Its kind, for the button: "SVG". */
  readonly kind: string;
  readonly save: () => void;
}

/** Fires `run`, `stop` and `discard`. */
@customElement("paper-card")
export class PaperCard extends LitElement {
  @property() heading = "";
  /** What the results on view were made on. */
  @property() made = "";
  @property({ type: Number }) finished = 0;
  @property({ type: Number }) instances = 0;
  /** What is finished of the reader's own. */
  @property({ type: Number }) own = 0;
  /** Some of the reader's own is under way, and waits to go on. */
  @property({ type: Boolean }) begun = false;
  @property({ type: Boolean }) running = false;
  /** Something else runs, so that this has to wait. */
  @property({ type: Boolean }) busy = false;
  @property({ attribute: false }) progress: SweepProgress | null = null;
  /** How long it may take, in a clause; null where nobody knows. */
  @property({ attribute: false }) takes: string | null = null;
  @property({ attribute: false }) files: readonly PaperFile[] = [];

  static override styles = [
    base,
    controls,
    panel,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      header,
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 10px;
      }
      h2 {
        flex: 1 1 280px;
        font-size: 15px;
      }
      header span,
      footer {
        font-size: 12px;
      }
      footer p {
        flex: 1 1 240px;
        color: var(--muted);
      }
      button {
        font-size: 12px;
        min-height: 26px;
        padding: 2px 10px;
      }
      progress {
        flex: 1 1 120px;
        min-width: 80px;
        accent-color: var(--clean);
      }
      .body {
        min-width: 0;
        overflow-x: auto;
      }
    `,
  ];

  override render() {
    const { heading, finished, instances, files } = this;
    return html`
      <header>
        <h2>${heading}</h2>
        ${
          instances === 0
            ? nothing
            : html`<span class="muted number">${finished} of ${instances} networks</span>`
        }
        ${files.map(
          ({ kind, save }) =>
            html`<button type="button" aria-label="Save ${heading} as ${kind}" @click=${save}>
              ${kind}
            </button>`,
        )}
      </header>
      <div class="body"><slot></slot></div>
      ${
        instances === 0
          ? nothing
          : html`<footer>${this.running ? this.renderRunning() : this.renderIdle()}</footer>`
      }
    `;
  }

  private renderIdle() {
    const { own, begun, instances, busy, heading, made } = this;
    const some = own > 0 || begun;
    const action = !some ? "Run on this GPU" : own < instances ? "Go on" : "Finished";
    const told = some ? ` ${own} of ${instances} are finished in this browser.` : "";
    const button = (text: string, disabled: boolean, act: () => void) =>
      html`<button
        type="button"
        ?disabled=${disabled}
        aria-label="${text}: ${heading}"
        @click=${act}
      >
        ${text}
      </button>`;
    const fire = (event: string) => () => this.dispatchEvent(new CustomEvent(event));
    return html`
      <p>${made}${told}</p>
      ${
        own === instances || this.takes === null
          ? nothing
          : html`<span class="muted">To compare: ${this.takes}.</span>`
      }
      ${some ? button("Discard yours", busy, () => this.discard()) : nothing}
      ${button(action, busy || own === instances, fire("run"))}
    `;
  }

  private discard(): void {
    const sure = window.confirm(`Discard your own results of “${this.heading}”, to run it anew?`);
    if (sure) this.dispatchEvent(new CustomEvent("discard"));
  }

  private renderRunning() {
    const { progress } = this;
    const share = progress ? shareOf(progress) : 0;
    return html`
      <progress max="1" .value=${share} aria-label=${this.heading}></progress>
      <span class="number">${progress ? progressInWords(progress) : "getting ready"}</span>
      <button type="button" @click=${() => this.dispatchEvent(new CustomEvent("stop"))}>
        Pause
      </button>
    `;
  }
}

function shareOf({ finished, instances, run, examined }: SweepProgress): number {
  const one = run ? run.step / run.totalSteps : (examined ?? 0);
  return (finished + one) / instances;
}

/** Which network of how many is under way, where it is, and how long it may take. */
export function progressInWords({
  instance,
  finished,
  instances,
  run,
  examined,
  secondsLeft,
}: SweepProgress) {
  const place = `${finished + 1} of ${instances}: ${instance.title}`;
  const doing =
    examined !== null
      ? ", examining its neurons"
      : run
        ? `, step ${run.step} of ${run.totalSteps}`
        : "";
  return `${place}${doing}${secondsLeft === null ? "" : `, ${duration(secondsLeft)} left`}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "paper-card": PaperCard;
  }
}
