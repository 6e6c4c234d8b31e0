/** A shader's text with its kernel highlighted. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { base } from "./styles.ts";
import { functionLines, tokenLines } from "./wgsl-tokens.ts";

@customElement("wgsl-source")
export class WgslSource extends LitElement {
  @property() code = "";
  /** The function to highlight. */
  @property() entry = "";

  static override styles = [
    base,
    css`
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
    return html`<pre tabindex="0" aria-label="WGSL source">
${tokenLines(this.code).map(
        (line, i) =>
          html`<span class="line ${i >= first && i <= last ? "kernel" : ""}"
            >${line.map(({ kind, text }) => html`<span class=${kind}>${text}</span>`)}</span
          >`,
      )}</pre>`;
  }

  protected override updated(): void {
    const pre = this.renderRoot.querySelector("pre")!;
    const kernel = this.renderRoot.querySelector<HTMLElement>(".kernel");
    pre.scrollTop = kernel ? kernel.offsetTop - pre.offsetTop - 24 : 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "wgsl-source": WgslSource;
  }
}
