/** Puts the laboratory on the page, or the explanation of why there is none. */
import { html, render } from "lit";
import type { BadnetsApp } from "../badnets-app.ts";
import "../badnets-app.ts";
import type { Problem } from "./gpu-advice.ts";
import "./no-gpu.ts";
import { applyTheme, rememberedTheme } from "./theme.ts";

applyTheme(rememberedTheme());

/** The laboratory, still without an engine. */
export function mountApp(page: HTMLElement): BadnetsApp {
  const app = document.createElement("badnets-app");
  page.append(app);
  return app;
}

/** What stands in the laboratory's place where there is nothing to show in it. */
export function mountNoGpu(page: HTMLElement, problem: Problem, message: string): void {
  render(html`<no-gpu .problem=${problem} .message=${message}></no-gpu>`, page);
}
