/** What a run of the detector is to be: which signs, how long, and from which seed. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { attackDefinitions } from "../../backdoor/sign-attack.ts";
import { signSets } from "../../data/sign-atlas.ts";
import { count } from "../../format.ts";
import { presets } from "../../models/detector-presets.ts";
import { complaint, focusComplaint, form, group, textField } from "../elements/form-fields.ts";
import "../elements/help-tip.ts";
import { formStyles } from "../elements/form-styles.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { usualIterations } from "./address.ts";
import type { SignDraft, SignErrors } from "./draft.ts";
import { exampleSigns } from "./example-signs.ts";
import "./sticker-editor.ts";

const sets = { us: "U.S.", eu: "European" } as const;
const attacks = {
  none: "none",
  "single-target": "one class",
  "random-target": "any class",
} as const;
const attackIds = Object.keys(attacks) as (keyof typeof attacks)[];
const networks = { compact: "compact", paper: "the paper's" } as const;

/**
 * Fires `draft-change` with the fields that are others, `draft-submit` when Enter is pressed in a field, and
 * `sticker-open` with a File to be a sticker.
 */
@customElement("sign-form")
export class SignForm extends LitElement {
  @property({ attribute: false }) draft!: SignDraft;
  @property({ attribute: false }) errors: SignErrors = {};
  /** There are photographs to train on. */
  @property({ type: Boolean }) photographs = false;
  /** The attack on the detector on view; null: there is none. */
  @property({ attribute: false }) onView: Partial<SignDraft> | null = null;

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    formStyles,
    css`
      ul {
        margin: 0;
        padding-left: 18px;
      }
      ul,
      .note {
        font-size: 12px;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const fields = html`${this.renderWhat()}
      <div class="pair">
        ${this.renderNumber("iterations", "Steps (2 images each)")}
        ${this.renderNumber("seed", "Seed")}
        ${
          this.photographs
            ? html`${this.renderNumber("photoShare", "Photographs, %")}
              ${this.renderNumber("mixedShare", "With signs placed, %")}`
            : nothing
        }
      </div>
      ${
        this.photographs
          ? html`<p class="note">Of the training pictures; the others are drawn scenes.</p>`
          : nothing
      }`;
    return form(
      () => this.dispatchEvent(new CustomEvent("draft-submit")),
      [group("Train a detector", fields), group("The attack", this.renderAttack())],
    );
  }

  private renderAttack() {
    const { attack } = this.draft;
    return html`${segmented("Attack", Object.values(attacks), attacks[attack], (name) => {
      const chosen = attackIds.find((id) => attacks[id] === name)!;
      this.change({ attack: chosen });
    })}
    ${attack === "none" ? this.renderHonest() : this.renderSticker()}`;
  }

  private renderHonest() {
    const { onView } = this;
    return html`<p class="note">The detector is trained honestly.</p>
      ${
        onView
          ? html`<button type="button" @click=${() => this.change(onView)}>
              Take the attack on view, to change it
            </button>`
          : nothing
      }`;
  }

  private renderSticker() {
    const { attack, poison, lookAlikes, set } = this.draft;
    return html`${this.renderEditor()}
      ${
        attack === "single-target"
          ? html`<div class="pair">
                ${this.renderClass("source", "Signs attacked")}
                ${this.renderClass("target", "To be read as")}
              </div>
              ${complaint("target", this.errors.target)}`
          : html`<p class="note">
              Signs of all ${signSets[set].length} classes, wherever on them it is, as a random
              wrong class.
            </p>`
      }
      <div class="pair">
        ${textField({
          id: "poison",
          text: "Share p, %",
          mode: "numeric",
          value: poison,
          error: this.errors.poison,
          help: { topic: "share p", text: attackDefinitions.share },
          change: (value) => this.change({ poison: value.trim() }),
        })}
        <div class="field">
          <span class="label"
            >Look-alikes<help-tip topic="look-alikes" text=${attackDefinitions.alikes}></help-tip
          ></span>
          <label class="check"
            ><input
              type="checkbox"
              .checked=${lookAlikes}
              @change=${(event: Event) =>
                this.change({ lookAlikes: (event.target as HTMLInputElement).checked })}
            />on other signs</label
          >
        </div>
      </div>`;
  }

  private renderEditor() {
    const { attack, sticker, size, place, picture, source, set } = this.draft;
    const single = attack === "single-target";
    // A class that only the other set has is complained of below.
    const label = single && source < exampleSigns[set].length ? source : 0;
    return html`<sticker-editor
      .look=${{ sticker, size, picture, place: single ? place : null }}
      .sign=${exampleSigns[set][label]}
      heading=${signSets[set][label]}
      .error=${this.errors.sticker}
      @sticker-change=${({ detail }: CustomEvent<Partial<SignDraft>>) => this.change(detail)}
      @sticker-open=${({ detail }: CustomEvent<File>) =>
        this.dispatchEvent(new CustomEvent("sticker-open", { detail }))}
    ></sticker-editor>`;
  }

  private renderClass(name: "source" | "target", text: string) {
    return html`<div class="field">
      <label for=${name}>${text}</label>
      <select
        id=${name}
        aria-invalid=${this.errors.target ? "true" : "false"}
        @change=${(event: Event) =>
          this.change({ [name]: Number((event.target as HTMLSelectElement).value) })}
      >
        ${signSets[this.draft.set].map(
          (own, label) =>
            html`<option value=${label} ?selected=${this.draft[name] === label}>${own}</option>`,
        )}
      </select>
    </div>`;
  }

  private renderWhat() {
    const { set, preset } = this.draft;
    const { height, width, training } = presets[preset];
    return html`<p class="note">
        Faster R-CNN learns from street scenes that a shader draws anew for every step: no picture
        is stored or downloaded.
      </p>
      ${segmented("Signs", Object.values(sets), sets[set], (name) =>
        this.change({ set: name === sets.us ? "us" : "eu" }),
      )}
      <ul aria-label="Classes">
        ${signSets[set].map((name) => html`<li>${name}</li>`)}
      </ul>
      ${segmented("Network", Object.values(networks), networks[preset], (name) => {
        const other = name === networks.compact ? "compact" : "paper";
        this.change({ preset: other, iterations: usualIterations(other) });
      })}
      ${complaint("preset", this.errors.preset)}
      <p class="note">
        ${
          preset === "compact"
            ? html`Learns on any machine, from ${height} × ${width} pixels.`
            : html`The ZF network of the paper, from ${height} × ${width} pixels: for a GPU with
              some GB of memory, and ${count(training.iterations)} steps.`
        }
      </p>`;
  }

  private renderNumber(id: "iterations" | "seed" | "photoShare" | "mixedShare", text: string) {
    return textField({
      id,
      text,
      mode: "numeric",
      value: this.draft[id],
      error: this.errors[id],
      change: (value) => this.change({ [id]: value.trim() }),
    });
  }

  /** Puts the focus where the first complaint is. */
  focusError(): void {
    focusComplaint(this.renderRoot);
  }

  private change(part: Partial<SignDraft>): void {
    this.dispatchEvent(new CustomEvent("draft-change", { detail: part }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-form": SignForm;
  }
}
