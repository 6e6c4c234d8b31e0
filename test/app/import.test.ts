/** A network of another tool on the digits' page, in a real browser: dropped, looked at, changed, kept. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decidingOnnx } from "../../scripts/deciding-onnx.ts";
import { decodeImport } from "../../src/files/import-file.ts";
import { writeOnnx } from "../../src/foreign/onnx-write.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { axeFindings, downloaded, drop, openPage, smallDigits, useLab } from "./lab.ts";

const lab = useLab();
let page: Page;
let complaints: string[];

const network: NetworkDescription = {
  input: [1, 28, 28],
  layers: [
    { kind: "conv", label: "conv_a", filters: 6, kernel: 5, stride: 2, relu: true },
    { kind: "pool", label: "pool1", by: "max", kernel: 3, stride: 2 },
    { kind: "conv", label: "conv_b", filters: 9, kernel: 3, pad: 1, relu: true },
    { kind: "dense", label: "fc_c", outputs: 40, relu: true },
    { kind: "dense", label: "fc_d", outputs: 10 },
  ],
};
const parameters = initialParameters(network, 4);
const file = (name: string, bytes: Uint8Array) => ({ name, bytes });

beforeAll(async () => {
  ({ page, complaints } = await openPage(lab));
  await page.locator("#data").getByText("60,000 + 10,000 digits").waitFor();
  await drop(page, (await smallDigits()).files);
  await page.locator("#data").getByText("2,000 + 100 digits").waitFor();
});
afterAll(async () => await page?.close());

describe("a network of another tool", () => {
  it("is dropped, and every layer with neurons is on view with what is not known of it", async () => {
    const onnx = writeOnnx(network, parameters, { producer: ["elsewhere", "1"] });
    await drop(page, [file("theirs.onnx", onnx)]);
    await page
      .getByText("theirs.onnx is a network of another tool (ONNX (operator set 13))")
      .waitFor();
    for (const name of ["conv_a, 6 channels", "conv_b, 9 channels", "fc_c, 40 units"]) {
      await page.getByLabel(new RegExp(`^${name}`)).waitFor({ timeout: 60_000 });
    }
    await page.locator("network-view .reading .digit").waitFor();
    await page.getByText("A network from a file, as it came.").first().waitFor();
  });

  it("has neurons that can be measured, and switched off", async () => {
    await page.getByRole("tab", { name: "Neurons", exact: true }).click();
    const panel = page.locator("neuron-panel");
    await panel.getByRole("button", { name: "Measure responses" }).click();
    await panel
      .locator("neuron-list")
      .getByText(/conv_b \d/)
      .first()
      .waitFor({ timeout: 60_000 });
    await panel.getByRole("button", { name: "Switch off" }).click();
    await expect
      .poll(
        async () =>
          await panel.locator("ablation-outcome").evaluate((e) => e.shadowRoot?.textContent ?? ""),
        { timeout: 60_000 },
      )
      .toMatch(/\d %/);
  });

  it("is saved as an imported network, to the bit", async () => {
    const { name, bytes } = await downloaded(page, "Model");
    const kept = await decodeImport(bytes, name);
    expect(kept.description).toEqual(network);
    expect(kept.parameters).toEqual(parameters);
    expect(kept.origin).toMatchObject({ file: "theirs.onnx", producer: "elsewhere 1" });
  });

  it("is refused with the reason where its graph decides, and where digits are not what it reads", async () => {
    await drop(page, [file("deciding.onnx", decidingOnnx())]);
    await page
      .getByText(/deciding\.onnx cannot be read: its graph decides or compares/)
      .first()
      .waitFor();
    const colours: NetworkDescription = {
      input: [3, 32, 32],
      layers: [{ kind: "dense", label: "fc1", outputs: 10 }],
    };
    const other = writeOnnx(colours, initialParameters(colours, 1), { producer: ["a", "b"] });
    await drop(page, [file("colours.onnx", other)]);
    await page
      .getByText(
        /colours\.onnx cannot be looked at here: it reads images of 3 x 32 x 32 and tells 10 classes/,
      )
      .first()
      .waitFor();
  });

  it("suits everybody, without a complaint of the browser", async () => {
    for (const theme of ["dark", "light"]) {
      await page.locator("theme-toggle").getByText(theme, { exact: true }).click();
      expect(await axeFindings(page), theme).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expect
      .poll(async () => await page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(390);
    expect(complaints).toEqual([]);
  });
});
