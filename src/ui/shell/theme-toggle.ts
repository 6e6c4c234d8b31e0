/** Chooses between the system's colours, light and dark. */
import { css, html, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { base } from "../elements/styles.ts";
import { applyTheme, rememberedTheme, themes, type Theme } from "./theme.ts";

@customElement("theme-toggle")
export class ThemeToggle extends LitElement {
  @state() private theme: Theme = rememberedTheme();

  static override styles = [
    base,
    css`
      fieldset {
        display: flex;
        margin: 0;
        padding: 2px;
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--panel);
      }
      label {
        position: relative;
        padding: 2px 10px;
        border-radius: 999px;
        font-size: 12px;
        cursor: pointer;
        color: var(--muted);
      }
      /* Invisible, but where a pointer would look for it. */
      input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      label:has(:checked) {
        background: var(--ink);
        color: var(--panel);
      }
      label:has(:focus-visible) {
        outline: 2px solid var(--focus);
        outline-offset: 2px;
      }
    `,
  ];

  override render() {
    return html`<fieldset>
      <legend class="hidden">Colours</legend>
      ${themes.map(
        (theme) =>
          html`<label
            ><input
              type="radio"
              name="theme"
              value=${theme}
              .checked=${theme === this.theme}
              @change=${() => this.choose(theme)}
            />${theme}</label
          >`,
      )}
    </fieldset>`;
  }

  private choose(theme: Theme): void {
    this.theme = theme;
    applyTheme(theme);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "theme-toggle": ThemeToggle;
  }
}
