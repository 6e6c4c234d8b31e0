/** The page when there is no GPU to use: what is wrong, and what to do about it, for each cause. */
import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { adviceFor, browsers, type Problem } from "./gpu-advice.ts";
import { base, controls } from "../elements/styles.ts";
import "./theme-toggle.ts";

@customElement("no-gpu")
export class NoGpu extends LitElement {
  @property() problem: Problem = "no-webgpu";
  /** The error's own words. */
  @property() message = "";

  static override styles = [
    base,
    controls,
    css`
      main {
        max-width: 720px;
        margin: 0 auto;
        padding: 6vh 20px 40px;
        font-size: 16px;
        line-height: 1.55;
      }
      .top {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 5vh;
        font-weight: 700;
      }
      h1 {
        font-size: 30px;
        line-height: 1.2;
        margin: 0 0 10px;
      }
      h2 {
        font-size: 17px;
        margin: 28px 0 6px;
      }
      ul {
        margin: 0;
        padding-left: 20px;
      }
      li {
        margin: 6px 0;
      }
      code {
        font:
          0.88em ui-monospace,
          Menlo,
          Consolas,
          monospace;
        background: var(--panel);
        border: 1px solid var(--line);
        border-radius: 4px;
        padding: 1px 4px;
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 6px 20px;
        margin: 0;
      }
      dt {
        font-weight: 650;
      }
      dd {
        margin: 0;
      }
      button {
        margin-top: 28px;
        font-size: 16px;
        padding: 8px 20px;
      }
      @media (width < 560px) {
        dl {
          grid-template-columns: 1fr;
          gap: 0;
        }
        dd {
          margin-bottom: 8px;
        }
      }
    `,
  ];

  override render() {
    const { title, steps } = adviceFor(this.problem);
    return html`<main>
      <div class="top">BadNets Lab<theme-toggle></theme-toggle></div>
      <h1>${title}</h1>
      <p>
        BadNets Lab trains a neural network on your own graphics card, and reaches it through
        WebGPU. Here it could not:
      </p>
      <p class="muted" role="alert">${this.message}</p>
      <h2>What to do</h2>
      <ul>
        ${steps.map((step) => html`<li>${step}</li>`)}
      </ul>
      <h2>Browsers that have WebGPU</h2>
      <dl>
        ${browsers.map(
          ([browser, where]) =>
            html`<dt>${browser}</dt>
              <dd>${where}</dd>`,
        )}
      </dl>
      <button class="primary" @click=${() => location.reload()}>Try again</button>
    </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "no-gpu": NoGpu;
  }
}
