/** The page's head: what is on view, on what it is computed, with which data, and ways to open files. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { adapterName, type AdapterReport } from "../../gpu/adapter.ts";
import { segmented, segmentedStyles } from "../elements/segmented.ts";
import { base, controls } from "../elements/styles.ts";
import "./theme-toggle.ts";
import type { Shell } from "./page.ts";

/** Fires `files` with the files that were chosen, `help`, and `page-change` with a page's id, which bubbles. */
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
        display: flex;
        align-items: center;
        color: var(--muted);
        font-size: 12px;
        line-height: 1.3;
        /* Room for two lines, so that nothing below moves when the sentence changes. */
        min-height: 2.6em;
      }
      .chip {
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--panel);
        padding: 2px 12px;
        font-size: 13px;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      .small {
        font-size: 13px;
        min-height: 28px;
        padding: 2px 12px;
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
      <p class="lead">${this.lead}</p>
      <span class="chip" id="adapter"
        ><span class="muted">GPU</span> ${gpu}${
          open && adapter?.fallback ? " (on the CPU, slow)" : ""
        }</span
      >
      <span class="chip" id="data"
        ><span class="muted">Data</span> ${data && open ? data : "on its way"}</span
      >
      ${this.opens === null ? nothing : this.renderPicker(this.opens)}
      <button
        class="small"
        aria-keyshortcuts="?"
        @click=${() => this.dispatchEvent(new CustomEvent("help"))}
      >
        Keys
      </button>
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

  private goTo(page: string): void {
    this.dispatchEvent(
      new CustomEvent("page-change", { detail: page, bubbles: true, composed: true }),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "app-header": AppHeader;
  }
}
