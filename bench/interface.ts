/**
 * `npm run bench:interface`: what the open laboratory costs a run, against the same run on the command
 * line; how long the page's main thread was ever busy meanwhile; and when a visitor first sees the network.
 *
 *     --rounds N     rounds, each with a run on the command line and one on the page (default: 3)
 *     --epochs N     length of a run (default: 0.5)
 *     --json FILE    writes the figures there
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { median } from "d3";
import type { Browser } from "playwright-core";
import { preview } from "vite";
import { buildApp } from "../scripts/build-app.ts";
import { launchChromium } from "../src/node/packaged-browser.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    epochs: { type: "string", default: "0.5" },
    json: { type: "string" },
  },
});
const root = resolve(import.meta.dirname, "..");
const scratch = await mkdtemp(join(tmpdir(), "badnets-bench-"));

/** Images per second in training, and the adapter. */
interface Throughput {
  readonly imagesPerSecond: number;
  readonly adapter: string;
}

interface Visit extends Throughput {
  /** Milliseconds from the request for the page until the recorded network was drawn. */
  readonly firstView: number;
  /** Tasks of the main thread above 50 ms, in milliseconds: before the run, and during it. */
  readonly longTasksBefore: readonly number[];
  readonly longTasks: readonly number[];
  /** Bytes of the scripts that the page and its workers fetched before the run, compressed. */
  readonly javascript: number;
}

function throughputOf(text: string): Throughput {
  const { throughput, adapter } = JSON.parse(text) as {
    throughput: { trainImagesPerSecond: number };
    adapter: { description: string };
  };
  return { imagesPerSecond: throughput.trainImagesPerSecond, adapter: adapter.description };
}

async function commandLine(): Promise<Throughput> {
  const file = join(scratch, "result.json");
  const args = ["digits", "--trigger", "none", "--epochs", values.epochs, "--json", file];
  await promisify(execFile)(process.execPath, [join(root, "bin/badnets.js"), ...args]);
  return throughputOf(await readFile(file, "utf8"));
}

/** @param build folder of what `url` serves */
async function visit(browser: Browser, url: string, build: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(() => {
    const tasks: { start: number; duration: number }[] = [];
    new PerformanceObserver((list) => {
      for (const { startTime: start, duration } of list.getEntries())
        tasks.push({ start, duration });
    }).observe({ type: "longtask", buffered: true });
    Object.assign(window, { longTasks: tasks });
    const look = () => {
      const page = document.querySelector("badnets-app")?.shadowRoot?.querySelector("digits-page");
      const view = page?.shadowRoot?.querySelector("network-view");
      if (view?.shadowRoot?.querySelector("canvas")) performance.mark("first view");
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const scripts = new Set<string>();
  context.on("request", (request) => {
    // The service worker fetches what may be wanted later as well.
    if (request.url().endsWith(".js") && !request.serviceWorker()) scripts.add(request.url());
  });
  const page = await context.newPage();
  page.setDefaultTimeout(600_000);
  await page.goto(`${url}#1&trigger=none&epochs=${values.epochs}`);
  await page.locator("#data").getByText("60,000").waitFor();
  // The live network is on view, and what it compiles is compiled.
  await page.waitForTimeout(15_000);
  const javascript = await compressedSize([...scripts], url, build);
  const begin = await page.evaluate(() => performance.now());
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const waiting = page.waitForEvent("download");
  const result = page.getByRole("button", { name: "Result", exact: true });
  await page.waitForFunction(() => {
    const app = document.querySelector("badnets-app")?.shadowRoot;
    const time = app?.querySelector("digits-page")?.shadowRoot?.querySelector("time-bar");
    return /finished|done/i.test(time?.shadowRoot?.textContent ?? "");
  });
  await result.click();
  const download = await waiting;
  const text = await readFile(await download.path(), "utf8");
  const { tasks, firstView } = await page.evaluate(() => ({
    tasks: (window as unknown as { longTasks: { start: number; duration: number }[] }).longTasks,
    firstView: performance.getEntriesByName("first view")[0].startTime,
  }));
  await context.close();
  const of = (during: boolean) =>
    tasks.filter(({ start }) => start >= begin === during).map(({ duration }) => duration);
  return {
    ...throughputOf(text),
    firstView,
    longTasksBefore: of(false),
    longTasks: of(true),
    javascript,
  };
}

async function compressedSize(scripts: string[], url: string, build: string): Promise<number> {
  const sizes = scripts.map(async (script) => {
    const bytes = await readFile(join(build, script.slice(url.length)));
    return gzipSync(bytes).length;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const outDir = join(scratch, "build");
await buildApp(outDir);
const server = await preview({
  root,
  build: { outDir },
  preview: { port: 4778, open: false },
  logLevel: "error",
});
const url = server.resolvedUrls!.local[0];
const rounds: { readonly commandLine: Throughput; readonly page: Visit }[] = [];
for (let round = 1; round <= Number(values.rounds); round++) {
  // A browser of its own for each, which would take cores from the command line while it idles.
  const line = await commandLine();
  const browser = await launchChromium({ arguments: [] });
  const page = await visit(browser, url, outDir);
  await browser.close();
  rounds.push({ commandLine: line, page });
  console.log(
    `round ${round}: command line ${line.imagesPerSecond.toFixed(0)} images/s, ` +
      `laboratory ${page.imagesPerSecond.toFixed(0)}, first view ${page.firstView.toFixed(0)} ms, ` +
      `${(page.javascript / 1000).toFixed(1)} kB of JavaScript, ` +
      `long tasks ${page.longTasks.map((ms) => ms.toFixed(0)).join(" ") || "none"} ` +
      `(before the run ${page.longTasksBefore.map((ms) => ms.toFixed(0)).join(" ") || "none"})`,
  );
}
const share =
  median(rounds, ({ page }) => page.imagesPerSecond)! /
  median(rounds, ({ commandLine: line }) => line.imagesPerSecond)!;
console.log(`medians: the laboratory reaches ${(100 * share).toFixed(0)} % of the command line`);
if (values.json !== undefined) {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} x ${cpus()[0].model}`;
  await writeFile(values.json, `${JSON.stringify({ date, machine, share, rounds }, null, 1)}\n`);
}
await rm(scratch, { recursive: true });
process.exit(0);
