/** A shader's text with its kernel highlighted, to be searched and copied. */
import { css, html, LitElement, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { base, controls } from "./styles.ts";
import { functionLines, tokenLines } from "./wgsl-tokens.ts";

@customElement("wgsl-source")
export class WgslSource extends LitElement {
  @property() code = "";
  /** The function to highlight. */
  @property() entry = "";

  @state() private wanted = "";
  @state() private copied = false;

  static override styles = [
    base,
    controls,
    css`
      .tools {
        display: flex;
        align-items: center;
        gap: 8px;
        margin: 6px 0;
        font-size: 13px;
      }
      .tools input {
        width: 180px;
        min-height: 28px;
      }
      .tools button {
        min-height: 28px;
        padding: 2px 10px;
        font-size: 13px;
      }
      .found {
        background: var(--attack-soft);
        box-shadow: inset 3px 0 0 var(--attack);
      }
      pre {
        margin: 0;
        padding: 8px 0;
        overflow: auto;
        max-height: 60vh;
        font:
          12px/1.5 ui-monospace,
          Menlo,
          Consolas,
          "DejaVu Sans Mono",
          monospace;
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 6px;
        counter-reset: line;
      }
      .line {
        display: block;
        min-height: 18px;
        padding-right: 12px;
        counter-increment: line;
        white-space: pre;
      }
      .line::before {
        content: counter(line);
        display: inline-block;
        width: 4ch;
        margin-right: 12px;
        text-align: right;
        color: var(--muted);
      }
      .kernel {
        background: var(--clean-soft);
      }
      .comment {
        color: var(--muted);
        font-style: italic;
      }
      .keyword {
        font-weight: 700;
      }
      .type,
      .attribute {
        color: var(--clean);
      }
      .number,
      .builtin {
        color: var(--attack);
      }
    `,
  ];

  override render() {
    const [first, last] = functionLines(this.code, this.entry) ?? [-1, -1];
    const found = this.found();
    return html`<div class="tools">
        <input
          type="search"
          placeholder="Search"
          aria-label="Search in the source"
          .value=${this.wanted}
          @input=${(event: Event) => (this.wanted = (event.target as HTMLInputElement).value)}
        />
        <span class="muted number" role="status"
          >${this.wanted === "" ? "" : `${found.size} ${found.size === 1 ? "line" : "lines"}`}</span
        >
        <button type="button" @click=${this.copy}>${this.copied ? "Copied" : "Copy"}</button>
      </div>
      <pre tabindex="0" aria-label="WGSL source">
${tokenLines(this.code).map(
          (line, i) =>
            html`<span
              class="line ${i >= first && i <= last ? "kernel" : ""} ${found.has(i) ? "found" : ""}"
              >${line.map(({ kind, text }) => html`<span class=${kind}>${text}</span>`)}</span
            >`,
        )}</pre>`;
  }

  /** Numbers of the lines that have what is searched for, whatever the case. */
  private found(): ReadonlySet<number> {
    const wanted = this.wanted.toLowerCase();
    if (wanted === "") return new Set();
    const lines = this.code.toLowerCase().split("\n");
    return new Set([...lines.keys()].filter((i) => lines[i].includes(wanted)));
  }

  private readonly copy = async () => {
    try {
      await navigator.clipboard.writeText(this.code);
      this.copied = true;
      setTimeout(() => (this.copied = false), 2000);
    } catch {
      // Without leave to write there, the text itself is to be copied from.
      this.renderRoot.querySelector("pre")?.focus();
    }
  };

  protected override updated(changed: PropertyValues<this>): void {
    const pre = this.renderRoot.querySelector("pre")!;
    // Not for the word on the button.
    if (changed.has("copied" as keyof WgslSource)) return;
    const find = (name: string) => this.renderRoot.querySelector<HTMLElement>(name);
    const line = find(".found") ?? find(".kernel");
    pre.scrollTop = line ? line.offsetTop - pre.offsetTop - 24 : 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "wgsl-source": WgslSource;
  }
}
