/** What the app's tests share: a server for its build, a browser, small data, and files dropped. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Download, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { securityHeaders } from "../../scripts/security-headers.ts";
import { readDigitData, type DigitData, type NamedBytes } from "../../src/data/digits.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { launchChromium } from "../../src/node/packaged-browser.ts";
import { imagesIdx, labelsIdx } from "./idx-files.ts";
import { listen } from "./listen.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".gz": "application/gzip",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export interface Lab {
  readonly url: string;
  readonly browser: Browser;
  /** Where the build lies. */
  readonly folder: string;
  /** Cuts off what asks the server, until it is called again. */
  readonly unplug: (unplugged: boolean) => void;
  /** Serves another text in a file's place: the build itself is everybody's. */
  readonly replace: (file: string, text: string) => void;
}

export interface LabOptions {
  /** Command line arguments of the browser. */
  readonly arguments?: readonly string[];
  /** Path that the build is served under, with slashes at both ends. */
  readonly path?: string;
  /** Folder below test/app of another page to build in the app's place. */
  readonly page?: string;
}

/** Serves the app and starts a browser, for the tests of a file. */
export function useLab(options: LabOptions = {}): Lab {
  const path = options.path ?? "/";
  const replaced = new Map<string, string>();
  let folder: string;
  let server: Server;
  let browser: Browser;
  let url: string;
  let unplugged = false;
  beforeAll(async () => {
    folder = options.page === undefined ? await builtApp() : await buildPage(options.page);
    server = createServer((request, response) => {
      if (unplugged) {
        request.destroy();
        return;
      }
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      if (!pathname.startsWith(path)) {
        response.writeHead(404).end();
        return;
      }
      const file = pathname.slice(path.length) || "index.html";
      const answer = (body: Buffer) => {
        response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
        response.setHeader("Content-Length", body.length);
        // Pages of the tests' own have markup that the app's policy refuses.
        if (options.page === undefined)
          response.setHeaders(new Map(Object.entries(securityHeaders)));
        response.end(body);
      };
      const text = replaced.get(file);
      if (text !== undefined) answer(Buffer.from(text));
      else readFile(join(folder, file)).then(answer, () => response.writeHead(404).end());
    });
    url = (await listen(server)) + path;
    browser = await launchChromium({ arguments: options.arguments ?? [] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    if (folder && options.page !== undefined) await rm(folder, { recursive: true });
  });
  return {
    get url() {
      return url;
    },
    get browser() {
      return browser;
    },
    get folder() {
      return folder;
    },
    unplug: (now) => (unplugged = now),
    replace: (file, text) => void replaced.set(file, text),
  };
}

/** The folder of the app's build, which all test files share. */
async function builtApp(): Promise<string> {
  const response = await fetch(inject("appBuild"));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

/** Builds another page, in a second. @returns the folder of its build */
async function buildPage(page: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "badnets-page-"));
  await build({
    root: join(import.meta.dirname, page),
    mode: "production",
    configFile: false,
    base: "./",
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true, target: "es2023" },
    logLevel: "error",
  });
  return outDir;
}

/**
 * A page, everything it complained of or asked other hosts for, and the scripts that it and its workers fetched,
 * by their paths in the build.
 * @param options.inWorker script that the engine's worker begins with
 */
export async function openPage(
  lab: Lab,
  options: {
    width?: number;
    height?: number;
    dark?: boolean;
    /** The address's part from # on. */
    hash?: string;
    inWorker?: string;
    /** Requests that find nothing there, as a pattern of addresses. */
    missing?: string;
    /** Another page beside those that are open in it; else the page gets a browser profile of its own. */
    context?: BrowserContext;
  } = {},
): Promise<{ page: Page; complaints: string[]; scripts: string[] }> {
  const { width = 1440, height = 900, dark = false } = options;
  const context =
    options.context ??
    (await lab.browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      acceptDownloads: true,
    }));
  const page = await context.newPage();
  // The renderer shares its few cores with the GPU that it imitates.
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const scripts: string[] = [];
  // The page asks before it replaces what is on view; a test that wants another answer gives it at once.
  page.on("dialog", (dialog) => {
    setTimeout(() => void dialog.accept().catch(() => undefined), 100);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const own = request.url().startsWith(lab.url) || /^(blob|data):/.test(request.url());
    if (!own) complaints.push(`asked for ${request.url()}`);
    const file = request.url().slice(lab.url.length);
    if (file.endsWith(".js") && !scripts.includes(file)) scripts.push(file);
  });
  const { inWorker, missing } = options;
  if (missing !== undefined) {
    await page.route(missing, async (route) => await route.fulfill({ status: 404 }));
  }
  if (inWorker !== undefined) {
    await page.route("**/worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${inWorker};\n${await response.text()}` });
    });
  }
  await page.goto(lab.url + (options.hash ?? ""));
  return { page, complaints, scripts };
}

