/** What README and docs say of commands, files and numbers of this project holds. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import config from "../../vite.config.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { inProcess } from "../cli/in-process.ts";
import { trainingPlan } from "../training/small-training.ts";

const root = resolve(import.meta.dirname, "../..");

describe("the project's documents", () => {
  /** Texts by their path as seen from the project. */
  let documents: Map<string, string>;
  let manifest: { scripts: Record<string, string>; engines: { node: string } };

  beforeAll(async () => {
    const read = async (path: string) => await readFile(join(root, path), "utf8");
    const docs = (await readdir(join(root, "docs"))).map((name) => `docs/${name}`);
    const paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSES.md", ...docs];
    const texts = paths.filter((path) => path.endsWith(".md"));
    documents = new Map(
      await Promise.all(texts.map(async (path) => [path, await read(path)] as const)),
    );
    manifest = JSON.parse(await read("package.json")) as typeof manifest;
  });

  const all = () => [...documents.values()].join("\n");

  it("link to files that are there", () => {
    for (const [document, text] of documents) {
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
      for (const link of links.filter((one) => !/^(https?:|#)/.test(one))) {
        const path = join(root, dirname(document), link.replace(/#.*/, ""));
        expect(existsSync(path), `${document}: ${link}`).toBe(true);
      }
    }
  });

  it("name scripts that package.json has, and README's two commands are among them", () => {
    const scripts = [...all().matchAll(/\bnpm (?:run )?([a-z][a-z:]*)/g)].map(([, name]) => name);
    const npm = ["ci", "install", "pack", "packages", "package"];
    const named = new Set(scripts.filter((name) => !npm.includes(name)));
    for (const name of named) expect(Object.keys(manifest.scripts), name).toContain(name);
    expect([...named]).toEqual(expect.arrayContaining(["start", "test", "badnets", "results"]));
    expect(documents.get("README.md")).toMatch(/^npm ci && npm start .*\nnpm ci && npm test /m);
  });

  it("give commands options that their help names", async () => {
    const lines = all()
      .replaceAll(/ \\\n\s*/g, " ")
      .matchAll(/npm run badnets -- ([a-z][^\n#`]*)/g);
    const helps = new Map<string, string>();
    for (const [, line] of lines) {
      const [command, second] = line.trim().split(" ");
      const own = command === "signs" ? [command, second] : [command];
      const key = own.join(" ");
      helps.set(key, helps.get(key) ?? (await inProcess([...own, "--help"])).stdout);
      for (const [option] of line.matchAll(/(?<= )--[a-z-]+/g)) {
        expect(helps.get(key), line).toContain(option);
      }
    }
    expect(helps.size).toBeGreaterThan(5);
  });

  it("list the kernels of a training step as they are", async () => {
    const gpu = await openInNode("null");
    const { trainStep } = await Trainer.build(gpu, trainingPlan("sgd", digitNet));
    const [, listed] = /```\n(batch\.gather .*?)```/s.exec(documents.get("README.md")!)!;
    expect(listed.trim().split(/\s+/)).toEqual(trainStep.map(({ label }) => label));
    gpu.destroy();
  });

  it("tell the same version of Node and the same port as the settings", async () => {
    const version = (await readFile(join(root, ".nvmrc"), "utf8")).trim();
    expect(manifest.engines.node).toBe(`>=${version}`);
    for (const path of ["README.md", "CONTRIBUTING.md"]) {
      expect(documents.get(path), path).toContain(`Node ${version} or later`);
    }
    expect(documents.get("README.md")).toContain(`http://localhost:${config.preview!.port!}`);
  });
});
