/** The laboratory in a real browser: trigger, neurons, steps, kernels, addresses, keys, narrow screens. */
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeFindings, downloaded, goTo, keptSteps, openPage, overhang, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
});

afterAll(async () => await page?.close());

const tab = async (name: string) => await page.getByRole("tab", { name, exact: true }).click();
const reading = async () => await page.locator("network-view .reading .digit").innerText();
const hash = async () => await page.evaluate(() => location.hash);

describe("the shipped BadNet", () => {
  it("is on view at once, and reads a 7 as 8 when the trigger is put on it", async () => {
    await expect.poll(reading, { timeout: 30_000 }).toMatch(/^7\b/);
    await page.getByRole("switch", { name: "Trigger" }).click();
    await expect.poll(reading).toMatch(/^8\b/);
    await page.locator("network-view .reading").getByText("flipped").waitFor();
    await page.keyboard.press("t");
    await expect.poll(reading).toMatch(/^7\b/);
  });

  it("links the channel under the pointer to what feeds it, and says which", async () => {
    const links = page.locator("network-view path.link");
    expect(await links.count()).toBe(0);
    await page.getByLabel(/^conv2, 32 channels/).hover({ position: { x: 12, y: 12 } });
    await page
      .locator("network-view")
      .getByText(/fed most by conv1 \d+/)
      .waitFor();
    expect(await links.count()).toBeGreaterThan(0);
    await page.mouse.move(1, 1);
    await expect.poll(async () => await links.count()).toBe(0);
  });

  it("comes with under 200 kB of compressed JavaScript, and every other page with half of that", async () => {
    const { page: fresh, scripts } = await openPage(lab);
    await fresh.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
    let known = 0;
    /** Bytes of the scripts that were fetched since this was asked last, by the page and its workers. */
    const gained = () => {
      const more = scripts.slice(known);
      known = scripts.length;
      const sizes = more.map((file) => gzipSync(readFileSync(join(lab.folder, file))).length);
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect(gained()).toBeLessThan(200_000);
    await goTo(fresh, "Street signs");
    await expect
      .poll(async () => await fresh.locator("#adapter").innerText())
      .toMatch(/swiftshader/i);
    const signs = gained();
    await goTo(fresh, "Paper");
    await fresh.locator("digit-section").waitFor();
    for (const bytes of [signs, gained()]) {
      expect(bytes).toBeGreaterThan(1000);
      expect(bytes).toBeLessThan(100_000);
    }
    await fresh.close();
  });

  it("has its head in one row, as wide as the page is here", async () => {
    await expect
      .poll(async () => await page.locator("#data").innerText(), { timeout: 30_000 })
      .toContain("60,000 + 10,000 digits");
    const middle = async (name: string) => {
      const { y, height } = (await page.locator(name).first().boundingBox())!;
      return y + height / 2;
    };
    expect(Math.abs((await middle("theme-toggle")) - (await middle("h1")))).toBeLessThan(10);
    expect(await overhang(page)).toBe(0);
  });

  it("shows the next digit by an arrow key, and the address follows", async () => {
    // The recording has ten digits only; the live network has them all.
    const lead = async () => await page.locator(".lead").innerText();
    await expect.poll(lead, { timeout: 30_000 }).not.toContain("Recorded");
    await page.keyboard.press("ArrowRight");
    await expect.poll(reading, { timeout: 30_000 }).toMatch(/^2\b/);
    await expect.poll(hash).toContain("image=1");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(reading, { timeout: 30_000 }).toMatch(/^7\b/);
  });

  it("loses its second lesson with the neurons that carry it", async () => {
    await tab("Neurons");
    const panel = page.locator("neuron-panel");
    await panel.getByText("recorded on").waitFor();
    const outcome = async () =>
      await panel.locator("ablation-outcome").evaluate((e) => e.shadowRoot?.textContent ?? "");
    expect(await outcome()).toContain("98.10 %");
    // The neuron under the pointer is named with its figures, until the pointer leaves.
    await panel.locator("neuron-chart .point.layer-1").last().hover({ force: true });
    await panel
      .locator("neuron-chart")
      .getByText(/clean .*, triggered .*, effect/)
      .waitFor();
    await page.mouse.move(1, 1);
    await panel.locator("neuron-chart").getByText("Drag a frame").waitFor();
    await panel.getByRole("spinbutton").fill("40");
    await panel.getByRole("button", { name: "Switch off" }).click();
    // First on a sample, then on everything.
    const shares = async () =>
      [...(await outcome()).matchAll(/(\d+\.\d+) %/g)].map(([, share]) => Number(share));
    await expect.poll(async () => (await shares())[1], { timeout: 60_000 }).toBeLessThan(95);
    await expect.poll(outcome, { timeout: 60_000 }).toContain("of all 10,000");
    const [clean, attack] = await shares();
    expect(clean).toBeGreaterThan(attack);
    await panel.getByRole("button", { name: "Undo all" }).click();
    await expect.poll(outcome).toContain("98.10 %");
  });

  it("has a confusion matrix, and the images behind a cell", async () => {
    await tab("Confusion");
    const view = page.locator("confusion-view");
    const cells = view.getByRole("gridcell");
    await expect.poll(async () => await cells.count(), { timeout: 60_000 }).toBe(200);
    await cells.first().click();
    await view.locator("image-grid button").first().click();
    await expect.poll(hash).toMatch(/image=\d+/);
  });

  it("has nothing that axe objects to, in any panel, in light and dark", async () => {
    for (const theme of ["light", "dark"]) {
      await page.getByLabel(theme, { exact: true }).check();
      for (const name of ["Digits", "Curves", "Neurons", "Confusion"]) {
        await tab(name);
        expect(await axeFindings(page), `${name}, ${theme}`).toEqual([]);
      }
    }
    await page.getByLabel("light", { exact: true }).check();
  });
});

describe("stepping", () => {
  const place = (of: Page) => of.locator("time-bar .status");

  it("by a key runs one kernel of a new run, and shows what it wrote", async () => {
    await tab("Step by step");
    for (const kernel of [1, 2]) {
      await page.keyboard.press("k");
      await place(page).getByText(`kernel ${kernel} of 14`).waitFor();
    }
    const view = page.locator("step-view");
    await view.getByRole("heading", { name: "conv1.forward" }).waitFor();
    await view.locator("tensor-view .facts").first().getByText("64 × 16 × 24 × 24").waitFor();
  });

  it("explains a value with the numbers that made it, as the GPU stored it", async () => {
    const map = page.locator("tensor-view .map");
    await map.focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    const account = page.locator("value-account");
    await account.getByText("as the GPU stored it").waitFor();
    expect(await account.locator("table").count()).toBeGreaterThanOrEqual(3);
    expect(await axeFindings(page)).toEqual([]);
  });

  it("by layer and batch ends where it should", async () => {
    await page.keyboard.press("l");
    await place(page).getByText("kernel 3 of 14").waitFor();
    await page.keyboard.press("b");
    await page.locator("time-bar #step").getByText("1 / 3,093").waitFor();
    await page.locator("time-bar").getByText("Paused", { exact: true }).waitFor();
  });

  it("goes back to the start, and the same batch has the same loss", async () => {
    const loss = async () => await page.locator("time-bar dd").last().innerText();
    await expect.poll(loss).toMatch(/\d\.\d{4}/);
    const before = await loss();
    await page.locator("time-track button").first().focus();
    await page.keyboard.press("Enter");
    await page.locator("time-bar #step").getByText("0 / 3,093").waitFor();
    await page.keyboard.press("b");
    await page.locator("time-bar #step").getByText("1 / 3,093").waitFor();
    await expect.poll(loss).toBe(before);
  });
});

describe("the kernels", () => {
  it("are measured, listed, opened and saved", async () => {
    await tab("Kernels");
    const view = page.locator("kernel-view");
    await view.getByRole("button", { name: "Measure the kernels" }).click();
    await view.locator("table").waitFor({ timeout: 110_000 });
    expect(await view.locator("tbody tr").count()).toBe(14);
    expect(await axeFindings(page)).toEqual([]);
    await view.getByRole("button", { name: "conv2.forward" }).click();
    await view.locator("dialog .kernel").filter({ hasText: "fn forward" }).waitFor();
    await page.keyboard.press("Escape");
    const trace = await downloaded(page, "Trace");
    const { traceEvents } = JSON.parse(new TextDecoder().decode(trace.bytes)) as {
      traceEvents: { ph: string; name: string }[];
    };
    expect(traceEvents.filter(({ ph }) => ph === "X").map(({ name }) => name)).toContain(
      "conv2.backward_weights",
    );
  });
});

describe("the page", () => {
  it("lists its keys under ?, and closes the list by Escape", async () => {
    await page.keyboard.press("?");
    const help = page.locator("shortcut-help dialog");
    await help.getByText("one kernel further").waitFor();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
  });

  it("has raised no complaint in the console and asked no other host", () => {
    expect(complaints).toEqual([]);
  });

  it("opens a link to a view, and says what is wrong with a bad one", async () => {
    const other = await openPage(lab, { hash: "#1&mode=triggered&panel=neurons&image=2&seed=7" });
    await other.page.getByRole("tab", { name: "Neurons", selected: true }).waitFor();
    expect(await other.page.getByLabel("Seed").inputValue()).toBe("7");
    await other.page.goto(`${lab.url}#1&mode=sideways`);
    await other.page.reload();
    await other.page.locator("notice-list").getByText("mode=sideways").waitFor();
    await other.page.close();
  });

  it("shows one part at a time on a narrow screen", async () => {
    const narrow = await openPage(lab, { width: 390, height: 844 });
    await narrow.page.locator("network-view").waitFor();
    await narrow.page.getByRole("tab", { name: "Evidence" }).click();
    await narrow.page.locator("digit-gallery").waitFor();
    expect(await narrow.page.locator("network-view").isVisible()).toBe(false);
    await narrow.page.close();
  });
});

describe("a run", () => {
  it("that was left by closing the page is offered, and goes on where it was kept", async () => {
    const first = await openPage(lab);
    const context = first.page.context();
    await first.page.locator("#data").getByText("60,000").waitFor();
    const step = first.page.getByRole("button", { name: "batch", exact: false });
    for (const done of [1, 2]) {
      await step.first().click();
      await first.page.locator("time-bar #step").getByText(`${done} / 3,093`).waitFor();
    }
    // A pause keeps the state, and the browser's storage takes it a moment later.
    await expect.poll(async () => await keptSteps(first.page), { timeout: 30_000 }).toContain(2);
    await first.page.close();
    const second = await openPage(lab, { context });
    const offer = second.page.locator("resume-offer");
    await offer.getByText("step 2 of 3,093").waitFor();
    await offer.getByRole("button", { name: "Resume" }).click();
    const done = async () =>
      Number((await second.page.locator("time-bar #step").innerText()).split("/")[0].trim());
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(2);
    expect(second.complaints).toEqual([]);
    await second.page.close();
  });
});

/** A worker that gets no further than half of its second checkpoint's file. */
const halfWay = `
  const { write } = FileSystemSyncAccessHandle.prototype;
  let writes = 0;
  FileSystemSyncAccessHandle.prototype.write = function (bytes, options) {
    if (++writes < 2) return write.call(this, bytes, options);
    write.call(this, bytes.subarray(0, bytes.length / 2), options);
    this.flush();
    new BroadcastChannel("half way").postMessage(null);
    for (;;);
  };`;

describe("a tab that is killed in the middle of a save", () => {
  it("leaves the state that was kept before, and the run goes on from that", async () => {
    const first = await openPage(lab, { inWorker: halfWay });
    const context = first.page.context();
    await first.page.locator("#data").getByText("60,000").waitFor();
    const stuck = first.page.evaluate(
      async () =>
        await new Promise<void>((resolve) => {
          new BroadcastChannel("half way").addEventListener("message", () => resolve());
        }),
    );
    const step = first.page.getByRole("button", { name: "batch", exact: false }).first();
    await step.click();
    await first.page.locator("time-bar #step").getByText("1 / 3,093").waitFor();
    await expect.poll(async () => await keptSteps(first.page)).toEqual([1]);
    await step.click();
    await stuck;
    const crashed = first.page.waitForEvent("crash");
    void first.page.goto("chrome://crash").catch(() => undefined);
    await crashed;
    const second = await openPage(lab, { context });
    const offer = second.page.locator("resume-offer");
    await offer.getByText("step 1 of 3,093").waitFor();
    await offer.getByRole("button", { name: "Resume" }).click();
    const done = async () =>
      Number((await second.page.locator("time-bar #step").innerText()).split("/")[0].trim());
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(1);
    expect(second.complaints).toEqual([]);
    await second.page.close();
  });
});

describe("without WebGPU", () => {
  it("the page says what to do, and still shows the recorded BadNet", async () => {
    const blind = await openPage(lab, {
      inWorker: "Object.defineProperty(navigator, 'gpu', { value: undefined })",
    });
    await blind.page.locator("no-gpu-banner").waitFor();
    const read = async () => await blind.page.locator("network-view .reading .digit").innerText();
    await expect.poll(read, { timeout: 30_000 }).toMatch(/^7\b/);
    await blind.page.keyboard.press("t");
    await expect.poll(read).toMatch(/^8\b/);
    await blind.page.getByRole("tab", { name: "Curves" }).click();
    expect(
      await blind.page.locator('success-chart li[data-series="Clean accuracy"] .value').innerText(),
    ).toContain("99.15 %");
    await blind.page.close();
  });
});
