/** The page in a real browser: load, start, pause, resume, stop, save, resume, and every way it fails. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DigitData, NamedBytes } from "../../src/data/digits.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { madeWith } from "../../src/training/made-with.ts";
import { digitResult, type DigitResult } from "../../src/studies/digits/result.ts";
import { digitTask, planDigits } from "../../src/studies/digits/plan.ts";
import type { Evaluation } from "../../src/training/evaluator.ts";
import { Run, type RunState } from "../../src/training/run.ts";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { crashGpu, axeFindings, downloaded, drop, openPage, smallDigits, useLab } from "./lab.ts";

const lab = useLab({
  arguments: ["--disable-domain-blocking-for-3d-apis", "--disable-gpu-process-crash-limit"],
});
let files: NamedBytes[];
let data: DigitData;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ files, data } = await smallDigits());
  ({ page, complaints } = await openPage(lab));
});

afterAll(async () => await page?.close());

const button = (name: string) => page.getByRole("button", { name, exact: true });
const status = (text: string) =>
  page.locator("time-bar").getByText(text, { exact: true }).waitFor();

const panel = async (name: string) => await page.getByRole("tab", { name, exact: true }).click();

/** The step that the page shows. */
async function step(): Promise<number> {
  const text = await page.locator("time-bar #step").innerText();
  return Number(text.split("/")[0].replace(/\D/g, "")) || 0;
}

async function untilStep(least: number): Promise<void> {
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThanOrEqual(least);
}

