/**
 * `npm run bench`: our digit network's training step against other libraries', in one browser.
 *
 *     --batch 64,128   batch sizes
 *     --only NAME,...  contestants whose name contains one of these, in either case
 *     --without NAME,...  those left out, likewise
 *     --seconds N      least length of a repetition (default: 4)
 *     --quick          batch 64, one repetition of a second: shows that all is well, not how fast it is
 *     --json FILE      writes the figures there
 *
 * What it compares with is a package of its own in this folder, which the first call installs.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import type { ViteDevServer } from "vite";
import { UserError } from "../src/errors.ts";
import { launchChromium } from "../src/node/packaged-browser.ts";
import { installContestants } from "./install.ts";
import { serve } from "./serve.ts";
import { disagreements, formatAnatomy, formatTable, type Options, type Report } from "./report.ts";

const { values } = parseArgs({
  options: {
    batch: { type: "string" },
    only: { type: "string", default: "" },
    without: { type: "string", default: "" },
    seconds: { type: "string" },
    quick: { type: "boolean", default: false },
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
  const { batch: batches = values.quick ? "64" : "64,128" } = values;
  const sizes = batches.split(",").map(Number);
  for (const batch of sizes) {
    if (Number.isInteger(batch) && batch >= 1 && batch <= 6000) continue;
    throw new UserError(`--batch ${batches}: expected whole numbers from 1 to 6000`);
  }
  const seconds = Number(values.seconds ?? (values.quick ? 1 : 4));
  if (!(seconds > 0)) {
    throw new UserError(`--seconds ${values.seconds}: expected a number greater than 0`);
  }
  const options = {
    only: listed(values.only),
    without: listed(values.without),
    repetitions: values.quick ? 1 : 3,
    seconds,
  };

  await installContestants();
  const server = await serve();
  const browser = await launchChromium();
  try {
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus().length} x ${cpus()[0].model}, Chromium ${browser.version()}`;
    const reports: Report[] = [];
    for (const batch of sizes) {
      const report = await measure(browser, server, { ...options, batch });
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
  // The libraries are bundled when they are first asked for.
  page.setDefaultTimeout(600_000);
  await page.goto(server.resolvedUrls!.local[0]);
  const report = await page.evaluate((options) => window.measure(options), options);
  await page.close();
  if (report.results.length === 0) {
    throw new UserError("nobody is left to measure: see the names in --only and --without");
  }
  return report;
}

/** Names between commas. */
function listed(names: string): string[] {
  return names.split(",").filter((name) => name !== "");
}
