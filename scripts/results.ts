/**
 * `npm run results`: makes the report, figures and tables in results/digits anew from the instances there,
 * and the parts of the README and of docs/signs.md that tell of results.
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeReport } from "../src/cli/reproduce-report.ts";
import { packagedMnist, writeFileAtomic } from "../src/node/files.ts";
import { readFolders } from "../src/node/sweep-dir.ts";
import type { DigitResult } from "../src/studies/digits/result.ts";
import { measuredPaths, withMeasured, withSummary } from "./readme-summary.ts";
import { readSignResults, withDetectors } from "./sign-summary.ts";

const root = resolve(import.meta.dirname, "..");
const folder = "results/digits";

const finished = await readFolders([join(root, folder)]);
await writeReport(join(root, folder), finished, await packagedMnist());
const readme = join(root, "README.md");
const result = async (path: string) =>
  JSON.parse(await readFile(join(root, path), "utf8")) as DigitResult;
const runs = {
  honest: await result(measuredPaths.honest),
  badNet: await result(measuredPaths.badNet),
};
const text = withMeasured(await readFile(readme, "utf8"), runs);
await writeFileAtomic(readme, withSummary(text, finished, folder));
const signs = await readSignResults(join(root, "results/signs"));
const document = join(root, "docs/signs.md");
await writeFileAtomic(document, withDetectors(await readFile(document, "utf8"), signs));
console.log(`results/signs: ${signs.size} detectors`);
console.log(`${folder}: ${finished.size} instances`);
