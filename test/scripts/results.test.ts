/** What the project tells of its own results is what the results say. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { withSummary } from "../../scripts/readme-summary.ts";
import { instancePaths, readInstances } from "../../src/node/sweep-dir.ts";
import { csvTables, markdownReport } from "../../src/studies/digit-markdown.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = "results/digits";

describe("the results in the project", () => {
  it("belong together, and the README, the report and the tables tell what they say", async () => {
    const finished = await readInstances(await instancePaths(join(root, folder)));
    const readme = await readFile(join(root, "README.md"), "utf8");
    const words = (text: string) => text.replace(/-{3,}/g, "---").split(/[\s|]+/);
    // The formatter may lay tables out anew; what they say stays.
    expect(words(readme)).toEqual(words(withSummary(readme, finished, folder)));
    if (finished.size === 0) return;
    const report = await readFile(join(root, folder, "report.md"), "utf8");
    expect(report).toBe(markdownReport(finished, "figures"));
    for (const [name, text] of Object.entries(csvTables(finished))) {
      if (text) expect(await readFile(join(root, folder, "tables", name), "utf8")).toBe(text);
    }
    for (const [, path] of report.matchAll(/\((figures\/[\w.-]+)\)/g)) {
      expect(existsSync(join(root, folder, path)), path).toBe(true);
    }
  });
});
