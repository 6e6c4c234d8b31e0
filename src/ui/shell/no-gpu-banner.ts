/** A line above the laboratory where there is no GPU: what is wrong, and on request what to do about it. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property } from "lit/decorators.js";
import { adviceFor, browsers, isOfGpu, type Problem } from "./gpu-advice.ts";
import { banner, bannerStyles } from "../elements/banner.ts";
import { warningIcon } from "../elements/icons.ts";
import { base, controls } from "../elements/styles.ts";

@customElement("no-gpu-banner")
export class NoGpuBanner extends LitElement {
  @property() problem: Problem = "no-webgpu";
  /** The error's own words. */
  @property() message = "";
  /** What is on view below is a recording. */
  @property({ type: Boolean }) recorded = false;

  static override styles = [
    base,
    controls,
    bannerStyles,
    css`
      summary {
        cursor: pointer;
        font-weight: 650;
        width: fit-content;
        margin-top: 2px;
      }
      h2 {
        margin: 8px 0 2px;
      }
      ul {
        margin: 4px 0;
        padding-left: 20px;
      }
      code {
        font-family: ui-monospace, Menlo, Consolas, monospace;
        overflow-wrap: anywhere;
      }
      button {
        margin-top: 6px;
      }
    `,
  ];

  override render() {
    const { title, steps } = adviceFor(this.problem);
    return banner({
      problem: true,
      text: html`<span role="alert"
        ><b>${warningIcon} ${title}.</b> ${this.stateText()}
        <span class="muted">${this.message}</span></span
      >`,
      details: html`<details>
        <summary>What to do</summary>
        <ul>
          ${steps.map((step) => html`<li>${step}</li>`)}
        </ul>
        ${
          isOfGpu(this.problem)
            ? html`<h2>Browsers that have WebGPU</h2>
                <ul>
                  ${browsers.map(([browser, where]) => html`<li>${browser}: ${where}</li>`)}
                </ul>`
            : nothing
        }
        <button @click=${() => location.reload()}>Try again</button>
      </details>`,
    });
  }

  private stateText(): string {
    if (!isOfGpu(this.problem)) return this.recorded ? "You see a recorded run." : "";
    return this.recorded
      ? "You see a recorded run; to train one yourself, this page needs WebGPU."
      : "This page needs WebGPU.";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "no-gpu-banner": NoGpuBanner;
  }
}
