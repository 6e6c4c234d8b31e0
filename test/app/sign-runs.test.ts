/** A detector's run in a real browser: stepped, rewound, begun anew, saved, kept, and through crashes. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeDetector } from "../../src/files/detector-file.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { presets } from "../../src/models/detector-presets.ts";
import { choose, crashGpu, downloaded, goTo, openPage, useLab } from "./lab.ts";

const lab = useLab({
  // The GPU process may crash more than once.
  arguments: ["--disable-domain-blocking-for-3d-apis", "--disable-gpu-process-crash-limit"],
});
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab, { hash: "#1&study=signs&iterations=3" }));
});

afterAll(async () => await page?.close());

const tab = async (name: string) => await page.getByRole("tab", { name, exact: true }).click();
const captions = async () => await page.locator("sign-picture figcaption").allInnerTexts();
const time = () => page.locator("time-bar");
const notices = () => page.locator("notice-list");
const button = (name: string) => page.getByRole("button", { name, exact: true });

describe("a detector's run", () => {
  it("is stepped by kernels, which are explained", async () => {
    await tab("Step by step");
    await page.keyboard.press("k");
    await time()
      .getByText(/^kernel 1 of \d+/)
      .waitFor({ timeout: 240_000 });
    await page.locator("step-view").getByText("Decides randomly what stands where").waitFor();
    await page.keyboard.press("k");
    await time()
      .getByText(/^kernel 2 of \d+/)
      .waitFor();
    await page.locator("step-view canvas").first().waitFor();
  });

  it("goes back to a state that it keeps, and the same step has the same loss", async () => {
    const loss = async () => await time().locator("dd").last().innerText();
    const at = async (step: string) =>
      await time().locator("#step").getByText(step, { exact: true }).waitFor({ timeout: 240_000 });
    await page.keyboard.press("b");
    await at("1 / 3");
    await expect.poll(loss).toMatch(/\d\.\d{4}/);
    const before = await loss();
    await page.locator("time-track button").first().focus();
    await page.keyboard.press("Enter");
    await at("0 / 3");
    await page.keyboard.press("b");
    await at("1 / 3");
    await expect.poll(loss).toBe(before);
  });

  it("is told from other settings, which take its place where the reader wants", async () => {
    const told = page.getByText("These settings are not those of the run on view.");
    const seed = page.getByLabel("Seed");
    await seed.fill("2");
    await told.waitFor();
    await button("Undo").click();
    expect(await seed.inputValue()).toBe("1");
    await told.waitFor({ state: "detached" });
    await time().getByLabel("Speed").selectOption({ label: "1 steps/s" });
    await seed.fill("2");
    await button("Restart with them").click();
    await told.waitFor({ state: "detached", timeout: 240_000 });
    expect(await time().locator("#step").innerText()).toMatch(/^[012] \/ 3$/);
    await seed.fill("1");
    await button("Restart with them").click();
    await told.waitFor({ state: "detached", timeout: 240_000 });
  });

  it("trains to its end, and goes on as a file", async () => {
    await tab("Scenes");
    await time().getByText("Finished").waitFor({ timeout: 240_000 });
    expect(await time().locator("#step").innerText()).toBe("3 / 3");
    const file = await downloaded(page, "Checkpoint");
    expect(file.name).toBe("badnets-signs-us-3-checkpoint.safetensors");
    const curves = new TextDecoder().decode((await downloaded(page, "Curves")).bytes);
    expect(curves.trim().split("\n")).toHaveLength(4);
    expect(curves.split("\n")[0]).toBe(
      "step,proposal_class,proposal_box,region_class,region_box," +
        "average_precision_stop,average_precision_speed_limit,average_precision_warning",
    );
    const model = await downloaded(page, "Detector");
    const { seen } = await decodeDetector(model.bytes, model.name, () =>
      describeDetector(presets.compact, 4),
    );
    // It says that no photograph was trained on, so that it can be measured on all of them.
    expect(seen).toEqual([]);
    const name = "mine.safetensors";
    await choose(page, "Open files…", [
      { name, mimeType: "application/octet-stream", buffer: Buffer.from(model.bytes) },
    ]);
    await page.locator(".lead").getByText("A detector from a file, trained for 3 steps.").waitFor();
  });

  it("offers the last run again after the tab was closed", async () => {
    const hash = "#1&study=signs";
    const again = await openPage(lab, { hash, context: page.context() });
    // The other tab owns the store, until it is gone.
    await again.page
      .locator("notice-list")
      .getByText(/Another tab keeps/)
      .first()
      .waitFor();
    const kept = (of: Page) => of.locator("resume-offer").getByText("The last run is kept:");
    expect(await kept(again.page).count()).toBe(0);
    await page.goto("about:blank");
    await kept(again.page).waitFor();
    await again.page.close();
    await page.goto(lab.url + hash);
    await kept(page).waitFor();
    await button("Show again").click();
    await time().getByText("Finished").waitFor({ timeout: 240_000 });
    expect(await time().locator("#step").innerText()).toBe("3 / 3");
  });

  it("refuses settings that cannot be, and files that are none, in a sentence", async () => {
    await page.getByLabel("Seed").fill("-1");
    await page.getByText("a whole number from 0 to 4,294,967,295").waitFor();
    await button("Start").click();
    await notices().getByText("The settings have errors: fix them first.").waitFor();
    await page.getByLabel("Seed").fill("1");
    await choose(page, "Open files…", [
      { name: "x.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from("x") },
    ]);
    await notices()
      .getByText(/x\.safetensors/)
      .waitFor();
  });

  it("leaves the digit study as it was, and comes back to where it stood", async () => {
    await goTo(page, "Digits");
    await page.locator("network-view").waitFor();
    await goTo(page, "Street signs");
    await page.locator(".lead").getByText("The detector of your run, at step 3.").waitFor();
    expect(complaints).toEqual([]);
  });

  it("outlives a crash of the GPU process, at rest and in a run", async () => {
    const seen = async (from: number) =>
      await expect
        .poll(captions, { timeout: 120_000 })
        .toContainEqual(expect.stringMatching(`^Scene ${from}: \\d of \\d right`));
    // Of this run, and not of the last one.
    const step = async () =>
      Number(/^(\d+) \/ 500$/.exec(await time().locator("#step").innerText())?.[1] ?? 0);
    await tab("Scenes");
    const first = page.locator("sign-picture figcaption").filter({ hasText: "right" }).first();
    const before = Number(/^Scene (\d+):/.exec(await first.innerText())![1]);
    await crashGpu(lab);
    await button("Other scenes").click();
    await seen(before + 6);
    await page.getByLabel("Steps (2 images each)").fill("500");
    await button("Start").click();
    await expect.poll(step, { timeout: 120_000 }).toBeGreaterThan(0);
    await crashGpu(lab);
    await notices().getByText("The GPU device was lost; the run goes on").waitFor();
    await expect.poll(step, { timeout: 120_000 }).toBeGreaterThan(2);
    await button("Other scenes").click();
    await seen(before + 12);
    await button("Stop").click();
    await time().getByText("Stopped").waitFor();
  });
});
