/** What the project tells of its own results is what the results say. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { measuredPaths, withMeasured, withSummary } from "../../scripts/readme-summary.ts";
import { readSignResults, withDetectors } from "../../scripts/sign-summary.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { presets } from "../../src/models/detector-presets.ts";
import { classNames, parseSignRecipe } from "../../src/studies/signs/recipe.ts";
import { parametersSha256 } from "../../src/training/parameter-values.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import { decodeDetector } from "../../src/files/detector-file.ts";
import { reportFigures } from "../../src/studies/digits/paper/figures/files.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { readFolders } from "../../src/node/sweep-dir.ts";
import { csvTables } from "../../src/studies/digits/paper/csv.ts";
import { markdownReport } from "../../src/studies/digits/paper/markdown.ts";
import { seedsOf } from "../../src/studies/digits/paper/completeness.ts";
import type { DigitResult } from "../../src/studies/digits/result.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = "results/digits";

describe("the results in the project", () => {
  it("belong together, and the README, the report and the tables tell what they say", async () => {
    const finished = await readFolders([join(root, folder)]);
    const readme = await readFile(join(root, "README.md"), "utf8");
    const words = (text: string) => text.replace(/-{3,}/g, "---").split(/[\s|]+/);
    // The formatter may lay tables out anew; what they say stays.
    const result = async (path: string) =>
      JSON.parse(await readFile(join(root, path), "utf8")) as DigitResult;
    const runs = {
      honest: await result(measuredPaths.honest),
      badNet: await result(measuredPaths.badNet),
    };
    expect(words(readme)).toEqual(words(withSummary(withMeasured(readme, runs), finished, folder)));
    if (finished.size === 0) return;
    const report = await readFile(join(root, folder, "report.md"), "utf8");
    const seeds = seedsOf(finished);
    expect(report).toBe(markdownReport(finished, seeds, "figures"));
    for (const [name, text] of Object.entries(csvTables(finished, seeds))) {
      if (text) expect(await readFile(join(root, folder, "tables", name), "utf8")).toBe(text);
    }
    for (const [name, text] of reportFigures(finished, seeds, await packagedMnist())) {
      expect(await readFile(join(root, folder, "figures", name), "utf8"), name).toBe(text);
      expect(report).toContain(`(figures/${name})`);
    }
  });

  it("of detectors are what docs/signs.md tells", async () => {
    const results = await readSignResults(join(root, "results/signs"));
    expect(results.size).toBeGreaterThan(0);
    const text = await readFile(join(root, "docs/signs.md"), "utf8");
    const words = (part: string) => part.replace(/-{3,}/g, "---").split(/[\s|]+/);
    expect(words(text)).toEqual(words(withDetectors(text, results)));
  });

  it("hold the one of the detector that ships with the app", async () => {
    const results = [...(await readSignResults(join(root, "results/signs"))).values()];
    const folder = join(root, "public/showcase");
    const shipped = JSON.parse(await readFile(join(folder, "detector.json"), "utf8")) as SignResult;
    expect(results).toContainEqual(shipped);
    const bytes = await readFile(join(folder, "detector.safetensors"));
    const { recipe, state } = decodeDetector(bytes, "detector.safetensors", (stored) => {
      const { preset, set } = parseSignRecipe(stored);
      return describeDetector(presets[preset], classNames(set).length + 1);
    });
    expect(parseSignRecipe(recipe)).toEqual(parseSignRecipe(shipped.recipe));
    expect(state.step).toBe(shipped.step);
    expect(await parametersSha256(state.parameters)).toBe(shipped.parametersSha256);
  });
});
