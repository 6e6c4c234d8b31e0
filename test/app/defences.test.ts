/** The defences' page in a real browser: asks a cheap defence of the shipped BadNet, is told to stop, and goes back. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DefenceReport } from "../../src/studies/digits/defence-report.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { downloaded, drop, goTo, openPage, smallDigits, suitsEverybody, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  // Few digits, on which judging takes seconds.
  await page.locator("#data").getByText("60,000").waitFor();
  await drop(page, (await smallDigits()).files);
  await page.locator("#data").getByText("2,000 + 100").waitFor();
  await goTo(page, "Defences");
});
afterAll(async () => await page?.close());

const card = (id: string) => page.locator(`defence-card[data-id="${id}"]`);
const button = (name: string | RegExp) => page.getByRole("button", { name });

describe("asking", () => {
  it("judges nothing before a defence was asked, and says how long each would take", async () => {
    await page.getByText("Not judged: no defence has been asked yet.").waitFor();
    await card("nc")
      .getByText(/about .* here/)
      .waitFor();
    expect(await page.locator("defence-card").count()).toBe(12);
  });

  it("shows the channel that CLP takes, by keyboard, that it fails on this attack, and what it leaves", async () => {
    await button("Ask: Channel Lipschitz pruning").focus();
    await page.keyboard.press("Enter");
    const clp = card("clp");
    await clp.getByText("Takes the network for backdoored.").waitFor({ timeout: 120_000 });
    await clp.getByText("above 3, and taken out: channel 31 of conv2.").waitFor();
    await clp.getByText("Fails on this attack").waitFor();
    await clp.getByText("what it leaves").waitFor();
    const verdict = page.locator("defence-verdict section");
    expect(await verdict.getAttribute("data-outcome")).toBe("backdoored");
    await page.getByText("Not asked yet: Fine-Pruning of fc1").waitFor();
  });

  it("saves what it found, and the network that is left, as the command line does", async () => {
    const { bytes } = await downloaded(page, "Save findings (JSON)");
    const report = JSON.parse(new TextDecoder().decode(bytes)) as DefenceReport;
    expect(report).toMatchObject({
      format: "badnets-defences",
      version: 1,
      model: { file: "model.safetensors" },
      images: { detect: 25, repair: 75, judge: 25 },
      results: [
        { id: "clp", flagged: true, findings: { pruned: [{ layer: "conv2", channel: 31 }] } },
      ],
    });
    expect(report.before!.attackSuccess).toBeGreaterThan(0.8);
    const name = "Save this network: what Channel Lipschitz pruning leaves";
    const file = await downloaded(page, name);
    expect(file.name).toBe("clp.safetensors");
    const { model, metadata } = await decodeModel(digitNet, file.bytes, file.name);
    expect(model.parameters.get("conv2.b")![31]).toBe(0);
    expect(JSON.parse(metadata["mended"])).toMatchObject({ defence: "clp" });
  });

  it("ends a long one when it is told to, and keeps what was found", async () => {
    await button("Ask: Neural Cleanse").click();
    await card("nc").getByRole("button", { name: "Cancel" }).click();
    await button("Ask: Neural Cleanse").waitFor();
    await expect.poll(async () => await button("Ask: Neural Cleanse").isEnabled()).toBe(true);
    expect(await card("nc").getByText("Finds no backdoor.").count()).toBe(0);
    await card("clp").getByText("Takes the network for backdoored.").waitFor();
  });

  it("is accessible to axe in light and dark, and fits a narrow screen", async () => {
    await suitsEverybody(page);
  });
});

describe("an address", () => {
  it("with a defence brings its card into view", async () => {
    const { page: other } = await openPage(lab, { hash: "#1&study=defences&defence=pairs" });
    const pairs = other.locator('defence-card[data-id="pairs"]');
    await pairs.waitFor();
    await expect
      .poll(async () => await pairs.evaluate((one) => one.getBoundingClientRect().bottom))
      .toBeLessThanOrEqual(900);
    await other.close();
  });
});

describe("what was found", () => {
  it("leads to the channel on the page of the digits, and is there when one comes back", async () => {
    await button("channel 31 of conv2, z 3.82").click();
    await page.locator("neuron-panel").waitFor();
    await expect.poll(() => page.url()).toContain("layer=conv2&channel=31");
    await goTo(page, "Defences");
    await card("clp").getByText("Takes the network for backdoored.").waitFor();
  });

  it("can be tried on view, and undone", async () => {
    await button("Put it on view: what Channel Lipschitz pruning leaves").click();
    await page.getByText("On view is the network that Channel Lipschitz pruning leaves.").waitFor();
    await button("Undo: put the other back").click();
    await button("Put it on view: what Channel Lipschitz pruning leaves").waitFor();
    await card("clp").getByText("Takes the network for backdoored.").waitFor();
    expect(complaints).toEqual([]);
  });
});
