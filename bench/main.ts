/**
 * `npm run bench`: our digit network's training step against other libraries', in one browser.
 *
 *     --batch 64,128   batch sizes
 *     --only NAME      contestants whose name contains this, in either case
 *     --seconds N      least length of a repetition (default: 4)
 *     --json FILE      writes the figures there
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import type { ViteDevServer } from "vite";
import { UserError } from "../src/errors.ts";
import { launchChromium } from "../src/node/packaged-browser.ts";
import { serve } from "./serve.ts";
import { disagreements, formatAnatomy, formatTable, type Options, type Report } from "./report.ts";

const { values } = parseArgs({
  options: {
    batch: { type: "string", default: "64,128" },
    only: { type: "string", default: "" },
    seconds: { type: "string", default: "4" },
    json: { type: "string" },
  },
});

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  const sizes = values.batch.split(",").map(Number);
  for (const batch of sizes) {
    if (Number.isInteger(batch) && batch >= 1 && batch <= 6000) continue;
    throw new UserError(`--batch ${values.batch}: expected whole numbers from 1 to 6000`);
  }
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    throw new UserError(`--seconds ${values.seconds}: expected a number greater than 0`);
  }

  const server = await serve();
  const browser = await launchChromium();
  try {
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus().length} x ${cpus()[0].model}, Chromium ${browser.version()}`;
    const reports: Report[] = [];
    for (const batch of sizes) {
      const report = await measure(browser, server, { batch, only: values.only, seconds });
      if (reports.push(report) === 1) console.log(`${report.adapter} on ${machine}, ${date}`);
      console.log(`\n${formatTable(report)}\n\n${formatAnatomy(report)}`);
    }
    if (values.json !== undefined) {
      await writeFile(values.json, `${JSON.stringify({ date, machine, reports }, null, 2)}\n`);
    }
    const odd = reports.flatMap(disagreements);
    if (odd.length > 0) {
      throw new UserError(`void: not everybody trained the same network\n${odd.join("\n")}`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Measures on a page of its own, so that one batch size leaves nothing behind for the next. */
async function measure(browser: Browser, server: ViteDevServer, options: Options): Promise<Report> {
  const page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "log") console.error(message.text());
  });
  await page.goto(server.resolvedUrls!.local[0]);
  const report = await page.evaluate((options) => window.measure(options), options);
  await page.close();
  if (report.results.length === 0)
    throw new UserError(`--only ${options.only}: no such contestant`);
  return report;
}
