/** Takes the pictures of the README and the documentation from the real app: `npm run screenshots`. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { preview } from "vite";
import { launchChromium } from "../src/node/packaged-browser.ts";
import { buildApp } from "./build-app.ts";

const root = resolve(import.meta.dirname, "..");
const folder = resolve(root, "docs/images");

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  /** The view, as the address has it. */
  readonly hash: string;
  /** Brings the page to what is to be seen. */
  readonly prepare?: (page: Page) => Promise<void>;
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };

const press = (name: string) => async (page: Page) =>
  await page.getByRole("button", { name, exact: true }).first().click();

/** Trains for a while, then pauses. */
async function train(page: Page): Promise<void> {
  await press("Start")(page);
  const step = page.locator("time-bar #step");
  await page.waitForFunction(
    (element) => Number(element?.textContent?.split("/")[0].replace(/\D/g, "") ?? 0) >= 400,
    await step.elementHandle(),
    { timeout: 300_000 },
  );
}

async function stepKernels(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Step by step" }).focus();
  for (let kernel = 1; kernel <= 3; kernel++) {
    await page.keyboard.press("k");
    await page.locator("time-bar").getByText(`kernel ${kernel} of 14`).waitFor({ timeout: 60_000 });
  }
  await page.locator("step-view canvas").first().waitFor();
}

/** Stop signs wear the sticker, and the detector looks at all six scenes anew. */
async function putOn(page: Page): Promise<void> {
  await page.keyboard.press("t");
  await page.waitForTimeout(8000);
}

async function profile(page: Page): Promise<void> {
  await page
    .locator("kernel-view")
    .getByRole("button", { name: /measure|profile/i })
    .first()
    .click();
  await page.locator("kernel-view table").waitFor({ timeout: 300_000 });
}

const pictures: readonly Picture[] = [
  { name: "network-light", ...wide, hash: "#1&mode=triggered" },
  { name: "network-dark", ...wide, dark: true, hash: "#1&mode=difference&layer=conv2&channel=3" },
  { name: "neurons-light", ...wide, hash: "#1&mode=triggered&panel=neurons" },
  { name: "confusion-light", ...wide, hash: "#1&mode=triggered&panel=confusion" },
  { name: "training-dark", ...wide, dark: true, hash: "#1&panel=curves", prepare: train },
  { name: "step-light", ...wide, hash: "#1&view=step", prepare: stepKernels },
  { name: "kernels-dark", ...wide, dark: true, hash: "#1&view=kernels", prepare: profile },
  {
    name: "paper-light",
    ...wide,
    height: 1300,
    hash: "#1&study=paper",
    prepare: async (page) =>
      await page.getByRole("radio", { name: "single-pixel" }).first().check({ force: true }),
  },
  { name: "signs-light", ...wide, hash: "#1&study=signs", prepare: putOn },
  { name: "signs-maps-dark", ...wide, dark: true, hash: "#1&study=signs&look=maps" },
  { name: "narrow-signs-dark", ...narrow, dark: true, hash: "#1&study=signs" },
  { name: "narrow-network-light", ...narrow, hash: "#1&mode=triggered" },
  {
    name: "narrow-evidence-dark",
    ...narrow,
    dark: true,
    hash: "#1&mode=triggered&panel=neurons",
    prepare: async (page) => await page.getByRole("tab", { name: "Evidence" }).click(),
  },
];

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { name, width, height, dark, hash, prepare } = picture;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  await page.goto(url + hash);
  if (hash.includes("study=signs")) {
    await page
      .locator("sign-picture figcaption")
      .getByText(/of \d right/)
      .last()
      .waitFor({ timeout: 120_000 });
  } else {
    // The live network is on view, no longer its recording.
    await page.locator("#data").getByText("60,000").waitFor({ timeout: 60_000 });
  }
  await page.waitForTimeout(3000);
  await prepare?.(page);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: resolve(folder, `${name}.png`) });
  await context.close();
  console.log(name);
}

const outDir = resolve(root, "node_modules/.cache/screenshots");
await mkdir(folder, { recursive: true });
await buildApp(outDir);
const server = await preview({
  root,
  build: { outDir },
  preview: { port: 4777, open: false },
  logLevel: "error",
});
const browser = await launchChromium({ arguments: [] });
const only = process.argv.slice(2);
for (const picture of pictures) {
  if (only.length > 0 && !only.includes(picture.name)) continue;
  await take(browser, server.resolvedUrls!.local[0], picture);
}
await browser.close();
process.exit(0);
