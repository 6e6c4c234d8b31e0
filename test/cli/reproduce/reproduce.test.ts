/** `badnets reproduce`: shards, merging and what is refused, in this process, with instances made up. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reproduce } from "../../../src/cli/reproduce/command.ts";
import { UsageError } from "../../../src/cli/shared/options.ts";
import { allToAll, singleTarget } from "../../../src/studies/digits/paper/instances.ts";
import { instancesOf, itemIds } from "../../../src/studies/digits/paper/items.ts";
import { honest, poisoned } from "../../../src/studies/digits/zoo/instances.ts";
import { idsOf, instancesFor } from "../../../src/studies/reproduction/reproduction.ts";
import { signReproduction } from "../../../src/studies/signs/paper/reproduction.ts";
import { SOFTWARE } from "../../../src/studies/software.ts";
import { madeUp as madeUpNetwork } from "../../studies/digits/zoo/made-up.ts";
import { madeUp } from "../../studies/digits/paper/made-up.ts";
import { madeUp as madeUpDetector } from "../../studies/signs/paper/made-up.ts";
import { onStdout } from "../in-process.ts";

let folder: string;
let said: string[];
const at = (...parts: string[]) => join(folder, ...parts);

/** A shard's folder as a run would have left it. */
async function shard(name: string, files: readonly { readonly id: string }[]): Promise<string> {
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
  onStdout((text) => said.push(text));
});

