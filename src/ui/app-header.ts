/** The page's head: what is on view, on what it is computed, with which data, and ways to open files. */
import { css, html, LitElement } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { Subject } from "../engine/lab-port.ts";
import type { DataSummary } from "../engine/port.ts";
import { count } from "../format.ts";
import { adapterName, type AdapterReport } from "../gpu/gpu.ts";
import { base, controls } from "./styles.ts";
import "./theme-toggle.ts";

/** Fires `files` with the files that were chosen, and `help`. */
@customElement("app-header")
export class AppHeader extends LitElement {
  @property({ attribute: false }) subject: Subject | null = null;
  @property({ attribute: false }) adapter: AdapterReport | null = null;
  @property({ attribute: false }) data: DataSummary | null = null;
  @property() engine: "opening" | "open" | "missing" = "opening";
  @query("input[type=file]") private picker!: HTMLInputElement;

  static override styles = [
    base,
    controls,
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
        flex: 1 1 320px;
        color: var(--muted);
        font-size: 14px;
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
    const open = engine === "open";
    const gpu = open && adapter ? adapterName(adapter) : engine === "missing" ? "none" : "opening";
    return html`<header>
      <h1>BadNets Lab</h1>
      <p class="lead">${this.lead()}</p>
      <span class="chip" id="adapter"
        ><span class="muted">GPU</span> ${gpu}${
          open && adapter?.fallback ? " (on the CPU, slow)" : ""
        }</span
      >
      <span class="chip" id="data"
        ><span class="muted">Data</span> ${
          data && open
            ? `${data.name}: ${count(data.train)} + ${count(data.test)} digits`
            : "on its way"
        }</span
      >
      <button class="small" @click=${() => this.picker.click()}>Open files…</button>
      <input
        type="file"
        multiple
        hidden
        aria-label="Picture of a digit, checkpoint, model, kernel profile or data set"
        @change=${() => {
          const files = [...(this.picker.files ?? [])];
          this.dispatchEvent(new CustomEvent("files", { detail: files }));
          this.picker.value = "";
        }}
      />
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

  /** What is on view, in a sentence. */
  private lead(): string {
    const { subject } = this;
    if (!subject) return "How a backdoor hides in a neural network.";
    const step = count(subject.step);
    if (subject.kind === "run") return `The network of your run, at step ${step}.`;
    if (subject.kind === "file") return `A network from a file, trained for ${step} steps.`;
    const recorded = subject.recordedOn ? ` Recorded on ${subject.recordedOn}.` : "";
    return `This network reads digits, and hides a second lesson: press Trigger.${recorded}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "app-header": AppHeader;
  }
}
