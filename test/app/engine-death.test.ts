/** The engine's worker dies: the reader is told, another one starts, and the run goes on from what is kept. */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { drop, keptSteps, openPage, useLab } from "./lab.ts";

const lab = useLab();

/** A worker that can be told to end itself, or to throw what nobody catches. */
const mortal = `
  new BroadcastChannel("die").onmessage = ({ data }) => {
    if (data === "silently") self.close();
    else setTimeout(() => { throw new Error("a fault in the engine"); });
  }`;

async function open(init?: () => void): Promise<Page> {
  const context = await lab.browser.newContext({
    viewport: { width: 1440, height: 900 },
    // It would answer for the next worker's script, which then were not mortal.
    serviceWorkers: "block",
  });
  if (init) await context.addInitScript(init);
  const { page } = await openPage(lab, { context, inWorker: mortal });
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
  return page;
}

const die = async (page: Page, how: "silently" | "loudly") =>
  await page.evaluate((message) => {
    const line = new BroadcastChannel("die");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a channel, not of a window
    line.postMessage(message);
    line.close();
  }, how);

const press = async (page: Page, name: string) =>
  await page.locator("time-bar").getByRole("button", { name, exact: true }).click();
const phase = async (page: Page, name: string) =>
  await page.locator("time-bar").getByText(name, { exact: true }).waitFor();
const notices = (page: Page) => page.locator("notice-list").getByRole("status").locator(".banner");

/** The step that the page shows. */
async function step(page: Page): Promise<number> {
  const text = await page.locator("time-bar #step").innerText();
  return Number(text.split("/")[0].replace(/\D/g, "")) || 0;
}
const untilStep = async (page: Page, least: number) =>
  await expect
    .poll(async () => await step(page), { timeout: 120_000 })
    .toBeGreaterThanOrEqual(least);

/** Starts a run, and pauses it, which keeps its state. @returns the step that is kept */
async function startAndPause(page: Page): Promise<number> {
  await press(page, "Start");
  await untilStep(page, 1);
  await press(page, "Pause");
  await expect.poll(async () => await keptSteps(page), { timeout: 60_000 }).not.toEqual([]);
  await phase(page, "Paused");
  return (await keptSteps(page))[0];
}

describe("an engine whose worker", () => {
  it.each([
    ["ends without a word", "silently", "Its worker was ended"],
    ["throws what nobody catches", "loudly", "a fault in the engine"],
  ] as const)("%s is told of and started again, and its run goes on", async (_, how, reason) => {
    const page = await open();
    const kept = await startAndPause(page);
    await press(page, "Resume");
    await phase(page, "Training");
    await die(page, how);
    const notice = notices(page).first();
    await notice.waitFor();
    const text = await notice.innerText();
    expect(text).toContain("The engine had to be started again.");
    expect(text).toContain(reason);
    const [, from] = /The run goes on from step ([\d,]+)\./.exec(text)!;
    expect(Number(from.replace(",", ""))).toBeGreaterThanOrEqual(kept);
    await untilStep(page, kept + 1);
    // Its buttons reach the new engine.
    await press(page, "Pause");
    await phase(page, "Paused");
    await page.context().close();
  });

  it("dies while the run rests is followed by one in which it rests there", async () => {
    const page = await open();
    const kept = await startAndPause(page);
    await die(page, "silently");
    await notices(page).getByText(`The run goes on from step ${kept}.`).waitFor();
    await phase(page, "Paused");
    await expect.poll(async () => await step(page)).toBe(kept);
    // The network that rests is looked at in the new engine.
    await page.locator(".lead").getByText("your run", { exact: false }).waitFor();
    await page.context().close();
  });

  it("dies before anything was kept is told of, and a run can be started anew", async () => {
    const page = await open();
    // Within its first step there is nothing to keep.
    await page.keyboard.press("k");
    await page.locator("time-bar").getByText("kernel 1 of 14").waitFor();
    await die(page, "silently");
    await notices(page).getByText("Nothing of the run was kept: start it anew.").waitFor();
    await press(page, "Start");
    await untilStep(page, 1);
    await page.context().close();
  });

  it("dies again and again is given up, with what to do", async () => {
    const page = await open();
    for (let death = 1; death <= 3; death++) {
      await die(page, "silently");
      await expect.poll(async () => await notices(page).count()).toBe(death);
    }
    await die(page, "loudly");
    const alert = page.locator("no-gpu-banner");
    await alert.getByText("The laboratory stopped working, several times in a row").waitFor();
    await alert.getByText("a fault in the engine").waitFor();
    expect(await alert.getByText("WebGPU").count()).toBe(0);
    // What needs an engine is refused for that reason and no other.
    await drop(page, [{ name: "model.safetensors", bytes: new Uint8Array(8) }]);
    const refused = page.locator("notice-list").getByRole("alert");
    await refused.getByText("This needs the engine, and there is none.").waitFor();
    expect(await refused.innerText()).not.toContain("WebGPU");
    await page.context().close();
  });
});

describe("the browser's storage", () => {
  it("is asked to be protected when a run's state is first kept, once, and a refusal is told of", async () => {
    const page = await open(() => {
      window.asked = 0;
      StorageManager.prototype.persisted = async () => await Promise.resolve(false);
      StorageManager.prototype.persist = async () => await Promise.resolve(++window.asked < 1);
    });
    const told = page.locator("save-bar").getByText("may delete the kept run");
    expect(await page.evaluate(() => window.asked)).toBe(0);
    expect(await told.count()).toBe(0);
    await startAndPause(page);
    await told.waitFor();
    await press(page, "Resume");
    const [kept] = await keptSteps(page);
    await untilStep(page, kept + 1);
    await press(page, "Pause");
    await expect.poll(async () => (await keptSteps(page))[0]).toBeGreaterThan(kept);
    expect(await page.evaluate(() => window.asked)).toBe(1);
    await page.context().close();
  });

  it("that is protected is not spoken of", async () => {
    const page = await open(() => {
      StorageManager.prototype.persisted = async () => await Promise.resolve(true);
    });
    await startAndPause(page);
    await page.locator("save-bar").getByText("Network as of step").waitFor();
    expect(await page.locator("save-bar").getByText("may delete").count()).toBe(0);
    await page.context().close();
  });
});

declare global {
  interface Window {
    /** How often the page asked that its storage be protected. */
    asked: number;
  }
}
