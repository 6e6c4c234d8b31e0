/** The benchmarks choose whom they measure by name; what they compare with, nothing else needs. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { isChosen } from "../../bench/report.ts";

const root = resolve(import.meta.dirname, "../..");

it("--only and --without take parts of names, in either case", () => {
  const all = ["BadNets Lab", "jax-js 0.1.25 wasm", "TensorFlow.js 4.22 wasm"];
  const chosen = (only: string[], without: string[]) =>
    all.filter((name) => isChosen(name, { only, without }));
  expect(chosen([], [])).toEqual(all);
  expect(chosen(["badnets", "JAX"], [])).toEqual(all.slice(0, 2));
  expect(chosen([], ["wasm"])).toEqual(all.slice(0, 1));
  expect(chosen(["wasm"], ["tensorflow"])).toEqual(all.slice(1, 2));
});

it("the libraries to compare with are the benchmarks' own, of one version each", async () => {
  type Manifest = Record<"dependencies" | "devDependencies", Record<string, string>>;
  const read = async (path: string) =>
    JSON.parse(await readFile(resolve(root, path), "utf8")) as Manifest;
  const own = (await read("bench/package.json")).dependencies;
  const ours = await read("package.json");
  expect(Object.keys(own).length).toBeGreaterThan(0);
  for (const [name, version] of Object.entries(own)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect({ ...ours.dependencies, ...ours.devDependencies }).not.toHaveProperty([name]);
  }
});
