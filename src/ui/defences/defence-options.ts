/** The settings of what is asked: the defender's images, the judge's, the seed, and which trigger measures. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import { form, textField } from "../elements/form-fields.ts";
import { formStyles } from "../elements/form-styles.ts";
import "../elements/help-tip.ts";
import { base, controls } from "../elements/styles.ts";
import type { OptionErrors, OptionsDraft } from "./options-draft.ts";

/** Fires `draft-change`. */
@customElement("defence-options")
export class DefenceOptions extends LitElement {
  @property({ attribute: false }) draft!: OptionsDraft;
  @property({ attribute: false }) errors: OptionErrors = {};
  /** What the recipe of the network on view names. */
  @property({ attribute: false }) attack: DigitRecipe["attack"] = null;

  static override styles = [
    base,
    controls,
    formStyles,
    css`
      summary {
        font-size: 13px;
        cursor: pointer;
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(220px, 1fr));
        gap: 4px 18px;
        padding-top: 6px;
      }
    `,
  ];

  override render() {
    const { draft, errors, attack } = this;
    const field = (id: "images" | "judge" | "seed", text: string, help: string) =>
      textField({
        id,
        text,
        value: draft[id],
        mode: "numeric",
        error: errors[id],
        help: { topic: text.toLowerCase(), text: help },
        change: (value) => this.change({ [id]: value }),
      });
    return html`<details ?open=${Object.keys(errors).length > 0}>
      <summary>Settings</summary>
      ${form(
        () => undefined,
        [
          html`${field(
              "images",
              "Clean images",
              "What the defender has, drawn from the test set by the seed: so many to detect with, three times as many to repair with. Empty: 1,000, or a quarter of the test set.",
            )}
            ${field(
              "judge",
              "Judging images",
              "Test images that judge a network before and after, at most; the defender has none of them. Empty: all the rest.",
            )}
            ${field("seed", "Seed", "Of all that is drawn: the same seed finds the same.")}
            <div class="field attack">
              <span class="label"
                ><label for="attack">Measured with</label
                ><help-tip
                  topic="measured with"
                  text="The trigger that attack success is measured with. Defences are never given it: it only tells what they are worth. As a defender who knows of none, choose “no trigger”."
                ></help-tip
              ></span>
              <select
                id="attack"
                @change=${({ target }: Event) =>
                  this.change({
                    attack: (target as HTMLSelectElement).value as OptionsDraft["attack"],
                  })}
              >
                <option value="recipe" ?selected=${draft.attack === "recipe"}>
                  ${attack ? `its recipe’s trigger (${attack.trigger.name})` : "its recipe: none"}
                </option>
                <option value="none" ?selected=${draft.attack === "none"}>
                  no trigger is known
                </option>
                <option value="pattern" ?selected=${draft.attack === "pattern"}>
                  the paper’s pattern, all to all
                </option>
              </select>
            </div>`,
        ],
      )}
    </details>`;
  }

  private change(part: Partial<OptionsDraft>): void {
    this.dispatchEvent(new CustomEvent("draft-change", { detail: { ...this.draft, ...part } }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "defence-options": DefenceOptions;
  }
}
