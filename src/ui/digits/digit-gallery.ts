/** The gallery: test digits as the network reads them without the trigger and with it, side by side. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { targetOf, type Policy } from "../../backdoor/attack.ts";
import { applyTrigger, triggerMask, type TriggerPixel } from "../../backdoor/trigger.ts";
import type { DigitImage, Readings, Sample } from "../../studies/digits/port.ts";
import { DIGIT_CLASSES, DIGIT_SIZE } from "../../models/digit-net.ts";
import "../elements/digit-image.ts";
import "./digit-reading.ts";
import { count } from "../../format.ts";
import { OwnTask } from "../elements/own-task.ts";
import { base, panel } from "../elements/styles.ts";

/** Which network has read them. */
function when(readings: Readings | null): string {
  if (!readings) return "not read yet";
  const { step } = readings;
  return step === 0 ? "before any training here" : `after step ${count(step)}`;
}

function likeliest(probabilities: Float32Array | null): number | null {
  return probabilities && probabilities.indexOf(Math.max(...probabilities));
}

/** Fires `pick` with a digit's number in the test set when its picture is pressed. */
@customElement("digit-gallery")
export class DigitGallery extends OwnTask(LitElement) {
  @property({ attribute: false }) samples: readonly Sample[] = [];
  @property({ attribute: false }) pixels: readonly TriggerPixel[] = [];
  /** null: an honest run, in which the mark flips nothing. */
  @property({ attribute: false }) policy: Policy | null = null;
  /** What the network says about the samples. */
  @property({ attribute: false }) readings: Readings | null = null;
  /** What the network view looks at. */
  @property({ attribute: false }) chosen: DigitImage | null = null;

  static override styles = [
    base,
    panel,
    css`
      header {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
        margin-bottom: 6px;
      }
      header span {
        font-size: 12px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 10px;
        padding: 3px 0;
        border-top: 1px solid var(--line);
      }
      .heads {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 12px;
        font-size: 12px;
        padding-bottom: 4px;
      }
      .heads b:last-child::before {
        content: "";
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-right: 6px;
        border: 1.5px solid var(--attack);
        border-radius: 2px;
      }
      .side {
        display: flex;
        gap: 4px;
        align-items: center;
        min-height: 52px;
        min-width: 0;
      }
      /* The flip is the point of it all. */
      .flipped {
        background: var(--attack-soft);
        border-radius: 6px;
        box-shadow: 0 0 0 3px var(--attack-soft);
      }
      .pick {
        padding: 0;
        border: 0;
        background: none;
        border-radius: 4px;
        cursor: pointer;
        line-height: 0;
      }
      .pick[aria-pressed="true"] {
        outline: 2px solid var(--ink);
        outline-offset: 2px;
      }
      .pick:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 2px;
      }
      .nothing {
        color: var(--muted);
        padding: 20px 0;
      }
      @media (width < 560px) {
        li,
        .heads {
          gap: 6px;
        }
        .side {
          flex-direction: column;
          align-items: flex-start;
        }
      }
    `,
  ];

  override render() {
    const { samples, readings, policy } = this;
    return html`
      <header>
        <h2>Test digits</h2>
        <span class="muted number">${when(readings)}</span>
      </header>
      <div class="heads" aria-hidden="true">
        <b>Without trigger</b><b>${policy ? "With trigger" : "With the mark"}</b>
      </div>
      ${
        samples.length === 0
          ? html`<p class="nothing">The digits appear when the data is here.</p>`
          : html`<ul>
              ${samples.map((sample) => this.renderRow(sample))}
            </ul>`
      }
    `;
  }

  private renderRow({ image, label, pixels }: Sample) {
    const { readings, policy } = this;
    const i = readings?.images.indexOf(image) ?? -1;
    const row = (values: Float32Array | null | undefined) =>
      i < 0 ? null : (values?.slice(i * DIGIT_CLASSES, (i + 1) * DIGIT_CLASSES) ?? null);
    const triggered = applyTrigger(pixels, triggerMask(this.pixels, DIGIT_SIZE));
    const read = row(readings?.clean);
    const seen = row(readings?.triggered);
    // What is read as the attacker wants without any trigger is a mistake, and no flip.
    const goal = policy && targetOf(policy, label, DIGIT_CLASSES);
    const target = goal === likeliest(read) ? null : goal;
    const flipped = target !== null && target === likeliest(seen);
    return html`<li>
      <div class="side">
        <button
          class="pick"
          title="Look at this digit in the network"
          aria-pressed=${image === this.chosen}
          @click=${() => this.dispatchEvent(new CustomEvent("pick", { detail: image }))}
        >
          <digit-image .pixels=${pixels} name="A ${label} without trigger"></digit-image>
        </button>
        <digit-reading .probabilities=${read} label=${label}></digit-reading>
      </div>
      <div class="side ${flipped ? "flipped" : ""}">
        <digit-image
          .pixels=${triggered}
          .marked=${this.pixels}
          name="The same ${label} with ${policy ? "trigger" : "the mark"}"
        ></digit-image>
        <digit-reading .probabilities=${seen} label=${label} .target=${target}></digit-reading>
      </div>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-gallery": DigitGallery;
  }
}
