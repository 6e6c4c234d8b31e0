/**
 * `npm run bench:convolutions`: the detector's convolutions, forward and both gradients, against our own
 * dense product of the same size and against other libraries, in one browser on one adapter.
 *
 *     --json FILE   writes the figures there
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { launchChromium } from "../src/node/packaged-browser.ts";
import type { ConvolutionResult, Shape } from "./convolution.ts";
import { installContestants } from "./install.ts";
import { serve } from "./serve.ts";

/** Of the paper's network at its full size, and of the compact one. */
const shapes: readonly Shape[] = [
  { name: "compact conv2", B: 2, C: 16, H: 56, W: 56, O: 32, K: 3 },
  { name: "compact conv4", B: 2, C: 64, H: 28, W: 28, O: 64, K: 3 },
  { name: "paper conv3", B: 1, C: 256, H: 38, W: 50, O: 384, K: 3 },
  { name: "paper conv5", B: 1, C: 384, H: 38, W: 50, O: 256, K: 3 },
];

/** Differences of outputs, relative to the largest, that rounding explains. */
const TOLERANCE = 1e-4;

const { values } = parseArgs({ options: { json: { type: "string" } } });
await installContestants();
const server = await serve();
const browser = await launchChromium();
try {
  const results: ConvolutionResult[] = [];
  for (const shape of shapes) {
    const page = await browser.newPage();
    page.setDefaultTimeout(600_000);
    page.on("console", (message) => {
      if (message.type() === "info") console.error(`${shape.name}: ${message.text()}`);
    });
    await page.goto(`${server.resolvedUrls!.local[0]}convolutions.html`);
    const result = await page.evaluate((given) => window.convolve(given), shape);
    await page.close();
    results.push(result);
    console.log(describe(result));
    const odd = result.others.find(({ difference }) => !(difference < TOLERANCE));
    if (odd) {
      console.error(`void: ${odd.name} computed something else (${odd.difference})`);
      process.exitCode = 1;
    }
  }
  if (values.json !== undefined) {
    const date = new Date().toISOString().slice(0, 10);
    const machine = `${cpus().length} x ${cpus()[0].model}, Chromium ${browser.version()}`;
    await writeFile(values.json, `${JSON.stringify({ date, machine, results }, null, 1)}\n`);
  }
} finally {
  await browser.close();
  await server.close();
}

function describe({ shape, flops, ours, tiling, dense, others }: ConvolutionResult): string {
  const { name, B, C, H, W, O, K } = shape;
  const rate = (milliseconds: number) => (flops / milliseconds / 1e6).toFixed(2);
  const share = (milliseconds: number) => `${((100 * dense) / milliseconds).toFixed(0)} %`;
  const all = ours.forward + ours.weights + ours.input;
  return [
    `${name}: ${B}x${C}x${H}x${W} to ${O}, ${K}x${K}; dense product of that size ${rate(dense)} GFLOP/s`,
    `  ours (${tiling}): forward ${rate(ours.forward)} (${share(ours.forward)} of dense), ` +
      `weights ${rate(ours.weights)} (${share(ours.weights)}), input ${rate(ours.input)} (${share(ours.input)})`,
    ...others.map(
      (other) =>
        `  ${other.name}: forward ${rate(other.forward)}, ours ${(other.forward / ours.forward).toFixed(1)} times as fast; ` +
        `with both gradients ${(other.all / all).toFixed(1)} times`,
    ),
  ].join("\n");
}
