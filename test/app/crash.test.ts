/** The GPU process crashes twice, and the browser gives no device any more: a reload goes on with the run. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { crashGpu, keptSteps, openPage, useLab } from "./lab.ts";

const lab = useLab({
  arguments: ["--disable-domain-blocking-for-3d-apis", "--disable-gpu-process-crash-limit"],
});
let page: Page;

/** A browser that gives an adapter twice, and then no more until the page is loaded again. */
const twice = `
  const ask = navigator.gpu.requestAdapter.bind(navigator.gpu);
  let asked = 0;
  navigator.gpu.requestAdapter = (options) => (++asked > 2 ? Promise.resolve(null) : ask(options));`;

beforeAll(async () => {
  ({ page } = await openPage(lab, { inWorker: twice }));
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
});
afterAll(async () => await page?.close());

/** The step that the page shows. */
async function step(): Promise<number> {
  const text = await page.locator("time-bar #step").innerText();
  return Number(text.split("/")[0].replace(/\D/g, "")) || 0;
}
const untilStep = async (least: number) =>
  await expect.poll(step, { timeout: 120_000 }).toBeGreaterThanOrEqual(least);

it("a first crash is recovered from, a second offers a reload, which goes on from what is kept", async () => {
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await untilStep(1);
  const time = page.locator("time-bar");
  await time.getByRole("button", { name: "Pause", exact: true }).click();
  // A pause keeps the state.
  await expect.poll(async () => await keptSteps(page), { timeout: 60_000 }).not.toEqual([]);
  await time.getByRole("button", { name: "Resume", exact: true }).click();
  await time.getByText("Training", { exact: true }).waitFor();
  await crashGpu(lab);
  await page.locator("notice-list").getByText("The GPU device was lost").waitFor();
  const before = await step();
  await untilStep(before + 1);
  await crashGpu(lab);
  const offer = page.getByRole("dialog", { name: "The graphics card has gone" });
  await offer.waitFor();
  const text = await offer.innerText();
  const kept = Number(/kept at step ([\d,]+)/.exec(text)![1].replace(",", ""));
  expect(kept).toBeGreaterThan(0);
  await offer.getByRole("button", { name: /reload/i }).click();
  await page.locator("time-bar").getByText("Training", { exact: true }).waitFor();
  await untilStep(kept + 1);
});