describe("before a run the page", () => {
  it("fetches the first page's code beside its own, not after it", async () => {
    const preloaded = page.locator('link[rel="modulepreload"][href*="digits-page"]');
    expect(await preloaded.count()).toBe(1);
  });

  it("shows the adapter and loads MNIST", async () => {
    await page
      .locator("#adapter")
      .getByText(/swiftshader/i)
      .waitFor();
    await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
    await status("Ready");
    expect(await page.locator("digit-gallery li").count()).toBe(10);
  });

  it("says in one sentence what is wrong with a file, and keeps what it has", async () => {
    await drop(page, [{ name: "holiday.dat", bytes: new Uint8Array([1, 2, 3]) }]);
    const alert = page.locator("notice-list [role=alert]");
    await alert.getByText("holiday.dat").waitFor();
    expect(await page.locator("#data").innerText()).toContain("60,000");
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await alert.innerText()).toBe("");
  });

  it("complains beside the field, and Start leads there", async () => {
    const share = page.getByLabel("Share p, %");
    await share.fill("0");
    await page.locator("recipe-form").getByText("Above 0 and at most 100 %").waitFor();
    await button("Start").click();
    expect(await share.evaluate((field) => field.matches(":focus"))).toBe(true);
    await status("Ready");
    await share.fill("10");
  });

  it("lets a trigger be drawn, and undone, with the keyboard", async () => {
    const pad = page.locator("trigger-pad").getByRole("application");
    await pad.focus();
    for (const key of ["ArrowUp", "ArrowUp", "Space"]) await page.keyboard.press(key);
    expect(await page.getByLabel("Draw your own").isChecked()).toBe(true);
    expect(await pad.getAttribute("aria-label")).toContain("3 set");
    await page.keyboard.press("Control+z");
    expect(await pad.getAttribute("aria-label")).toContain("4 set");
    await page.getByLabel("Pattern").check();
  });

  it("has nothing that axe objects to, in light and dark", async () => {
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel("dark").check();
    expect(await axeFindings(page)).toEqual([]);
  });

  it("remembers the colours chosen", async () => {
    await page.reload();
    await status("Ready");
    expect(await page.getByLabel("dark").isChecked()).toBe(true);
    await page.getByLabel("light").check();
  });

  it("scrolls sideways on no screen, and not at all on a projector", async () => {
    const extent = async () =>
      await page.evaluate(() => [
        document.documentElement.scrollWidth - innerWidth,
        document.documentElement.scrollHeight - innerHeight,
      ]);
    expect(await extent()).toEqual([0, 0]);
    for (const width of [1000, 390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      // Charts take their new size a frame later.
      await expect.poll(async () => (await extent())[0], { timeout: 10_000 }).toBe(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});

describe("a run", () => {
  let result: DigitResult;

  it("starts with the keyboard alone, on digits that were dropped", async () => {
    await drop(page, files);
    await page.locator("#data").getByText("own digits: 2,000 + 100 digits").waitFor();
    await page.getByLabel("Epochs").fill("1");
    await page.getByLabel("Batch").fill("32");
    await page.getByLabel("Batch").focus();
    for (let presses = 0; presses < 60; presses++) {
      if (await button("Start").evaluate((start) => start.matches(":focus"))) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    // So that some steps are left when it is told to pause.
    await page.locator("time-bar").getByLabel("Speed").selectOption({ label: "5 steps/s" });
    await status("Training");
    await untilStep(5);
  });

  it("holds its step while paused, and goes on after", async () => {
    await button("Pause").click();
    await status("Paused");
    // Submits that were in flight come to their end first, each of which may take a while on a busy machine.
    let held = -1;
    await expect
      .poll(async () => held === (held = await step()), { interval: 4000, timeout: 60_000 })
      .toBe(true);
    await page.waitForTimeout(1500);
    expect(await step()).toBe(held);
    await button("Resume").click();
    await untilStep(held + 1);
  });

  it("draws curves, reads the gallery and fills the table", async () => {
    await status("Finished");
    expect(await step()).toBe(68);
    await panel("Curves");
    const drawn = async (path: string) =>
      (await page.locator(path).first().getAttribute("d")) ?? "";
    expect((await drawn("loss-chart .canvas path.line")).length).toBeGreaterThan(500);
    const accuracy = `success-chart .canvas [data-series="Clean accuracy"]`;
    expect((await drawn(`${accuracy} path.line`)).length).toBeGreaterThan(50);
    expect(await page.locator(`${accuracy} circle.disc`).count()).toBe(1);
    expect(await page.locator(`${accuracy} path.diamond`).count()).toBe(11);
    expect(
      await page.locator('success-chart li[data-series="Clean accuracy"] .value').innerText(),
    ).toMatch(/^[789]\d\.\d\d %$/);
    const table = await page.locator("error-table table").innerText();
    // The paper's figures are MNIST's.
    expect(table).toContain("Backdoor error");
    expect(table).not.toContain("paper");
    expect(await axeFindings(page)).toEqual([]);
    await panel("Digits");
    await page.locator("digit-gallery").getByText("after step 68").waitFor();
    const readings = page.locator("digit-gallery digit-reading b");
    expect(await readings.allInnerTexts()).not.toContain("–");
  });

  it("gives its result and its curves as files", async () => {
    const json = await downloaded(page, "Result");
    result = JSON.parse(new TextDecoder().decode(json.bytes)) as DigitResult;
    expect(result.format).toBe("badnets-result");
    expect(result.training).toMatchObject({ steps: 68, finished: true, triggeredCopies: 200 });
    expect(result.data.sha256).toBe(data.sha256);
    const csv = await downloaded(page, "Curves");
    const lines = new TextDecoder().decode(csv.bytes).trimEnd().split("\n");
    expect(lines).toHaveLength(69);
    expect(lines[1].split(",")[2]).toBe(String(result.loss[0]));
    expect(lines[68]).toContain("epoch");
  });

  it("has the same bits as the same run in Node", async () => {
    expect((await resultInNode(result)).parametersSha256).toBe(result.parametersSha256);
  });

  it("keeps what it has when stopped, and its checkpoint goes on to the same end", async () => {
    await button("Start").click();
    await status("Training");
    await untilStep(10);
    await button("Stop").click();
    await status("Stopped");
    const stopped = await step();
    expect(stopped).toBeLessThan(68);
    await panel("Curves");
    await page.locator("error-table").getByText("after epoch 0.").waitFor();
    const checkpoint = await downloaded(page, "Checkpoint");
    expect(checkpoint.name).toMatch(/\.safetensors$/);
    const { tensors, metadata } = readSafetensors(checkpoint.bytes, checkpoint.name);
    expect(tensors.get("fc2.w")?.shape).toEqual([10, 512]);
    expect(JSON.parse(metadata["recipe"])).toEqual(result.recipe);

    await drop(page, [checkpoint]);
    // It rests where it stands, to be looked at.
    await status("Paused");
    expect(await step()).toBe(stopped);
    await button("Resume").click();
    await status("Finished");
    const json = await downloaded(page, "Result");
    const resumed = JSON.parse(new TextDecoder().decode(json.bytes)) as DigitResult;
    expect(resumed.tiling).toBe(result.tiling);
    expect(resumed.parametersSha256).toBe(result.parametersSha256);
    expect(resumed.loss).toEqual(result.loss);
  });

  it("is left alone by files that are dropped on it", async () => {
    await page.getByLabel("Epochs").fill("50");
    await button("Start").click();
    await status("Training");
    await drop(page, files);
    await page.getByText("A run is going on and stays as it is").waitFor();
    await status("Training");
  });

  it("has raised no complaint in the console and asked no other host so far", () => {
    expect(complaints).toEqual([]);
  });

  it("outlives a crash of the GPU process, and says so", async () => {
    await untilStep(5);
    await crashGpu(lab);
    await page.locator("notice-list").getByText("The GPU device was lost").waitFor();
    await untilStep(10);
    await button("Stop").click();
    await status("Stopped");
  });

  it("that diverges names the step, and the page is ready for another", async () => {
    await page.getByLabel("Learning rate").fill("1e30");
    await button("Start").click();
    await page.locator("notice-list").getByText("not a finite number at step").waitFor();
    await status("Ended by an error");
    await page.getByLabel("Learning rate").fill("0.05");
    await button("Start").click();
    await status("Training");
    await button("Stop").click();
    await status("Stopped");
  });
});

/** The same run in this process, with the kernels that the browser chose. */
async function resultInNode({ recipe, tiling }: DigitResult): Promise<DigitResult> {
  const gpu = await openInNode("swiftshader");
  const plan = planDigits(recipe, data);
  const start = await (await Trainer.build(gpu, plan, tiling)).snapshot();
  const none = new Float32Array(0);
  const resumeFrom: RunState<Evaluation> = {
    ...start!,
    metrics: [none, none],
    evaluations: [],
    trainSeconds: 0,
    evaluateSeconds: 0,
    evaluatedImages: 0,
  };
  const { state, trainer } = await new Run(
    async () => await Promise.resolve(gpu),
    digitTask(plan),
    {},
    resumeFrom,
  ).run();
  const result = await digitResult(recipe, plan, data, await madeWith(trainer), state);
  gpu.destroy();
  return result;
}
