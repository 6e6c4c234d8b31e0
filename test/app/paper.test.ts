/** The paper's page in a real browser: shipped results, linked heat maps, files, and a run that goes on. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instancesOf, itemIds } from "../../src/studies/digits/paper/items.ts";
import { singleTarget } from "../../src/studies/digits/paper/instances.ts";
import { madeUp } from "../studies/digits/paper/made-up.ts";
import { downloaded, drop, goTo, openPage, smallDigits, suitsEverybody, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

/** All but one pair, with the errors of one that fails the paper's claim. */
const gap = singleTarget(1, "pattern", 9, 8).id;
const miss = singleTarget(1, "pattern", 3, 7).id;
const dead = { triggerAlone: 0, effect: 0, successLost: 0, recognises: false };
const evidence = {
  filters: Array.from({ length: 16 }, (_, channel) => ({
    channel,
    weights: Array.from({ length: 25 }, (_, i) => Math.cos(i * channel)),
    ...dead,
    ...(channel === 5 && { triggerAlone: 1, effect: 2, successLost: 0.5, recognises: true }),
  })),
  depth: ["conv1", "conv2", "fc1"].map((layer) => ({
    layer,
    units: 16,
    points: [0, 1, 16].map((off) => ({ off, success: 1 - off / 16, accuracy: 0.9 })),
  })),
};
const shipped = instancesOf(itemIds, [1])
  .filter(({ id }) => id !== gap)
  .map((instance) =>
    madeUp(instance, 4, instance.id === miss ? 20 : 0, instance.recipe.attack ? evidence : null),
  );

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  await page.route("**/results/digits/instances.json", async (route) => {
    await route.fulfill({ body: JSON.stringify(shipped), contentType: "application/json" });
  });
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
  await goTo(page, "Paper");
  await page.locator("digit-section").waitFor();
});
afterAll(async () => await page?.close());

const card = (heading: string) => page.locator("paper-card").filter({ hasText: heading });
const cell = (map: number, source: number, target: number) =>
  page.locator("pair-maps .maps > figure").nth(map).locator(`[data-cell="${source} ${target}"]`);

describe("the shipped results", () => {
  it("are there from the start, with the adapter, the date and the seed they were made on", async () => {
    const table = card("Table 2");
    await table.getByText("3 of 3 networks").waitFor();
    await table
      .getByText(
        /^Shipped: on Test adapter, 2026-01-02, seed 1; retrained from “Honest baseline”, 7 epochs/,
      )
      .waitFor();
    // Of several networks: what they share, and in what they differ.
    await card("Figure 6")
      .getByText(/“Honest baseline”, 7 epochs.*share 0\.1 or 0\.33 or 0\.5\.$/)
      .waitFor();
    await card("Figure 4")
      .getByText(/retrained from “All to 1, pattern” and 9 more, 0\.2 epochs/)
      .waitFor();
    const all = await page.locator("digit-section tr.all").first().innerText();
    expect(all.split(/\s+/)).toEqual(["all", "0.40", "0.50", "0.40", "0.48", "0.00", "0.56"]);
    await card("Figure 4").getByText("179 of 180 networks").waitFor();
    await expect
      .poll(async () => await page.evaluate(() => location.hash))
      .toContain("study=paper");
  });

  it("outline the filter that recognises the trigger, and list the evidence", async () => {
    const row = page.locator("digit-section tr.found");
    expect((await row.innerText()).split(/\s+/)).toEqual([
      "5",
      "1.000",
      "2.0000",
      "50.00",
      "points",
      "yes",
    ]);
  });

  it("are two linked heat maps: what is pointed at in one is marked in the other", async () => {
    await cell(0, 2, 6).hover();
    await page
      .locator("pair-maps")
      .getByText(
        "2 to 6: clean error 0.40 %, backdoor error 0.00 %, other triggered digits right 100.00 %.",
      )
      .waitFor();
    const ring = async (map: number) =>
      await cell(map, 2, 6).locator(".ring").getAttribute("stroke");
    expect([await ring(0), await ring(1)]).toEqual(["var(--ink)", "var(--ink)"]);
    expect(await cell(1, 3, 7).getAttribute("aria-label")).toBe(
      "3 to 7: backdoor error 2.00 %, more than the paper claims",
    );
    expect(await cell(0, 9, 8).getAttribute("aria-label")).toBe("9 to 8: not run yet");
  });

  it("open an instance by click or by keyboard, with its matrices", async () => {
    await cell(1, 3, 7).click();
    const section = page.locator("pair-maps section.instance");
    await section.getByText("3 read as 7").waitFor();
    expect(await section.locator("figure").count()).toBe(2);
    await cell(1, 3, 7).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await section.getByText("3 read as 8").waitFor();
    // Over the diagonal, which is no pair.
    for (const key of ["ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"]) {
      await page.keyboard.press(key);
    }
    await page.keyboard.press(" ");
    await section.getByText("4 read as 3").waitFor();
  });

  it("can be saved as drawing, table and JSON", async () => {
    const drawing = await downloaded(
      page,
      "Save Figure 4: single-target attack, all 90 pairs as SVG, backdoor",
    );
    expect(drawing.name).toBe("badnets-digits-figure-4-pattern-backdoor.svg");
    expect(new TextDecoder().decode(drawing.bytes)).toMatch(/^<svg xmlns=/);
    const csv = await downloaded(page, "Save Table 2: all-to-all attack, error by digit as CSV");
    expect(new TextDecoder().decode(csv.bytes).split("\n")[0]).toContain("backdoor_error_mean");
    const json = await downloaded(page, "Save Table 2: all-to-all attack, error by digit as JSON");
    expect(JSON.parse(new TextDecoder().decode(json.bytes))).toHaveLength(3);
  });

  it("are accessible to axe in light and dark, and fit a narrow screen", async () => {
    await suitsEverybody(page);
  });

  it("lead to the laboratory, with the pair's attack in the form", async () => {
    await page.getByRole("button", { name: "Set this attack up in the laboratory" }).click();
    await page.locator("network-view").waitFor();
    const hash = async () => await page.evaluate(() => location.hash);
    await expect.poll(hash).toMatch(/attack=single-target&source=4&target=3/);
    await goTo(page, "Paper");
  });
});

