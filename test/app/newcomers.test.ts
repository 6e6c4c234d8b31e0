/** What newcomers and lecturers met, in a real browser: nothing lost, nothing replaced unasked, all in sight. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloaded, openPage, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab, { hash: "#1&mode=triggered" }));
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
});

afterAll(async () => await page?.close());

const tab = async (name: string) => await page.getByRole("tab", { name, exact: true }).click();
const reading = async (of = page) => await of.locator("network-view .reading .digit").innerText();
const hash = async () => await page.evaluate(() => location.hash);

/** Whether all of an element is within the window, and under nothing. */
const inSight = async (of: Page, selector: string) =>
  await of
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const bar = document
        .querySelector("badnets-app")!
        .shadowRoot!.querySelector("digits-page")!
        .shadowRoot!.querySelector("time-bar")!
        .getBoundingClientRect();
      return right - left > 0 && left >= 0 && right <= innerWidth && top >= 0 && bottom <= bar.top;
    });

/** Tells the shipped BadNet's neurons' panel from its recording, without an engine's help. */
describe.each([
  [1280, 720],
  [1024, 768],
  [1440, 900],
])("at %i x %i", (width, height) => {
  it("head and time bar are a row each, and flip, accuracies and switch are in one view", async () => {
    const sized = await openPage(lab, { width, height, hash: "#1&mode=triggered&panel=neurons" });
    await expect.poll(async () => await reading(sized.page)).toBe("8");
    const heights = async (name: string) =>
      await sized.page.locator(name).evaluate((element) => element.clientHeight);
    expect(await heights("app-header header")).toBeLessThan(56);
    expect(await heights("time-bar")).toBeLessThan(90);
    for (const part of [
      "network-view .trigger",
      "network-view .reading",
      "ablation-outcome #clean",
      "ablation-outcome #attack",
      "ablation-switch",
      "neuron-list .switch",
    ]) {
      await expect.poll(async () => await inSight(sized.page, part), { message: part }).toBe(true);
    }
    const sideways = await sized.page.evaluate(() => document.documentElement.scrollWidth);
    expect(sideways).toBe(width);
    await sized.page.close();
  });
});

describe("the shipped BadNet", () => {
  it("is saved under its own name", async () => {
    await expect.poll(reading, { timeout: 60_000 }).toBe("8");
    await page.locator(".lead").filter({ hasNotText: "Recorded" }).waitFor();
    const { name } = await downloaded(page, "Model");
    expect(name).toBe("badnets-digits-all-to-all-3093-model.safetensors");
  });

  it("makes way for an untrained network only where the reader says so", async () => {
    page.removeAllListeners("dialog");
    const asked = page.waitForEvent("dialog");
    const pressed = page.keyboard.press("k");
    const dialog = await asked;
    expect(dialog.message()).toContain("the network that ships with the page");
    await dialog.dismiss();
    await pressed;
    expect(await page.locator("time-bar #step").innerText()).toBe("–");
    expect(await reading()).toBe("8");
  });

  it("is told apart from what the form sets up, in the form and over the network", async () => {
    await page.getByLabel("Single pixel").check();
    expect(await page.getByText(/set up, not trained/i).count()).toBe(2);
    const note = page.locator("set-up-note").first();
    await note.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => await page.getByText(/set up, not trained/i).count()).toBe(0);
  });

  it("with neurons off is named in every panel, and compared on the same images", async () => {
    await tab("Neurons");
    const panel = page.locator("neuron-panel");
    await panel.getByRole("spinbutton").fill("40");
    await panel.getByRole("button", { name: "Switch off" }).click();
    const note = panel.locator("ablation-outcome .note").first();
    await expect
      .poll(async () => await note.innerText(), { timeout: 60_000 })
      .toMatch(/points\nof (500|all 10,000) images/);
    for (const [name, said] of [
      ["Digits", "Shown: the network with 40 neurons changed."],
      ["Curves", "Shown: the network as it was trained. Now it has 40 neurons changed."],
      ["Confusion", "Now it has 40 neurons changed."],
    ]) {
      await tab(name);
      await page.locator(".which").getByText(said).waitFor();
    }
    await tab("Neurons");
    expect(await panel.getByRole("spinbutton").inputValue()).toBe("40");
    await panel.getByRole("button", { name: "Undo all" }).click();
  });
});

describe("a digit that is drawn", () => {
  it("stays while panels change, and its link shows it again", async () => {
    await tab("Digits");
    const pad = page.locator("digit-pad").getByRole("application");
    await pad.scrollIntoViewIfNeeded();
    const { x, y } = (await pad.boundingBox())!;
    await page.mouse.move(x + 98, y + 30);
    await page.mouse.down();
    await page.mouse.move(x + 98, y + 165, { steps: 8 });
    await page.mouse.up();
    await expect.poll(reading, { timeout: 60_000 }).toBe("2");
    const undo = page.locator("digit-pad").getByRole("button", { name: "Undo" });
    await tab("Curves");
    await tab("Digits");
    expect(await undo.isEnabled()).toBe(true);
    await expect.poll(hash).toMatch(/image=drawn\.[\w-]+/);
    const other = await openPage(lab, { hash: await hash() });
    await expect.poll(async () => await reading(other.page), { timeout: 90_000 }).toBe("2");
    expect(await other.page.locator("notice-list .banner").count()).toBe(0);
    await other.page.close();
  });

  it("stays when a run begins, which asks for nothing where the shipped BadNet is on view", async () => {
    const drawn = await hash();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.locator(".lead").getByText("The network of your run").waitFor();
    await page.locator("network-view").getByText("Your drawing").waitFor();
    expect(await page.locator("digit-gallery li").count()).toBe(10);
    expect(await hash()).toBe(drawn);
    page.on("dialog", (dialog) => void dialog.accept());
    await page.getByRole("button", { name: "Honest network" }).click();
    await page.locator(".lead").getByText("An honest network").waitFor({ timeout: 60_000 });
  });
});

describe("the honest network", () => {
  it("reads its digits with the mark as it does without", async () => {
    const gallery = page.locator("digit-gallery");
    await gallery.getByText("With the mark").waitFor();
    const read = async () => await gallery.locator("digit-reading b").allInnerTexts();
    const each = Array.from({ length: 10 }, (_, digit) => [String(digit), String(digit)]).flat();
    await expect.poll(read, { timeout: 60_000 }).toEqual(each);
    await page.getByRole("button", { name: "Shipped BadNet" }).click();
    await page.locator(".lead").getByText("second lesson").waitFor({ timeout: 60_000 });
    await expect.poll(read, { timeout: 60_000 }).not.toEqual(each);
  });
});

describe("the browser's Back", () => {
  it("goes to the view before, and leaves the form as it is", async () => {
    await page.getByLabel("Epochs").fill("7");
    await tab("Curves");
    await tab("Step by step");
    await page.goBack();
    await page.getByRole("tab", { name: "Network", selected: true }).waitFor();
    await page.getByRole("tab", { name: "Curves", selected: true }).waitFor();
    await page.goBack();
    await page.getByRole("tab", { name: "Digits", selected: true }).waitFor();
    expect(await page.getByLabel("Epochs").inputValue()).toBe("7");
    await page.goForward();
    await page.getByRole("tab", { name: "Curves", selected: true }).waitFor();
  });

  it("and keys are the page's again after a tab was clicked", async () => {
    await tab("Digits");
    await page.locator("digit-gallery .pick").first().click();
    const before = await hash();
    await page.keyboard.press("ArrowRight");
    await expect.poll(hash).not.toBe(before);
    await page.getByRole("tab", { name: "Digits", selected: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
