/**
 * `npm run results`: makes the report, figures and tables in results/digits anew from the instances there,
 * and the part of the README that tells of them.
 */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeReport } from "../src/cli/reproduce-report.ts";
import { packagedMnist, writeFileAtomic } from "../src/node/files.ts";
import { instancePaths, readInstances } from "../src/node/sweep-dir.ts";
import { withSummary } from "./readme-summary.ts";

const root = resolve(import.meta.dirname, "..");
const folder = "results/digits";

const finished = await readInstances(await instancePaths(join(root, folder)));
await writeReport(join(root, folder), finished, await packagedMnist());
const readme = join(root, "README.md");
await writeFileAtomic(readme, withSummary(await readFile(readme, "utf8"), finished, folder));
console.log(`${folder}: ${finished.size} instances`);
