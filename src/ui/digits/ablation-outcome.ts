/** What the network does as it stands, in two large numbers, and what the changed neurons made of it. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { definitions } from "../../backdoor/measure.ts";
import type { AblationMeasure, ScaledMeasure } from "../../studies/digits/port.ts";
import { count, percent } from "../../format.ts";
import "../elements/help-tip.ts";
import { base } from "../elements/styles.ts";

const outcomes = [
  { key: "cleanAccuracy", name: "clean", title: "Clean accuracy", topic: "clean accuracy" },
  { key: "attackSuccess", name: "attack", title: "Attack success", topic: "attack success" },
] as const;

@customElement("ablation-outcome")
export class AblationOutcome extends LitElement {
  /** Of the changed network; null until it is known. */
  @property({ attribute: false }) measure: ScaledMeasure | null = null;
  /** Of the network as it was trained. */
  @property({ attribute: false }) baseline: AblationMeasure | null = null;
  /** The step that the baseline is of; null: the network as it stands. */
  @property({ attribute: false }) measuredAt: number | null = null;
  /** Some neuron is changed. */
  @property({ type: Boolean }) changed = false;

  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
      }
      .title {
        font-size: 13px;
        font-weight: 650;
        white-space: nowrap;
      }
      .value {
        font-size: 26px;
        line-height: 1.1;
        font-weight: 650;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .clean .value {
        color: var(--clean);
      }
      .attack .value {
        color: var(--attack);
      }
      .note {
        font-size: 12px;
        line-height: 18px;
        min-height: 36px;
      }
      .note span {
        display: block;
      }
    `,
  ];

  override render() {
    const now = this.changed ? this.measure : this.baseline;
    return outcomes.map(({ key, name, title, topic }) => {
      const value = now?.[key] ?? null;
      return html`<div class=${name}>
        <div class="title">
          ${title}<help-tip topic=${topic} text=${definitions[key]}></help-tip>
        </div>
        <div class="value" id=${name}>${value === null ? "–" : percent(value)}</div>
        <div class="note muted number">
          <span>${this.changeOf(key)}</span><span>${this.imagesOf(now)}</span>
        </div>
      </div>`;
    });
  }

  private changeOf(key: "cleanAccuracy" | "attackSuccess"): string {
    const { measuredAt } = this;
    if (!this.changed) {
      return measuredAt === null ? "no neuron changed" : `measured at step ${count(measuredAt)}`;
    }
    if (!this.measure) return "measuring";
    const [before, after] = [this.unchanged?.[key] ?? null, this.measure[key]];
    if (before === null || after === null) return "";
    const points = 100 * (after - before);
    const sign = points > 0 ? "+" : points < 0 ? "−" : "±";
    return `${sign}${Math.abs(points).toFixed(2)} points`;
  }

  /** The unchanged network on the very images of the changed one; null where that is not known. */
  private get unchanged(): AblationMeasure | null {
    const { measure, baseline, measuredAt } = this;
    if (!measure || measure.unchanged) return measure?.unchanged ?? null;
    return measuredAt === null && baseline?.images === measure.images ? baseline : null;
  }

  private imagesOf(measure: AblationMeasure | null): string {
    if (!measure) return "";
    const all = this.baseline?.images === measure.images;
    return all ? `of all ${count(measure.images)} images` : `of ${count(measure.images)} images`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ablation-outcome": AblationOutcome;
  }
}