/** Goes to another of the app's pages, by its name in the head. */
export async function goTo(page: Page, name: string): Promise<void> {
  // Its label lies over it; and the whole head gives way to the other page's.
  await page.getByRole("radio", { name, exact: true }).click({ force: true });
}

/** Crashes the process that WebGPU lives in, and comes back when it is gone. */
export async function crashGpu({ browser }: Lab): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const processes = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "GPU").map(({ id }) => id);
  };
  const before = await processes();
  await session.send("Browser.crashGpuProcess");
  // The command comes back before the crash, on a busy machine long before.
  await expect
    .poll(async () => (await processes()).filter((id) => before.includes(id)), { interval: 50 })
    .toEqual([]);
}

/** 2,000 training and 100 test digits of MNIST, as files and as data. */
export async function smallDigits(): Promise<{ files: NamedBytes[]; data: DigitData }> {
  const { train, test } = await packagedMnist();
  const files = [
    { name: "train-images-idx3-ubyte", bytes: imagesIdx(train, 2000) },
    { name: "train-labels-idx1-ubyte", bytes: labelsIdx(train, 2000) },
    { name: "t10k-images-idx3-ubyte", bytes: imagesIdx(test, 100) },
    { name: "t10k-labels-idx1-ubyte", bytes: labelsIdx(test, 100) },
  ];
  return { files, data: await readDigitData(files) };
}

/** Drops files on the page, as from a folder of the desktop. */
export async function drop(page: Page, files: readonly NamedBytes[]): Promise<void> {
  const texts = files.map(({ name, bytes }) => ({
    name,
    text: Buffer.from(bytes).toString("base64"),
  }));
  await page.evaluate((list) => {
    const dataTransfer = new DataTransfer();
    for (const { name, text } of list) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      dataTransfer.items.add(new File([bytes], name));
    }
    const target = document.querySelector("badnets-app")!;
    for (const type of ["dragover", "drop"]) {
      target.dispatchEvent(
        new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true }),
      );
    }
  }, texts);
}

/** Presses a button that asks for files, and gives it some. */
export async function choose(
  page: Page,
  button: string,
  files: Parameters<Page["setInputFiles"]>[1],
): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button, exact: true }).click();
  await (await chooser).setFiles(files);
}

/** Presses a button that downloads, and gives the file. */
export async function downloaded(page: Page, button: string): Promise<NamedBytes> {
  const waiting: Promise<Download> = page.waitForEvent("download");
  await page.getByRole("button", { name: button, exact: true }).click();
  const download = await waiting;
  const bytes = new Uint8Array(await readFile(await download.path()));
  return { name: download.suggestedFilename(), bytes };
}

/** Steps of the states that the browser has noted as kept, the latest first. */
export async function keptSteps(page: Page): Promise<number[]> {
  return await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("badnets-lab-checkpoints");
      opening.addEventListener("success", () => resolve(opening.result));
      opening.addEventListener("error", () => reject(opening.error!));
    });
    const [pointer] = await new Promise<{ kept: { step: number } }[][]>((resolve, reject) => {
      const asking = database.transaction("pointer").objectStore("pointer").getAll();
      asking.addEventListener("success", () => resolve(asking.result));
      asking.addEventListener("error", () => reject(asking.error!));
    });
    database.close();
    return (pointer ?? []).map(({ kept }) => kept.step);
  });
}

/**
 * What axe objects to on the page as it stands: rules, and the elements that break them.
 * @param rules the only ones that it holds the page against; by itself all
 */
export async function axeFindings(page: Page, rules: string[] = []): Promise<unknown[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const options = rules.length > 0 ? { runOnly: rules } : {};
  const { violations } = await page.evaluate(async (own) => await window.axe.run(own), options);
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
}

/** Pixels by which the document is taller than the window, in which a wide page scrolls part by part. */
export const overhang = async (page: Page): Promise<number> =>
  await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);

/** Holds a page against axe in dark and light, and against a wide screen's height and a narrow one's width. */
export async function suitsEverybody(page: Page): Promise<void> {
  for (const theme of ["dark", "light"]) {
    await page.locator("theme-toggle").getByText(theme, { exact: true }).click();
    expect(await axeFindings(page), theme).toEqual([]);
  }
  expect(await overhang(page)).toBe(0);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  await page.setViewportSize(before);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
