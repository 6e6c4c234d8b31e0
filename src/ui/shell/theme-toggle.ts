/** Chooses between the system's colours, light and dark. */
import { css, LitElement } from "lit";
import { customElement, state } from "lit/decorators.js";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base } from "../elements/styles.ts";
import { applyTheme, rememberedTheme, themes, type Theme } from "./theme.ts";

@customElement("theme-toggle")
export class ThemeToggle extends LitElement {
  @state() private theme: Theme = rememberedTheme();

  static override styles = [
    base,
    segmentedStyles,
    css`
      .segments {
        background: var(--panel);
      }
    `,
  ];

  override render() {
    return segmented("Colours", themes, this.theme, (theme) => this.choose(theme));
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
