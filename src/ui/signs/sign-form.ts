/** What a run of the detector is to be: which signs, how long, and from which seed. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { signSets } from "../../data/sign-atlas.ts";
import { count } from "../../format.ts";
import { presets } from "../../models/detector-presets.ts";
import { complaint, focusComplaint, form, group, textField } from "../elements/form-fields.ts";
import { formStyles } from "../elements/form-styles.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { usualIterations } from "./address.ts";
import type { SignDraft, SignErrors } from "./draft.ts";

const sets = { us: "U.S.", eu: "European" } as const;
const networks = { compact: "compact", paper: "the paper's" } as const;

/** Fires `draft-change` with the fields that are others, and `draft-submit` when Enter is pressed in a field. */
@customElement("sign-form")
export class SignForm extends LitElement {
  @property({ attribute: false }) draft!: SignDraft;
  @property({ attribute: false }) errors: SignErrors = {};
  /** There are photographs to train on. */
  @property({ type: Boolean }) photographs = false;

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
        ${this.renderNumber("iterations", "Steps of two pictures")}
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
      [group("Train a detector", fields)],
    );
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

  private renderNumber(id: Exclude<keyof SignDraft, "preset" | "set">, text: string) {
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
