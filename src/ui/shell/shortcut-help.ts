/** The keys of the page on view in one dialog: opened by `?`, closed by Escape, its button, or a click beside it. */
import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { crossIcon } from "../elements/icons.ts";
import { keysOf, noKeys, type PageKeys, type Shortcut } from "./shortcuts.ts";
import { base, controls, dialogs } from "../elements/styles.ts";

const groups = ["Time", "Picture", "Neurons", "Page"] as const;

@customElement("shortcut-help")
export class ShortcutHelp extends LitElement {
  @property({ attribute: false }) keys: PageKeys = noKeys;
  @query("dialog") private dialog!: HTMLDialogElement;

  static override styles = [
    base,
    controls,
    dialogs,
    css`
      :host {
        display: contents;
      }
      dialog {
        width: min(560px, calc(100vw - 28px));
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 10px;
      }
      h2 {
        font-size: 17px;
      }
      header button {
        display: grid;
        place-items: center;
        width: 32px;
        padding: 0;
      }
      .groups {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 16px 28px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 12px;
        font-weight: 600;
        color: var(--muted);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 6px 12px;
        align-items: baseline;
        margin: 0;
      }
      dd {
        margin: 0;
      }
      kbd {
        display: inline-block;
        min-width: 26px;
        padding: 1px 7px;
        border: 1px solid var(--control);
        border-bottom-width: 2px;
        border-radius: 5px;
        background: var(--sunken);
        font: 600 12px/1.5 var(--font);
        text-align: center;
      }
      @media (width < 460px) {
        .groups {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];

  override render() {
    const keys = keysOf(this.keys);
    const shown = groups.filter((group) => keys.some((one) => one.group === group));
    return html`<dialog aria-labelledby="title" @click=${this.onClick}>
      <header>
        <h2 id="title">Keyboard shortcuts</h2>
        <button type="button" aria-label="Close" @click=${this.close}>${crossIcon}</button>
      </header>
      <div class="groups">
        ${shown.map(
          (group) =>
            html`<section>
              <h3>${group}</h3>
              <dl>${keys.filter((one) => one.group === group).map(renderKey)}</dl>
            </section>`,
        )}
      </div>
    </dialog>`;
  }

  /** Opens the dialog, or closes it when it is open. */
  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  private close(): void {
    this.dialog.close();
  }

  /** A click beside the box lands on the dialog itself, outside its edges. */
  private onClick(event: MouseEvent): void {
    if (event.target !== this.dialog) return;
    const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.close();
  }
}

function renderKey({ shown, text }: Shortcut) {
  return html`<dt><kbd>${shown}</kbd></dt>
    <dd>${text}</dd>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "shortcut-help": ShortcutHelp;
  }
}
