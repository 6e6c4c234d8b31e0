/** Tabs: one row of names, of which the chosen one's panel is shown. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "./styles.ts";

export interface Tab {
  readonly id: string;
  readonly name: string;
}

/** Fires `choose` with the tab's id. The panel is the element with the id `panel-{id}`, if there is one. */
@customElement("tab-bar")
export class TabBar extends LitElement {
  @property({ attribute: false }) tabs: readonly Tab[] = [];
  @property() chosen = "";
  /** For those who do not see it. */
  @property() name = "";

  static override styles = [
    base,
    css`
      div {
        display: flex;
        gap: 2px;
        overflow-x: auto;
        scrollbar-width: none;
      }
      button {
        flex: 1 0 auto;
        font: inherit;
        font-size: 13px;
        color: var(--muted);
        background: none;
        border: 0;
        border-bottom: 2px solid transparent;
        padding: 6px 10px;
        min-height: 34px;
        cursor: pointer;
      }
      button:hover {
        color: var(--ink);
      }
      button[aria-selected="true"] {
        color: var(--ink);
        font-weight: 650;
        border-bottom-color: var(--ink);
      }
      button:focus-visible {
        outline-offset: -3px;
      }
    `,
  ];

  override render() {
    return html`<div role="tablist" aria-label=${this.name} @keydown=${this.move}>
      ${this.tabs.map(
        ({ id, name }) =>
          html`<button
            role="tab"
            id=${id}
            aria-selected=${id === this.chosen}
            tabindex=${id === this.chosen ? 0 : -1}
            @click=${() => this.choose(id)}
          >
            ${name}
          </button>`,
      )}
    </div>`;
  }

  private move(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const { tabs } = this;
    const at = tabs.findIndex(({ id }) => id === this.chosen);
    const { id } = tabs[(at + by + tabs.length) % tabs.length];
    this.choose(id);
    this.renderRoot.querySelector<HTMLElement>(`#${id}`)?.focus();
  }

  private choose(id: string): void {
    this.dispatchEvent(new CustomEvent("choose", { detail: id }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "tab-bar": TabBar;
  }
}
