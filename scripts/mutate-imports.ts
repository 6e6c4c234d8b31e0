/**
 * Reads mutated files of networks of other tools, 10,000 of each format, and writes how long the longest took and how
 * much memory was taken beside the file: results/project/mutated-imports.json.
 */
import { resolve } from "node:path";
import { UserError } from "../src/errors.ts";
import { foreignExtensions, readForeign } from "../src/foreign/read.ts";
import { writeOutput } from "../src/node/write-output.ts";
import { SOFTWARE } from "../src/studies/software.ts";
import { mutated, originals } from "../test/foreign/mutations.ts";
import type { MutatedReport } from "./claims/results.ts";

const COUNT = Number(process.argv[2] ?? 10_000);

if (!globalThis.gc) throw new Error("run node with --expose-gc");

const formats: Record<string, MutatedReport["formats"][string]> = {};
for (const extension of foreignExtensions) {
  const files = originals(extension);
  const found = { files: COUNT, read: 0, refused: 0, longestMs: 0, extraBytes: 0 };
  for (let i = 0; i < COUNT; i++) {
    const { name, bytes, input } = mutated(files, i);
    const isMeasured = i % 20 === 0;
    if (isMeasured) globalThis.gc();
    const before = memory();
    const start = performance.now();
    try {
      readForeign({ name, bytes }, { input });
      found.read += 1;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.refused += 1;
    }
    found.longestMs = Math.max(found.longestMs, performance.now() - start);
    if (isMeasured) found.extraBytes = Math.max(found.extraBytes, memory() - before);
  }
  formats[extension] = found;
  process.stdout.write(`${extension}: ${JSON.stringify(found)}\n`);
}
const report: MutatedReport = { software: SOFTWARE, formats };
await writeOutput(
  resolve(import.meta.dirname, "../results/project/mutated-imports.json"),
  `${JSON.stringify(report, null, 1)}\n`,
);

/** What is in use by now, garbage included. */
function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
