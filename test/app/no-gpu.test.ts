/** The page without WebGPU and without its recording: it says why, names browsers, tries again when asked. */
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import { drop, openPage, useLab } from "./lab.ts";

const noWebGpu = `Object.defineProperty(navigator, "gpu", { value: undefined })`;
/** With its recording the laboratory itself is shown; see laboratory.test.ts. */
const missing = "**/showcase/*";
const noAdapter = `navigator.gpu.requestAdapter = () => Promise.resolve(null)`;

describe("without WebGPU the page", () => {
  const lab = useLab();

  it("names browsers and versions, and tries again when asked", async () => {
    const { page, complaints } = await openPage(lab, {
      missing,
      inWorker: noWebGpu,
      width: 390,
      height: 844,
    });
    await page.getByRole("heading", { level: 1, name: "This browser has no WebGPU" }).waitFor();
    const text = await page.getByRole("main").innerText();
    for (const name of ["Chrome and Edge 113", "Safari 26", "Firefox 141", "Firefox 145"]) {
      expect(text).toContain(name);
    }
    expect(text).toContain("chrome://flags/#enable-unsafe-webgpu");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
    const [request] = await Promise.all([
      page.waitForRequest(lab.url),
      page.getByRole("button", { name: "Try again" }).click(),
    ]);
    expect(request.isNavigationRequest()).toBe(true);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
  });

  it("has other advice where there is WebGPU but no adapter", async () => {
    const { page } = await openPage(lab, { missing, inWorker: noAdapter });
    await page.getByRole("heading", { name: "no graphics card it may use" }).waitFor();
    await page.getByText("Update the graphics driver, then restart the browser").waitFor();
  });

  it("says so when the engine's script breaks", async () => {
    const { page } = await openPage(lab, {
      missing,
      inWorker: `throw new Error("no engine today")`,
    });
    await page.getByRole("heading", { name: "The laboratory could not start" }).waitFor();
    await page.getByText("no engine today").waitFor();
  });

  it.each([
    [noWebGpu, "WebGPU is missing here"],
    [noAdapter, "WebGPU found no adapter"],
    [`throw new Error("no engine today")`, "no engine today"],
  ])("refuses a photograph for its own reason: %#", async (inWorker, reason) => {
    const { page } = await openPage(lab, { inWorker, hash: "#1&study=signs" });
    // Before it is known that there is no engine.
    await page.locator("signs-page drop-zone").waitFor({ state: "attached" });
    await drop(page, [{ name: "street.jpg", bytes: new Uint8Array(8) }]);
    const refused = page.locator("notice-list").getByRole("alert");
    await refused.getByText("This needs the engine, and there is none.").waitFor();
    expect(await refused.innerText()).toContain(reason);
    await page.close();
  });

  it("is accessible to axe in light and dark", async () => {
    for (const dark of [false, true]) {
      const { page } = await openPage(lab, { missing, inWorker: noWebGpu, dark });
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(async () => await window.axe.run());
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    }
  });
});

declare global {
  interface Window {
    axe: typeof axe;
  }
}