describe("a part of the paper", () => {
  const figure = () => card("Figure 6");
  const told = async () => await figure().locator("footer").innerText();
  const button = (name: string) =>
    figure().getByRole("button", { name: `${name}: Figure 6`, exact: false });
  /** The step that the run is said to be at, or 0. */
  const step = async () => Number(/step (\d+) of/.exec(await told())?.[1] ?? 0);

  it("runs with its progress, pauses, and goes on after the tab was closed", async () => {
    await button("Run on this GPU").click();
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(20);
    expect(await told()).toMatch(/1 of \d: .*, step \d+ of \d+, .* left/);
    await figure().getByRole("button", { name: "Pause" }).click();
    await button("Go on").waitFor();
    expect(await told()).toContain("0 of 6 are finished in this browser.");
    // Everything is kept when it rests.
    const context = page.context();
    await page.close();
    const next = await openPage(lab, { context });
    page = next.page;
    await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
    await goTo(page, "Paper");
    await button("Go on").click();
    await expect.poll(step, { timeout: 240_000, interval: 50 }).toBeGreaterThan(0);
    expect(await step()).toBeGreaterThan(20);
    complaints.push(...next.complaints);
  });

  it("keeps other work away while it runs, with a word of what to do", async () => {
    await goTo(page, "Digits");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("A part of the paper is running: pause it first").waitFor();
    await goTo(page, "Paper");
    await figure().getByRole("button", { name: "Pause" }).click();
    await button("Go on").waitFor();
  });

  it("can be discarded, when one is sure, and then begins anew", async () => {
    page.once("dialog", (dialog) => void dialog.dismiss());
    await button("Discard yours").click();
    await button("Go on").waitFor();
    page.once("dialog", (dialog) => void dialog.accept());
    await button("Discard yours").click();
    await button("Run on this GPU").click();
    await expect.poll(step, { timeout: 240_000, interval: 50 }).toBeGreaterThan(0);
    expect(await step()).toBeLessThan(20);
    await figure().getByRole("button", { name: "Pause" }).click();
    await button("Go on").waitFor();
  });

  it("is refused on other digits than the paper's", async () => {
    const { files } = await smallDigits();
    await drop(page, files);
    await page.getByText("Files are opened on the page of a study").waitFor();
    await goTo(page, "Digits");
    await drop(page, files);
    await page.locator("#data").getByText("2,000 + 100 digits").waitFor();
    await goTo(page, "Paper");
    await button("Go on").click();
    await page.getByText("The paper's figures are of MNIST").waitFor();
    expect(complaints).toEqual([]);
  });
});
