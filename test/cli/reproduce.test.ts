/** `badnets reproduce`: shards, merging and what is refused, in this process, with instances made up. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { reproduce } from "../../src/cli/reproduce.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { allToAll, instancesOf, itemIds, singleTarget } from "../../src/studies/digit-instances.ts";
import type { InstanceFile } from "../../src/studies/instance-file.ts";
import { madeUp } from "../studies/instances.ts";

let folder: string;
let said: string[];
const at = (...parts: string[]) => join(folder, ...parts);

/** A shard's folder as a run would have left it. */
async function shard(name: string, files: readonly InstanceFile[]): Promise<string> {
  await mkdir(at(name, "instances"), { recursive: true });
  for (const file of files) {
    await writeFile(at(name, "instances", `${file.id}.json`), JSON.stringify(file));
  }
  return at(name);
}

const every = instancesOf(itemIds, [1]).map((instance) => madeUp(instance, 5, 1));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "badnets-reproduce-"));
});
afterAll(async () => await rm(folder, { recursive: true }));
beforeEach(() => {
  said = [];
  vi.spyOn(console, "log").mockImplementation((text: string) => void said.push(text));
});

describe("merging", () => {
  it("joins shards to the whole, with report, figures and tables", async () => {
    const [a, b] = [every.filter((_, i) => i % 2 === 0), every.filter((_, i) => i % 2 === 1)];
    const [one, two] = [await shard("one", a), await shard("two", [every[0], ...b])];
    expect(await reproduce(["digits", "--merge", one, two, "--out", at("whole")])).toBe(0);
    expect(await readdir(at("whole", "instances"))).toHaveLength(every.length);
    const report = await readFile(at("whole", "report.md"), "utf8");
    expect(report).toContain("| 181 of 181 |");
    expect(report).not.toContain("Not run yet");
    const drawn = [...report.matchAll(/\(figures\/([\w.-]+)\)/g)].map(([, name]) => name);
    expect(drawn.length).toBeGreaterThan(5);
    expect(await readdir(at("whole", "figures"))).toEqual(expect.arrayContaining(drawn));
    expect(await readdir(at("whole", "tables"))).toContain("figure-4.csv");
  });

  it("names what is missing, and says so in its exit status", async () => {
    const gap = singleTarget(1, "pattern", 3, 8).id;
    const most = await shard(
      "most",
      every.filter(({ id }) => id !== gap),
    );
    expect(await reproduce(["digits", "--merge", most, "--out", at("part")])).toBe(1);
    expect(said.join("\n")).toMatch(new RegExp(`Missing.*1 instances:\\s+${gap}`));
  });

  it("refuses instances of another recipe, version, data or beginning, and leaves the folder empty", async () => {
    const badNet = madeUp(allToAll(1, "pattern", 0.1), 4);
    const cases: [string, object, RegExp][] = [
      ["recipe", { recipe: { ...badNet.result.recipe, batch: 32 } }, /another recipe: its batch/],
      ["version", { software: "badnets-lab 7" }, /made by badnets-lab 7/],
      ["data", { data: { name: "own", sha256: "e".repeat(64) } }, /other data/],
      [
        "start",
        { recipe: { ...badNet.result.recipe, start: { parametersSha256: "c".repeat(64) } } },
        /begins with the parameters cccccccccccc/,
      ],
    ];
    const good = await shard("good", [every[0]]);
    for (const [name, changes, message] of cases) {
      const strange = { ...badNet, result: { ...badNet.result, ...changes } };
      const odd = await shard(`odd-${name}`, [strange]);
      await expect(reproduce(["digits", "--merge", good, odd, "--out", at("no")])).rejects.toThrow(
        message,
      );
    }
    expect(await readdir(folder)).not.toContain("no");
  });

  it("refuses two different results of one instance, naming both files", async () => {
    const file = every[1];
    const twin = { ...file, result: { ...file.result, parametersSha256: "f".repeat(64) } };
    const [one, two] = [await shard("left", [every[0], file]), await shard("right", [twin])];
    await expect(reproduce(["digits", "--merge", one, two, "--out", at("no")])).rejects.toThrow(
      /left.*right.*same instance with different parameters/,
    );
  });

  it("refuses a damaged file by its name", async () => {
    const dir = await shard("torn", [every[0]]);
    await writeFile(join(dir, "instances", `${every[1].id}.json`), '{"format": "badnets-inst');
    await expect(reproduce(["digits", "--merge", dir, "--out", at("no")])).rejects.toThrow(
      new RegExp(`${every[1].id}\\.json is damaged`),
    );
  });
});

describe("usage", () => {
  it.each([
    [[], /what to reproduce/],
    [["signs"], /"signs" cannot be reproduced/],
    [["digits", "--only", "table-9"], /--only names table-9/],
    [["digits", "--seeds", "1,x"], /--seeds is 1,x/],
    [["digits", "--shard", "0/4"], /--shard is 0\/4/],
    [["digits", "--shard", "5/4"], /--shard is 5\/4/],
    [["digits", "--shard", "half"], /--shard is half/],
    [["digits", "--from", "/nowhere/at/all"], /--from is \/nowhere/],
    [["digits", "--merge"], /--merge needs the folders/],
    [["digits", "--merge", "/nowhere"], /holds no reproduction/],
    [["digits", "--frobnicate"], /frobnicate/],
  ])("is refused: %j", async (args, message) => {
    await expect(reproduce(args)).rejects.toThrow(UsageError);
    await expect(reproduce(args)).rejects.toThrow(message);
  });

  it("does not merge and train at once", async () => {
    const dir = await shard("some", [every[0]]);
    await expect(reproduce(["digits", "--merge", dir, "--seeds", "1"])).rejects.toThrow(
      /--seeds is of no use with --merge/,
    );
  });

  it("does not go on in a folder that holds a reproduction unless asked to", async () => {
    const dir = await shard("begun", [every[0]]);
    await cp(dir, at("copy"), { recursive: true });
    await expect(reproduce(["digits", "--out", at("copy")])).rejects.toThrow(/add --resume/);
  });

  it("explains itself", async () => {
    expect(await reproduce(["--help"])).toBe(0);
    const help = said.join("\n");
    for (const word of [...itemIds, "--shard", "--merge", "--seeds", "--from"]) {
      expect(help).toContain(word);
    }
    expect(help.split("\n").every((line) => line.length <= 100)).toBe(true);
  });
});
