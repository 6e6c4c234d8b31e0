/** What to do where there is no GPU to use, for each cause, and which browsers have WebGPU. */
import { html, type TemplateResult } from "lit";
import type { GpuProblem } from "../../gpu/gpu-error.ts";

/** The GPU's problems, a page that does not run at all, and an engine that died again and again. */
export type Problem = GpuProblem | "broken" | "died";

export interface Advice {
  readonly title: string;
  readonly steps: readonly TemplateResult[];
}

const flag = (name: string) => html`<code>${name}</code>`;

const driver = html`Update the graphics driver, then restart the browser.`;
const acceleration = html`Turn on “graphics acceleration” in the browser's settings, under System.`;
const linux = html`On Linux, Chrome and Edge hide WebGPU on older versions and some graphics cards:
open ${flag("chrome://flags/#enable-unsafe-webgpu")}, enable it and restart, or start the browser
with ${flag("--enable-unsafe-webgpu --enable-features=Vulkan")}.`;
const otherPrograms = html`Close other tabs and programs that use the graphics card, then try again.`;

const advice: Readonly<Record<Problem | "insecure", Advice>> = {
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
    title: "The graphics card was refused",
    steps: [otherPrograms, html`Restart the browser.`, driver],
  },
  silent: {
    title: "The graphics card does not answer",
    steps: [otherPrograms, html`Restart the browser, or else the computer.`, driver],
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
  died: {
    title: "The laboratory stopped working, several times in a row",
    steps: [
      html`Close other tabs and programs: the browser may be short of memory.`,
      html`Reload the page: a run that the browser keeps is offered again.`,
    ],
  },
};

/** Browser, and where it has WebGPU, as of November 2026. */
export const browsers: readonly (readonly [string, string])[] = [
  [
    "Chrome and Edge 113 or later",
    "Windows, macOS, ChromeOS; on Linux from 144 with recent Intel and from 147 with NVIDIA graphics, else " +
      "behind flags (see above)",
  ],
  ["Chrome 121 or later", "Android 12 or later"],
  ["Safari 26 or later", "macOS, iPhone, iPad, Apple Vision"],
  ["Firefox 141 or later", "Windows"],
  ["Firefox 145 or later", "macOS with an Apple chip"],
  [
    "Firefox 153 or later",
    "Linux, with dom.webgpu.enabled, gfx.webgpu.ignore-blocklist and gfx.webgpu.force-enabled set to true in " +
      "about:config",
  ],
];

/** Whether another browser, or another graphics card, would help. */
export function isOfGpu(problem: Problem): boolean {
  return problem !== "broken" && problem !== "died";
}

/** The advice for a problem; a page that is not secure is told so, whatever its browser lacks. */
export function adviceFor(problem: Problem): Advice {
  return advice[problem === "no-webgpu" && !isSecureContext ? "insecure" : problem];
}
