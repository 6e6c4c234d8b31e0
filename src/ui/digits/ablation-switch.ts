/** Switches the first neurons of a ranking off at once, beside what that does. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { NeuronId, NeuronScale } from "../../studies/digits/port.ts";
import { base, controls } from "../elements/styles.ts";
import { switchedOff } from "./ranking.ts";

/** Fires `scale-change` (NeuronScale[]) and `count-change` (number). */
@customElement("ablation-switch")
export class AblationSwitch extends LitElement {
  @property({ attribute: false }) ranking: readonly NeuronId[] = [];
  @property({ attribute: false }) scaled: readonly NeuronScale[] = [];
  /** How many are wanted; a shorter ranking has fewer. */
  @property({ type: Number }) count = 5;

  static override styles = [
    base,
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
        min-height: 32px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      input {
        width: 68px;
      }
    `,
  ];

  override render() {
    const { scaled, ranking, n } = this;
    return html`<label
        >The top
        <input
          type="number"
          min="1"
          max=${ranking.length}
          .value=${String(n)}
          @change=${(event: Event) => this.setWanted(event.target as HTMLInputElement)}
      /></label>
      <button type="button" @click=${() => this.tell(switchedOff(ranking, n))}>Switch off</button>
      <button type="button" ?disabled=${scaled.length === 0} @click=${() => this.tell([])}>
        Undo all
      </button>
      <span class="muted number" role="status"
        >${scaled.length === 0 ? "" : `${scaled.length} changed`}</span
      >`;
  }

  private get n(): number {
    return Math.min(this.count, Math.max(1, this.ranking.length));
  }

  private setWanted(input: HTMLInputElement): void {
    if (input.valueAsNumber >= 1) {
      this.count = Math.floor(input.valueAsNumber);
      this.dispatchEvent(new CustomEvent("count-change", { detail: this.count }));
    }
    input.value = String(this.n);
  }

  private tell(scaled: readonly NeuronScale[]): void {
    this.dispatchEvent(new CustomEvent("scale-change", { detail: scaled }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ablation-switch": AblationSwitch;
  }
}