describe("merging", () => {
  it("joins shards to the whole, with report, figures and tables", async () => {
    const [a, b] = [every.filter((_, i) => i % 2 === 0), every.filter((_, i) => i % 2 === 1)];
    const [one, two] = [await shard("one", a), await shard("two", [every[0], ...b])];
    expect(await reproduce(["digits", "--merge", one, two, "--out", at("whole")])).toBe(0);
    expect(await readdir(at("whole", "instances"))).toHaveLength(every.length);
    const report = await readFile(at("whole", "report.md"), "utf8");
    expect(report).toContain("| 180 of 180 |");
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

  it("keeps what the folder holds already, and counts it", async () => {
    const [one, mine] = [await shard("lone", [every[0]]), await shard("mine", every.slice(1, 4))];
    expect(await reproduce(["digits", "--merge", one, "--out", mine])).toBe(1);
    expect(await readdir(join(mine, "instances"))).toHaveLength(4);
    expect(said.join("\n")).toContain("4 instances in");
  });

  it("refuses to put another result in the place of one that the folder holds", async () => {
    const theirs = {
      ...every[0],
      result: { ...every[0].result, parametersSha256: "c".repeat(64) },
    };
    const [one, mine] = [await shard("theirs", [theirs]), await shard("ours", [every[0]])];
    await expect(reproduce(["digits", "--merge", one, "--out", mine])).rejects.toThrow(
      /same instance with different parameters/,
    );
    const path = join(mine, "instances", `${every[0].id}.json`);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(every[0]);
  });

  it("takes folders behind every --merge, and behind an equals sign", async () => {
    const [a, b] = [await shard("eq-a", [every[0]]), await shard("eq-b", [every[1]])];
    const c = await shard("eq-c", [every[2]]);
    const args = [`--merge=${a}`, "--out", at("eq"), "--merge", b, c];
    expect(await reproduce(["digits", ...args])).toBe(1);
    expect(await readdir(at("eq", "instances"))).toHaveLength(3);
  });

  it("ends well when all of what was asked for is there", async () => {
    const table = instancesOf(["table-2"], [1]).map(({ id }) => id);
    const dir = await shard(
      "table",
      every.filter(({ id }) => table.includes(id)),
    );
    const args = ["digits", "--merge", dir, "--out", at("table-whole"), "--only", "table-2"];
    expect(await reproduce(args)).toBe(0);
    // A seed of which no shard is there is missing, too.
    expect(await reproduce([...args, "--seeds", "1,2"])).toBe(1);
    expect(said.join("\n")).toMatch(/Missing for seeds 1, 2, 3 instances:\s+baseline-s2/);
  });

  it("refuses instances of other data than those that are given, unless their data are", async () => {
    const data = { name: "own", sha256: "e".repeat(64) };
    const own = { ...every[0], result: { ...every[0].result, data } };
    const dir = await shard("own-data", [own]);
    await expect(reproduce(["digits", "--merge", dir, "--out", at("no")])).rejects.toThrow(
      /trained on own, not on MNIST: give their data with --data/,
    );
  });

  it("says what is in the way where a folder should be", async () => {
    await mkdir(at("file"));
    await writeFile(at("file", "instances"), "");
    await expect(reproduce(["digits", "--merge", at("file")])).rejects.toThrow(
      /instances is a file, where a reproduction has a folder/,
    );
    const dir = await shard("sub", [every[0]]);
    await mkdir(join(dir, "instances", "zz.json"));
    expect(await reproduce(["digits", "--merge", dir, "--out", at("sub-whole")])).toBe(1);
  });

  it("refuses a damaged file by its name", async () => {
    const dir = await shard("torn", [every[0]]);
    await writeFile(join(dir, "instances", `${every[1].id}.json`), '{"format": "badnets-inst');
    await expect(reproduce(["digits", "--merge", dir, "--out", at("no")])).rejects.toThrow(
      new RegExp(`${every[1].id}\\.json is damaged`),
    );
  });
});

describe("the sign section", () => {
  const detectors = instancesFor(signReproduction, idsOf(signReproduction), [1]);

  it("is merged by the same machinery, and says what is missing", async () => {
    const files = detectors.map((instance) => madeUpDetector(instance, 4, 90));
    const whole = await shard("signs", files);
    expect(await reproduce(["signs", "--merge", whole, "--out", at("signs-whole")])).toBe(0);
    const report = await readFile(at("signs-whole", "report.md"), "utf8");
    expect(report).toContain("| 90.0 | 90.3 | 90.0 | 94.2 | 90.0 | 93.7 |");
    const drawn = ["figure-conv5.svg", "share.svg"];
    expect(await readdir(at("signs-whole", "figures"))).toEqual(drawn);
    expect(await readdir(at("signs-whole", "tables"))).toContain("table-4-heights.csv");
    const most = await shard("signs-most", files.slice(1));
    expect(await reproduce(["signs", "--merge", most, "--out", at("signs-part")])).toBe(1);
    expect(said.join("\n")).toMatch(new RegExp(`Missing.*1 instances:\\s+${files[0].id}`));
  });

  it("goes on only with the same start and the same scenes", async () => {
    const file = madeUpDetector(detectors[0], 4, 90);
    const mine = { ...file, result: { ...file.result, software: SOFTWARE } };
    const dir = await shard("signs-mine", [mine]);
    const args = ["signs", "--resume", "--out", dir];
    await expect(reproduce(args)).rejects.toThrow(
      /begins with the detector 555555555555, not with/,
    );
  });

  it.each([
    [["--iterations", "0"], /--iterations is 0, but must be a whole number from 1/],
    [["--scenes", "0"], /--scenes 0 leaves nothing to measure on/],
    [["--only", "beginnings"], /--only names beginnings, but there is table-4, table-5/],
    [["--from", "nowhere.safetensors"], /no detector at nowhere.safetensors/],
    [["--shares", "10"], /shares/],
    [["--merge", tmpdir(), "--scenes", "3"], /holds no reproduction/],
  ])("refuses %j", async (args, message) => {
    await expect(reproduce(["signs", "--out", at("signs-no"), ...args])).rejects.toThrow(message);
  });
});

describe("the population", () => {
  const networks = [0, 1].flatMap((n) => [
    madeUpNetwork(honest(2, n), { clp: n }),
    madeUpNetwork(poisoned(2, n), { clp: n + 1 }),
  ]);

  it("is merged by the same machinery, and counts the networks of the sweep's seed", async () => {
    const [one, two] = [
      await shard("zoo-1", networks.slice(0, 2)),
      await shard("zoo-2", networks.slice(2)),
    ];
    const asked = ["--only", "population", "--honest", "2", "--poisoned", "2"];
    expect(await reproduce(["zoo", "--merge", one, two, ...asked, "--out", at("zoo")])).toBe(0);
    expect(await readFile(at("zoo", "report.md"), "utf8")).toContain("| 4 of 40 |");
    expect(await readdir(at("zoo", "tables"))).toContain("defences.csv");
    expect(await reproduce(["zoo", "--merge", one, ...asked, "--out", at("zoo-part")])).toBe(1);
    expect(said.join("\n")).toMatch(
      /Missing for seeds 2, 2 instances:\s+honest-1-s2 poisoned-1-s2/,
    );
  });

  it("goes on only where each network was shown to the defences that are asked for", async () => {
    const mine = networks.map((file) => ({
      ...file,
      result: { ...file.result, software: SOFTWARE },
    }));
    const args = ["--only", "population", "--seeds", "2", "--honest", "1", "--poisoned", "1"];
    const dir = await shard("zoo-mine", mine);
    const again = ["zoo", ...args, "--resume", "--out", dir];
    expect(await reproduce([...again, "--with", "clp"])).toBe(0);
    await expect(reproduce([...again, "--with", "clp,nc"])).rejects.toThrow(/not shown to nc/);
  });

  it.each([
    [["--with", "pruning"], /--with names "pruning", which does not look for backdoors/],
    [["--honest", "x"], /--honest is x, but must be a whole number/],
    [["--merge", tmpdir(), "--with", "clp"], /holds no reproduction/],
  ])("refuses %j", async (args, message) => {
    await expect(reproduce(["zoo", "--out", at("zoo-no"), ...args])).rejects.toThrow(message);
  });
});

describe("a run with nothing to train", () => {
  it("draws figure 3, which needs no network", async () => {
    const args = ["digits", "--only", "figure-3", "--out", at("three")];
    expect(await reproduce(args)).toBe(0);
    expect(await readdir(at("three", "figures"))).toContain("figure-3.svg");
  });

  it("ends well for a part that is empty, which can be joined like the others", async () => {
    const args = ["digits", "--only", "table-2", "--shard", "1/8", "--out", at("empty")];
    expect(await reproduce(args)).toBe(0);
    expect(said.join("\n")).toContain("Nothing for part 1 of 8");
    const one = await shard("full", [every[0]]);
    expect(await reproduce(["digits", "--merge", at("empty"), one, "--out", at("joined")])).toBe(1);
  });
});

describe("what does not belong together", () => {
  it("is refused before anything is trained", async () => {
    const old = { ...every[0], result: { ...every[0].result, software: "badnets-lab 0.0.9" } };
    const dir = await shard("old", [old]);
    const args = ["digits", "--only", "table-2", "--resume"];
    await expect(reproduce([...args, "--out", dir])).rejects.toThrow(
      /made by badnets-lab 0\.0\.9, and this is badnets-lab/,
    );
    await expect(reproduce([...args, "--from", dir, "--out", at("no")])).rejects.toThrow(/0\.0\.9/);
    expect(await readdir(folder)).not.toContain("no");
  });
});

describe("usage", () => {
  it.each([
    [[], /what to reproduce/],
    [["letters"], /"letters" cannot be reproduced: choose digits, signs, transfer or zoo/],
    [["digits", "--only", "table-9"], /--only names table-9/],
    [["digits", "--seeds", "1,x"], /--seeds is 1,x/],
    [["digits", "--shard", "0/4"], /--shard is 0\/4/],
    [["digits", "--shard", "5/4"], /--shard is 5\/4/],
    [["digits", "--shard", "half"], /--shard is half/],
    [["digits", "--only", ","], /--only names nothing/],
    [["digits", "--shares", "0,10"], /--shares is 0,10/],
    [["digits", "--shares", "0.1"], /--shares is 0\.1, but must be whole percents/],
    [["digits", "--from", "/nowhere/at/all"], /--from names \/nowhere.*holds no reproduction/],
    [["digits", "--from", tmpdir()], /holds no reproduction/],
    [["digits", "--merge"], /--merge needs the folders/],
    [["digits", "--merge", "/nowhere"], /holds no reproduction/],
    [["digits", "--frobnicate"], /frobnicate/],
  ])("is refused: %j", async (args, message) => {
    await expect(reproduce(args)).rejects.toThrow(UsageError);
    await expect(reproduce(args)).rejects.toThrow(message);
  });

  it("does not merge and train at once", async () => {
    const dir = await shard("some", [every[0]]);
    for (const [option, ...value] of [["--resume"], ["--shard", "1/2"], ["--adapter", "gpu"]]) {
      await expect(reproduce(["digits", "--merge", dir, option, ...value])).rejects.toThrow(
        `${option} is of no use with --merge`,
      );
    }
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
