/** What a run of the detector is to be: which signs, how long, and from which seed. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { SignSubject } from "../../studies/signs/port.ts";
import { signSets } from "../../data/sign-atlas.ts";
import { count } from "../../format.ts";
import { presets } from "../../models/detector-presets.ts";
import { parseSignRecipe, type SignRecipe } from "../../studies/signs/recipe.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls, panel } from "../elements/styles.ts";
import { usualIterations, type SignViewState } from "../view-state.ts";

type Field = "preset" | "iterations" | "seed" | "photoShare" | "mixedShare";

const sets = { us: "U.S.", eu: "European" } as const;
const networks = { compact: "compact", paper: "the paper's" } as const;

/** The recipe that the form's fields ask for, and what is wrong in them. */
export function checkSignForm(
  { preset, set, iterations, seed, photoShare, mixedShare }: SignViewState,
  photographs: boolean,
): { readonly recipe: SignRecipe | null; readonly errors: Partial<Record<Field, string>> } {
  const whole = (text: string, least: number, most: number) =>
    /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
  const sharesFit =
    whole(photoShare, 0, 100) &&
    whole(mixedShare, 0, 100) &&
    Number(photoShare) + Number(mixedShare) <= 100;
  const some = Number(photoShare) + Number(mixedShare) > 0;
  const errors: Partial<Record<Field, string>> = {
    // Photographs are kept as large as compact reads them: thousands must fit a tab.
    ...(preset === "paper" && photographs && some
      ? {
          preset:
            "the paper's network reads larger photographs than this page keeps: put them away, set their shares to 0, or train on the command line",
        }
      : {}),
    ...(whole(iterations, 1, 1e7) ? {} : { iterations: "a whole number from 1 to 10,000,000" }),
    ...(whole(seed, 0, 2 ** 32 - 1) ? {} : { seed: "a whole number from 0 to 4,294,967,295" }),
    ...(!photographs || sharesFit
      ? {}
      : { mixedShare: "two whole numbers of percent that add up to 100 at most" }),
  };
  if (Object.keys(errors).length > 0) return { recipe: null, errors };
  const recipe = parseSignRecipe({
    study: "signs",
    preset,
    set,
    iterations: Number(iterations),
    photoShare: photographs ? Number(photoShare) / 100 : 0,
    mixedShare: photographs ? Number(mixedShare) / 100 : 0,
    photographs: null,
    start: null,
    seed: Number(seed),
  });
  return { recipe, errors };
}

/** Fires `change` (Partial<SignViewState>), `start`, and `save` ("model", "checkpoint" or "curves"). */
@customElement("sign-form")
export class SignForm extends LitElement {
  @property({ attribute: false }) view!: SignViewState;
  @property({ attribute: false }) subject: SignSubject | null = null;
  /** Photographs at hand to train on. */
  @property({ type: Number }) photographs = 0;
  /** There is a run, whose curves can be saved. */
  @property({ type: Boolean }) run = false;

  static override styles = [
    base,
    panel,
    controls,
    segmentedStyles,
    css`
      form,
      .save {
        display: grid;
        gap: 10px;
      }
      label.field {
        display: grid;
        grid-template-columns: 1fr 110px;
        gap: 2px 8px;
        align-items: center;
        font-size: 13px;
      }
      .error {
        grid-column: 1 / -1;
        font-size: 12px;
        color: var(--attack);
      }
      ul {
        margin: 0;
        padding-left: 18px;
        font-size: 12px;
        color: var(--muted);
      }
      p {
        font-size: 12px;
        color: var(--muted);
      }
      .save {
        margin-top: 14px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .row button {
        font-size: 12px;
        padding: 3px 10px;
        min-height: 28px;
      }
    `,
  ];

  override render() {
    const { photographs } = this;
    const { preset, set, iterations, seed, photoShare, mixedShare } = this.view;
    const { height, width, training } = presets[preset];
    const { errors } = checkSignForm(this.view, photographs > 0);
    return html`
      <form
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          this.dispatchEvent(new CustomEvent("start"));
        }}
      >
        <h2>Train a detector</h2>
        <p>
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
        ${errors.preset ? html`<p class="error" role="alert">${errors.preset}</p>` : nothing}
        <p>
          ${
            preset === "compact"
              ? html`Learns on any machine, from ${height} × ${width} pixels.`
              : html`The ZF network of the paper, from ${height} × ${width} pixels: for a GPU with
                some GB of memory, and ${count(training.iterations)} steps.`
          }
        </p>
        ${this.field("Steps of two pictures", "iterations", iterations, errors.iterations)}
        ${this.field("Seed", "seed", seed, errors.seed)}
        ${
          photographs > 0
            ? html`${this.field("Photographs, %", "photoShare", photoShare, undefined)}
                ${this.field("With signs placed, %", "mixedShare", mixedShare, errors.mixedShare)}
                <p>Of the training pictures; the others are drawn scenes.</p>`
            : nothing
        }
        <button hidden></button>
      </form>
      <div class="save">
        <h2>Save</h2>
        <div class="row">
          ${this.save("model", "Detector", this.subject !== null)}
          ${this.save("checkpoint", "Checkpoint", this.run)}
          ${this.save("curves", "Curves", this.run)}
        </div>
        <p>Drop a saved detector, or a photograph, anywhere on the page.</p>
      </div>
    `;
  }

  private field(name: string, part: Field, value: string, error: string | undefined) {
    return html`<label class="field"
      >${name}
      <input
        name=${part}
        inputmode="numeric"
        .value=${value}
        aria-invalid=${error ? "true" : nothing}
        aria-describedby=${error ? `${part}-error` : nothing}
        @input=${(event: Event) =>
          this.change({ [part]: (event.target as HTMLInputElement).value.trim() })}
      />
      ${error ? html`<span class="error" id="${part}-error">${error}</span>` : nothing}
    </label>`;
  }

  private save(what: string, name: string, enabled: boolean) {
    return html`<button
      ?disabled=${!enabled}
      @click=${() => this.dispatchEvent(new CustomEvent("save", { detail: what }))}
    >
      ${name}
    </button>`;
  }

  private change(part: Partial<SignViewState>): void {
    this.dispatchEvent(new CustomEvent("change", { detail: part }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-form": SignForm;
  }
}
