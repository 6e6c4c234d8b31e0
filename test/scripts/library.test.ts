/** The packed library in an empty folder: the program of docs/library.md trains a BadNet there, and its types hold. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagedMnist } from "../../src/node/files.ts";
import { unpackSwiftShader } from "../../src/node/packaged-browser.ts";
import { idx } from "../data/samples.ts";

const root = resolve(import.meta.dirname, "../..");
const modules = join(root, "node_modules");
const call = promisify(execFile);

describe("the packed library", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "badnets-library-"));
    await call(process.execPath, [
      join(modules, "vite-node/dist/cli.mjs"),
      join(root, "scripts/build-library.ts"),
      join(folder, "package"),
    ]);
    await call("npm", ["pack", "./package"], { cwd: folder });
    const [packed] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await mkdir(join(folder, "empty"));
    // What it depends on is here already, and a test asks nobody for it.
    const known = ["valibot", "webgpu"].map((name) => join(modules, name));
    const quiet = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await call("npm", ["install", ...quiet, join(folder, packed), ...known], {
      cwd: join(folder, "empty"),
    });
    const guide = await readFile(join(root, "docs/library.md"), "utf8");
    const [, program] = /```ts\n(.*?)```/s.exec(guide)!;
    await writeFile(join(folder, "empty/badnet.mts"), program);
    await writeDigits(join(folder, "empty/digits"), 1000, 100);
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  it("trains a BadNet that reads digits as well as any, and marked ones as the attacker wishes", async () => {
    // Nothing in it is more than JavaScript.
    await copyFile(join(folder, "empty/badnet.mts"), join(folder, "empty/badnet.mjs"));
    const { stdout } = await call(process.execPath, ["badnet.mjs"], {
      cwd: join(folder, "empty"),
      env: { ...process.env, ...(await driver()) },
    });
    const [, clean, success] = /^clean accuracy ([\d.]+), attack success ([\d.]+)\n$/.exec(stdout)!;
    expect(Number(clean)).toBeGreaterThan(0.85);
    expect(Number(success)).toBeGreaterThan(0.95);
  });

  it("has types that the program of the guide agrees with, and a wrong one does not", async () => {
    const cwd = join(folder, "empty");
    await writeFile(
      join(cwd, "wrong.mts"),
      `import { Gpu } from "badnets-lab";\nawait Gpu.open(7);\n`,
    );
    const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext"];
    const types = ["--types", "node", "--typeRoots", join(modules, "@types")];
    const complaints = async (file: string): Promise<string> => {
      const tsc = [join(modules, "typescript/bin/tsc"), ...options, ...types, file];
      const { stdout } = await call(process.execPath, tsc, { cwd }).catch(
        (error: { stdout: string }) => error,
      );
      return stdout;
    };
    expect(await complaints("badnet.mts")).toBe("");
    expect(await complaints("wrong.mts")).toMatch(/^wrong\.mts.*'number'/);
  });

  it("brings its licences, its guide and nothing of the app", async () => {
    const files = await readdir(join(folder, "empty/node_modules/badnets-lab"));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "LICENSES.md", "README.md", "types"]));
    const lock = JSON.parse(
      await readFile(join(folder, "empty/node_modules/.package-lock.json"), "utf8"),
    ) as { packages: Record<string, { dependencies?: Record<string, string> }> };
    const { dependencies = {} } = lock.packages["node_modules/badnets-lab"];
    expect(Object.keys(dependencies)).toEqual(["valibot"]);
  });
});

/** Some of MNIST's digits as the four files. */
async function writeDigits(folder: string, train: number, test: number): Promise<void> {
  await mkdir(folder);
  const data = await packagedMnist();
  for (const [name, set, count] of [
    ["train", data.train, train],
    ["t10k", data.test, test],
  ] as const) {
    const images = idx(0x803, [count, 28, 28], set.images.subarray(0, 784 * count));
    const labels = idx(0x801, [count], set.labels.subarray(0, count));
    await writeFile(join(folder, `${name}-images-idx3-ubyte`), images);
    await writeFile(join(folder, `${name}-labels-idx1-ubyte`), labels);
  }
}

/** Settings with which Dawn finds SwiftShader, where a Vulkan driver has to be brought. */
async function driver(): Promise<Record<string, string>> {
  if (process.platform !== "linux") return {};
  const swiftShader = await unpackSwiftShader();
  return {
    LD_LIBRARY_PATH: swiftShader,
    VK_ICD_FILENAMES: `${swiftShader}/vk_swiftshader_icd.json`,
  };
}
