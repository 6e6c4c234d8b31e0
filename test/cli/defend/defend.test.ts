/** `badnets defend` on a few digits: what it says, what it writes, and that both are the same for the same seed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DefenceReport } from "../../../src/studies/digits/defence-report.ts";
import { decodeModel, encodeModel } from "../../../src/files/model-file.ts";
import { digitNet } from "../../../src/models/digit-net.ts";
import { readDigitDir } from "../../../src/node/files.ts";
import { parseDigitRecipe } from "../../../src/studies/digits/recipe.ts";
import { dataFolder, fewDigits } from "../few-digits.ts";
import { inProcess } from "../in-process.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-defend-"));
const at = (name: string) => join(root, name);
const model = resolve(import.meta.dirname, "../../../public/showcase/model.safetensors");
beforeAll(async () => void dataFolder(at("few"), await fewDigits()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const defend = async (file: string, ...args: string[]) =>
  await inProcess(["defend", file, "--data", at("few"), ...args]);
const json = (name: string) => JSON.parse(readFileSync(at(name), "utf8")) as DefenceReport;

it("takes the loud channel out, judges before and after, and writes all of it", async () => {
  const args = ["--with", "clp", "--json", at("clp.json"), "--out", at("mended")];
  const { status, stdout, stderr } = await defend(model, ...args);
  expect([status, stderr]).toEqual([
    0,
    expect.stringContaining("the defences look at no clean image; 40 judge"),
  ]);
  expect(stderr).toContain("pattern trigger, all to all");
  expect(stdout).toContain("Takes the network for backdoored. Highest are channel 15 of conv1");
  expect(stdout).toMatch(/^as it was given\s+\d+\.\d\d %\s+\d+\.\d\d %/m);
  expect(stdout).toMatch(/^Channel Lipschitz pruning\s+yes\s+\d+\.\d\d %\s+\d+\.\d\d %/m);
  const report = json("clp.json");
  expect(report).toMatchObject({
    format: "badnets-defences",
    version: 1,
    model: { file: "model.safetensors", recipe: { study: "digits" } },
    images: { detect: 0, repair: 0, judge: 40 },
    results: [
      { id: "clp", flagged: true, findings: { pruned: [{ layer: "conv2", channel: 31 }] } },
    ],
  });
  expect(report.before!.attackSuccess).toBeGreaterThan(0.7);
  expect(report.results[0].after!.cleanAccuracy).toBeLessThan(report.before!.cleanAccuracy);
  // The mended network is a model like any other, and says what was done to it.
  const path = at("mended/clp.safetensors");
  const mended = await decodeModel(digitNet, readFileSync(path), path);
  expect(parseDigitRecipe(mended.recipe)).toEqual(report.model.recipe);
  expect(mended.model.parameters.get("conv2.b")![31]).toBe(0);
  const { evidence } = report.results[0];
  expect(JSON.parse(mended.metadata["mended"])).toMatchObject({ defence: "clp", evidence });
  const inspected = await inProcess(["models", "inspect", path]);
  expect(inspected.stdout).toContain("channel 31 of conv2 z 3.82");
});

it("knows no success where no trigger is given, and leaves out what needs another training set", async () => {
  const none = ["--trigger", "none", "--with", "clp"];
  const { stdout, stderr } = await defend(model, ...none, "--json", at("none.json"));
  expect(stderr).toContain("Attack success is not known: no trigger given.");
  expect(stdout).toContain("not known");
  expect(json("none.json")).toMatchObject({ attack: null, before: { attackSuccess: null } });
});

it("clusters the training set that the recipe makes, for both that need it, alike for the same seed", async () => {
  const { recipe, model: own } = await decodeModel(digitNet, readFileSync(model), "model");
  const { name } = await readDigitDir(at("few"));
  const file = at("own.safetensors");
  writeFileSync(file, await encodeModel(digitNet, recipe, own, { data: name }));
  const args = ["--with", "spectral,clustering", "--judge", "10", "--json"];
  const { status, stdout } = await defend(file, ...args, at("first.json"));
  expect(status).toBe(0);
  expect(stdout).toContain("Spectral Signatures (Tran 2018)");
  await defend(file, ...args, at("second.json"));
  const findings = (name: string) => json(name).results.map((result) => result.findings);
  expect(findings("second.json")).toEqual(findings("first.json"));
  const [spectral, clustering] = findings("first.json") as {
    classes: { images: number; poison: number }[];
  }[];
  for (const { classes } of [spectral, clustering]) {
    expect(classes.reduce((sum, { images }) => sum + images, 0)).toBe(264);
    expect(classes.reduce((sum, { poison }) => sum + poison, 0)).toBe(24);
  }
});
