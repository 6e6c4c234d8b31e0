/** The page when there is no GPU to use: what is wrong, and what to do about it, for each cause. */
import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { GpuProblem } from "../gpu/gpu.ts";
import { base, controls } from "./styles.ts";
import "./theme-toggle.ts";

interface Advice {
  readonly title: string;
  readonly steps: readonly TemplateResult[];
}

const flag = (name: string) => html`<code>${name}</code>`;

const driver = html`Update the graphics driver, then restart the browser.`;
const acceleration = html`Turn on “graphics acceleration” in the browser's settings, under System.`;
const linux = html`On Linux, Chrome and Edge often hide WebGPU: open
${flag("chrome://flags/#enable-unsafe-webgpu")}, enable it and restart, or start the browser with
${flag("--enable-unsafe-webgpu --enable-features=Vulkan")}.`;
const otherPrograms = html`Close other tabs and programs that use the graphics card, then try again.`;

const advice: Readonly<Record<GpuProblem | "insecure" | "broken", Advice>> = {
  "no-webgpu": {
    title: "This browser has no WebGPU",
    steps: [html`Open this page in one of the browsers below.`, linux],
  },
  insecure: {
    title: "WebGPU needs a secure page",
    steps: [
      html`Browsers offer WebGPU only over https, or on this computer itself. Open the page with
      ${flag("https://")} in its address, or run it here and open ${flag("http://localhost")}.`,
    ],
  },
  "no-adapter": {
    title: "WebGPU found no graphics card it may use",
    steps: [driver, acceleration, linux],
  },
  "no-device": {
    title: "The graphics card did not answer",
    steps: [otherPrograms, html`Restart the browser.`, driver],
  },
  limits: {
    title: "This graphics card offers too little",
    steps: [
      html`If the computer has another graphics card, let the browser use that one (Windows:
      Settings, System, Display, Graphics).`,
      driver,
    ],
  },
  memory: { title: "The graphics card has too little memory", steps: [otherPrograms] },
  lost: {
    title: "The graphics card was lost",
    steps: [otherPrograms, html`Reload the page; if that does not help, restart the browser.`],
  },
  broken: {
    title: "The laboratory could not start",
    steps: [
      html`Reload the page without its cache.`,
      html`If you published the page yourself, publish all files of the build.`,
    ],
  },
};

const browsers: readonly (readonly [string, string])[] = [
  ["Chrome and Edge 113 or later", "Windows, macOS, ChromeOS; on Linux behind flags (see above)"],
  ["Chrome 121 or later", "Android 12 or later"],
  ["Safari 26 or later", "macOS, iPhone, iPad, Apple Vision"],
  ["Firefox 141 or later", "Windows"],
  ["Firefox 145 or later", "macOS with an Apple chip"],
  ["Firefox Nightly", "elsewhere, with dom.webgpu.enabled set in about:config"],
];

@customElement("no-gpu")
export class NoGpu extends LitElement {
  @property() problem: GpuProblem | "broken" = "no-webgpu";
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
    const cause = this.problem === "no-webgpu" && !isSecureContext ? "insecure" : this.problem;
    const { title, steps } = advice[cause];
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
