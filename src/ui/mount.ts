/** Puts the laboratory on the page, or the explanation of why there is none. */
import { html, render } from "lit";
import type { EngineClient } from "../engine/client.ts";
import "./badnets-app.ts";
import "./no-gpu.ts";
import type { NoGpu } from "./no-gpu.ts";
import { applyTheme, rememberedTheme } from "./theme.ts";

applyTheme(rememberedTheme());

export function mountApp(page: HTMLElement, client: EngineClient): void {
  render(html`<badnets-app .client=${client}></badnets-app>`, page);
}

export function mountNoGpu(page: HTMLElement, problem: NoGpu["problem"], message: string): void {
  render(html`<no-gpu .problem=${problem} .message=${message}></no-gpu>`, page);
}
