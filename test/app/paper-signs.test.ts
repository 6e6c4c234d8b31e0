/** The paper's sign section in a real browser: cards from the start, and a run that goes on. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { honest, randomTarget } from "../../src/studies/signs/paper/instances.ts";
import { madeUp } from "../studies/signs/paper/made-up.ts";
import { axeFindings, goTo, openPage, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  await page.route("**/results/signs/instances.json", async (route) => {
    const shipped = [madeUp(honest(1), 3), madeUp(randomTarget(1), 4, 98)];
    await route.fulfill({ body: JSON.stringify(shipped), contentType: "application/json" });
  });
  await goTo(page, "Paper");
  await page.locator("digit-section").waitFor();
  await page.getByRole("radio", { name: "signs", exact: true }).check({ force: true });
});
afterAll(async () => await page?.close());

const card = () => page.locator("paper-card").filter({ hasText: "Table 5" });
const button = (name: string) => card().getByRole("button", { name: new RegExp(`^${name}`) });

describe("the sign section", () => {
  it("has its cards with what ships, and an address of its own", async () => {
    await card().getByText("2 of 2 networks").waitFor();
    const all = card().getByRole("row", { name: /^all/ });
    expect((await all.innerText()).split(/\s+/).slice(0, 3)).toEqual(["all", "97.0", "90.0"]);
    await expect
      .poll(async () => await page.evaluate(() => location.hash))
      .toContain("study=paper&section=signs");
    expect(await axeFindings(page)).toEqual([]);
  });

  it("runs with its progress, pauses, and goes on where it was", async () => {
    const told = async () => await card().locator("footer").innerText();
    const step = async () => Number(/step (\d+) of/.exec(await told())?.[1] ?? 0);
    await button("Run on this GPU").click();
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(0);
    expect(await told()).toMatch(/1 of 2: Honest detector, step \d+ of 5000, .* left/);
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(5);
    const before = await step();
    await card().getByRole("button", { name: "Pause" }).click();
    await button("Go on").waitFor({ timeout: 60_000 });
    await button("Go on").click();
    await expect.poll(step, { timeout: 240_000, interval: 50 }).toBeGreaterThan(0);
    expect(await step()).toBeGreaterThan(before);
    await card().getByRole("button", { name: "Pause" }).click();
    await button("Go on").waitFor({ timeout: 60_000 });
    expect(complaints).toEqual([]);
  });

  it("leads to the page on which a photograph can be tried", async () => {
    await page.getByRole("button", { name: "Try it on the page of the street signs" }).click();
    await page.locator("signs-page").waitFor({ state: "attached" });
  });
});
