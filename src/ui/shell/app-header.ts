/** The page's head: what is on view, on what it is computed, with which data, and ways to open files. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { adapterName, type AdapterReport } from "../../gpu/adapter.ts";
import { checkIcon, fullScreenIcon, keyboardIcon, linkIcon } from "../elements/icons.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls } from "../elements/styles.ts";
import "./theme-toggle.ts";
import type { Shell } from "./page.ts";

/** How long it says that the link was copied. */
const COPIED_MS = 2000;

/**
 * Fires `files` with the files that were chosen, `help`, and, which bubble, `page-change` with a page's id and
 * `address-wanted` when the address has to say what is on view.
 */
@customElement("app-header")
export class AppHeader extends LitElement {
  @property({ attribute: false }) shell!: Shell;
  /** What is on view, in a sentence. */
  @property() lead = "";
  /** What it is trained on; null while that is on its way. */
  @property() data: string | null = null;
  /** What may be opened, for those who do not see the page; null: nothing. */
  @property() opens: string | null = null;
  @property({ attribute: false }) adapter: AdapterReport | null = null;
  @property() engine: "opening" | "open" | "missing" = "opening";
  @state() private copied = false;
  @query("input[type=file]") private picker!: HTMLInputElement;

  static override styles = [
    base,
    controls,
    segmentedStyles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        padding: 8px 0;
      }
      h1 {
        font-size: 17px;
        margin: 0;
        letter-spacing: -0.01em;
      }
      .lead {
        flex: 1 1 170px;
        color: var(--muted);
        font-size: 12px;
        line-height: 1.3;
        /* Room for two lines, so that nothing below moves when the sentence changes. */
        min-height: 2.6em;
        align-content: center;
      }
      .chip {
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--panel);
        padding: 2px 12px;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .small {
        font-size: 13px;
        min-height: 28px;
        padding: 2px 12px;
        white-space: nowrap;
      }
      .buttons {
        display: flex;
        gap: 4px;
      }
      .icon-button {
        display: grid;
        place-items: center;
        width: 30px;
        min-height: 28px;
        padding: 0;
      }
      @media (width < 400px) {
        .segments label {
          padding: 3px 6px;
        }
      }
      /* One row: chips give way first, and tell the whole under the pointer. */
      @media (width >= 1024px) {
        header {
          flex-wrap: nowrap;
          gap: 8px;
        }
        header > * {
          flex: none;
        }
        .lead {
          flex: 1 1 100px;
          min-width: 0;
          max-height: 2.6em;
          overflow: hidden;
        }
        .chip {
          flex: 0 1 auto;
          min-width: 56px;
          max-width: 190px;
        }
      }
      @media (1024px <= width < 1400px) {
        .chip {
          max-width: 104px;
        }
      }
      @media (1024px <= width < 1200px) {
        .lead {
          display: none;
        }
      }
    `,
  ];

  override render() {
    const { adapter, data, engine } = this;
    const { pages, page } = this.shell;
    const open = engine === "open";
    const gpu = open && adapter ? adapterName(adapter) : engine === "missing" ? "none" : "opening";
    return html`<header>
      <h1>BadNets Lab</h1>
      ${segmented(
        "Page",
        pages.map(({ name }) => name),
        pages.find(({ id }) => id === page)!.name,
        (name) => this.goTo(pages.find((one) => one.name === name)!.id),
      )}
      <p class="lead" title=${this.lead}>${this.lead}</p>
      <span class="chip" id="adapter" title="GPU: ${gpu}"
        ><span class="muted">GPU</span> ${gpu}${
          open && adapter?.fallback ? " (on the CPU, slow)" : ""
        }</span
      >
      <span class="chip" id="data" title=${data ?? nothing}
        ><span class="muted">Data</span> ${data && open ? data : "on its way"}</span
      >
      ${this.opens === null ? nothing : this.renderPicker(this.opens)}
      <div class="buttons">
        <button
          class="icon-button"
          title="Copy a link to what is on view"
          aria-label="Copy link"
          @click=${this.copyLink}
        >
          ${this.copied ? checkIcon : linkIcon}
        </button>
        <button
          class="icon-button"
          title="Full screen"
          aria-label="Full screen"
          @click=${switchFullScreen}
        >
          ${fullScreenIcon}
        </button>
        <button
          class="icon-button"
          title="Keyboard shortcuts"
          aria-label="Keyboard shortcuts"
          aria-keyshortcuts="?"
          @click=${() => this.dispatchEvent(new CustomEvent("help"))}
        >
          ${keyboardIcon}
        </button>
        <span class="hidden" role="status">${this.copied ? "Link copied" : ""}</span>
      </div>
      <theme-toggle></theme-toggle>
    </header>`;
  }

  private renderPicker(opens: string) {
    return html`<button class="small" @click=${() => this.picker.click()}>Open files…</button>
      <input
        type="file"
        multiple
        hidden
        aria-label=${opens}
        @change=${() => {
          const files = [...(this.picker.files ?? [])];
          this.dispatchEvent(new CustomEvent("files", { detail: files }));
          this.picker.value = "";
        }}
      />`;
  }

  private readonly copyLink = async () => {
    this.dispatchEvent(new CustomEvent("address-wanted", { bubbles: true, composed: true }));
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      // Without leave to write there, the reader copies it by hand.
      window.prompt("The link to what is on view:", location.href);
      return;
    }
    this.copied = true;
    setTimeout(() => (this.copied = false), COPIED_MS);
  };

  private goTo(page: string): void {
    this.dispatchEvent(
      new CustomEvent("page-change", { detail: page, bubbles: true, composed: true }),
    );
  }
}

/** Fills the screen with the page, or gives it back; where the browser will not, nothing happens. */
async function switchFullScreen(): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // Phones have none.
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "app-header": AppHeader;
  }
}
