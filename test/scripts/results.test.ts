/** What the project tells of its own results is what the results say. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readResults } from "../../scripts/claims/results.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { presets } from "../../src/models/detector-presets.ts";
import { classNames, parseSignRecipe } from "../../src/studies/signs/recipe.ts";
import { parametersSha256 } from "../../src/training/parameter-values.ts";
import type { SignResult } from "../../src/studies/signs/result.ts";
import type { DigitResult } from "../../src/studies/digits/result.ts";
import { decodeDetector } from "../../src/files/detector-file.ts";
import { decodeModel } from "../../src/files/model-file.ts";
import { readSafetensors } from "../../src/files/safetensors.ts";
import { isSealed } from "../../src/files/seal.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { reportFigures } from "../../src/studies/digits/paper/figures/files.ts";
import { packagedMnist } from "../../src/node/files.ts";
import { readFolders } from "../../src/node/sweep-dir.ts";
import { csvTables } from "../../src/studies/digits/paper/csv.ts";
import { markdownReport } from "../../src/studies/digits/paper/markdown.ts";
import { digitReproduction } from "../../src/studies/digits/paper/reproduction.ts";
import { seedsOf } from "../../src/studies/reproduction/completeness.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = "results/digits";

describe("the results in the project", () => {
  it("belong together, and the report, its figures and its tables tell what they say", async () => {
    const finished = await readFolders(digitReproduction, [join(root, folder)]);
    expect(finished.size).toBeGreaterThan(0);
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

  it("hold the one of the detector that ships with the app", async () => {
    const { detectors } = await readResults(root);
    const folder = join(root, "public/showcase");
    const shipped = JSON.parse(await readFile(join(folder, "detector.json"), "utf8")) as SignResult;
    expect(detectors.map(({ content }) => content)).toContainEqual(shipped);
    const bytes = await readFile(join(folder, "detector.safetensors"));
    const { recipe, state } = await decodeDetector(bytes, "detector.safetensors", (stored) => {
      const { preset, set } = parseSignRecipe(stored);
      return describeDetector(presets[preset], classNames(set).length + 1);
    });
    expect(parseSignRecipe(recipe)).toEqual(parseSignRecipe(shipped.recipe));
    expect(state.step).toBe(shipped.step);
    expect(await parametersSha256(state.parameters)).toBe(shipped.parametersSha256);
  });

  it("ship as they were written, and told of by results of the same parameters", async () => {
    const folder = join(root, "public/showcase");
    const [model, recording, detector] = await Promise.all(
      ["model", "recording", "detector"].map((name) =>
        readFile(join(folder, `${name}.safetensors`)),
      ),
    );
    for (const bytes of [model, recording, detector]) {
      expect(readSafetensors(bytes, "shipped").metadata["version"]).toBe("2");
      expect(await isSealed(bytes)).toBe(true);
    }
    const read = await decodeModel(digitNet, model, "model.safetensors");
    const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8")) as DigitResult;
    expect(await parametersSha256(read.model.parameters)).toBe(result.parametersSha256);
    expect(read.recipe).toEqual(result.recipe);
    expect(read.model.step).toBe(result.training.steps);
  });
});
