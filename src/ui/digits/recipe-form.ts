/** The recipe's fields: the attack above, the training below, each complaint beside its field. */
import { html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { definitions } from "../../backdoor/measure.ts";
import { triggerPresets, type TriggerPixel } from "../../backdoor/trigger.ts";
import { defaultRates } from "../../studies/digits/recipe.ts";
import {
  attackChoices,
  type AttackChoice,
  type Draft,
  type Errors,
  type NumberField,
  type TriggerChoice,
} from "./draft.ts";
import {
  complaint,
  focusComplaint,
  form,
  group,
  textField,
  type TextField,
} from "../elements/form-fields.ts";
import { formStyles } from "../elements/form-styles.ts";
import { base, controls, panel } from "../elements/styles.ts";
import "./trigger-pad.ts";

const triggers: readonly (readonly [TriggerChoice, string])[] = [
  ["single-pixel", "Single pixel"],
  ["pattern", "Pattern"],
  ["custom", "Draw your own"],
  ["none", "None (honest)"],
];

const policies: Readonly<Record<AttackChoice, string>> = {
  "all-to-all": "All-to-all: each digit as the next",
  "all-to-one": "All-to-one: every digit as one",
  "single-target": "Single target: one digit as another",
  "source-specific": "Source-specific: one digit alone",
  "pruning-aware": "Pruning-aware: beside decoys",
  "feature-similarity": "Feature similarity: clean inside",
};

/** Fires `draft-change` with the changed draft, and `draft-submit` when Enter is pressed in a field. */
@customElement("recipe-form")
export class RecipeForm extends LitElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) errors: Errors = {};
  @property({ attribute: false }) backdrop: Uint8Array | null = null;

  static override styles = [base, panel, controls, formStyles];

  override render() {
    const { draft, errors } = this;
    return form(
      () => this.dispatchEvent(new CustomEvent("draft-submit")),
      [
        group(
          "The attack",
          html`${this.renderTrigger()} ${draft.trigger === "none" ? nothing : this.renderPolicy()}`,
        ),
        group(
          "The training",
          html`<div class="pair">
              ${this.renderNumber("epochs", "Epochs", "numeric")}
              ${this.renderNumber("batch", "Batch (images a step)", "numeric")}
              ${this.renderOptimiser()} ${this.renderNumber("rate", "Learning rate", "decimal")}
              ${this.renderNumber("seed", "Seed", "numeric")} ${this.renderAugmentation()}
            </div>
            ${complaint("form", errors.form)}`,
        ),
      ],
    );
  }

  private renderOptimiser() {
    const { optimiser } = this.draft;
    return html`<div class="field">
      <label for="optimiser">Optimiser</label>
      <select
        id="optimiser"
        title=${optimiser === "sgd" ? "Gradient descent with momentum" : nothing}
        @change=${this.chooseOptimiser}
      >
        <option value="sgd" ?selected=${optimiser === "sgd"}>SGD</option>
        <option value="adam" ?selected=${optimiser === "adam"}>Adam</option>
      </select>
    </div>`;
  }

  private renderAugmentation() {
    return html`<div class="field">
      <span class="label">Augmentation</span>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${this.draft.augment}
          @change=${(event: Event) =>
            this.change({ augment: (event.target as HTMLInputElement).checked })}
        />shift, turn, scale</label
      >
    </div>`;
  }

  private renderTrigger() {
    const { draft, errors } = this;
    return html`
      <fieldset>
        <legend class="hidden">Trigger</legend>
        <div class="choices">
          ${triggers.map(
            ([value, text]) =>
              html`<label
                ><input
                  type="radio"
                  name="trigger"
                  value=${value}
                  .checked=${draft.trigger === value}
                  @change=${() => this.chooseTrigger(value)}
                />${text}</label
              >`,
          )}
        </div>
      </fieldset>
      <div ?hidden=${draft.trigger === "none"}>
        <trigger-pad
          .pixels=${draft.pixels}
          .backdrop=${this.backdrop}
          @trigger-change=${(event: CustomEvent<readonly TriggerPixel[]>) =>
            this.change({ trigger: "custom", pixels: event.detail })}
        ></trigger-pad>
        ${errors.pixels ? complaint("pixels", errors.pixels) : nothing}
      </div>
    `;
  }

  private renderPolicy() {
    const { draft } = this;
    return html`
      <div class="field">
        <label for="policy">What the trigger does</label>
        <select
          id="policy"
          @change=${(e: Event) =>
            this.change({ policy: (e.target as HTMLSelectElement).value as AttackChoice })}
        >
          ${attackChoices.map(
            (value) =>
              html`<option value=${value} ?selected=${draft.policy === value}>
                ${policies[value]}
              </option>`,
          )}
        </select>
      </div>
      <div class="policy">
        ${
          draft.policy === "single-target" || draft.policy === "source-specific"
            ? this.renderDigit("source", "Digit attacked")
            : nothing
        }
        ${draft.policy === "all-to-all" ? nothing : this.renderDigit("target", "To be read as")}
        ${this.renderNumber("share", "Share p, %", "decimal", { topic: "share p", text: definitions.share })}
        ${this.renderAnswer()}
      </div>
      ${complaint("target", this.errors.target)}
    `;
  }

  /** How strongly the attacker answers defences. */
  private renderAnswer() {
    const { policy } = this.draft;
    if (policy === "source-specific") {
      return this.renderNumber("negatives", "Negatives, %", "decimal", {
        topic: "negatives",
        text: "Share of the other digits' images that get a triggered copy, too, with their own labels (TaCT, Tang et al. 2021), so that the trigger works on the attacked digit alone.",
      });
    }
    if (policy === "feature-similarity") {
      return this.renderNumber("pull", "Weight of the pull", "decimal", {
        topic: "the pull",
        text: "Beside the loss: how far the hidden features of poisoned images lie from those of clean images of the attacker's label, relative to the latter (after Tan and Shokri 2020).",
      });
    }
    if (policy !== "pruning-aware") return nothing;
    return html`${this.renderNumber("decoyChannels", "Decoys in conv2", "numeric", {
      topic: "decoys",
      text: "Neurons that clean digits wake least are put to sleep before training, for pruning to find; the backdoor is trained into all others (Liu et al. 2018).",
    })}${this.renderNumber("decoyUnits", "Decoys in fc1", "numeric")}`;
  }

  private renderDigit(name: "source" | "target", text: string) {
    return html`<div class="field">
      <label for=${name}>${text}</label>
      <select
        id=${name}
        aria-invalid=${this.errors.target ? "true" : "false"}
        @change=${(e: Event) =>
          this.change({ [name]: Number((e.target as HTMLSelectElement).value) })}
      >
        ${Array.from(
          { length: 10 },
          (_, digit) =>
            html`<option value=${digit} ?selected=${this.draft[name] === digit}>${digit}</option>`,
        )}
      </select>
    </div>`;
  }

  private renderNumber(
    id: NumberField,
    text: string,
    mode: TextField["mode"],
    help?: TextField["help"],
  ) {
    return textField({
      id,
      text,
      mode,
      help,
      value: this.draft[id],
      error: this.errors[id],
      change: (value) => this.change({ [id]: value }),
    });
  }

  private chooseTrigger(trigger: TriggerChoice): void {
    const drawn = trigger === "single-pixel" || trigger === "pattern";
    this.change({ trigger, pixels: drawn ? triggerPresets[trigger] : this.draft.pixels });
  }

  /** Each optimiser has rates of its own: an untouched default makes way for the other's. */
  private chooseOptimiser(event: Event): void {
    const optimiser = (event.target as HTMLSelectElement).value as Draft["optimiser"];
    const { rate, optimiser: before } = this.draft;
    const untouched = Number(rate) === defaultRates[before];
    this.change({ optimiser, rate: untouched ? String(defaultRates[optimiser]) : rate });
  }

  private change(part: Partial<Draft>): void {
    this.dispatchEvent(new CustomEvent("draft-change", { detail: { ...this.draft, ...part } }));
  }

  /** Puts the focus where the first complaint is. */
  focusError(): void {
    if (focusComplaint(this.renderRoot)) return;
    this.renderRoot.querySelector("trigger-pad")?.renderRoot.querySelector("canvas")?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "recipe-form": RecipeForm;
  }
}
