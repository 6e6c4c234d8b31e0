/** Outputs that would take the place of an input or of another output are refused; folders are found by any name. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readData } from "../../src/cli/signs/photographs.ts";
import { dataFolder, fewDigits } from "./few-digits.ts";
import { photo, photoFolder } from "./few-photographs.ts";
import { refusedIn, type Refused } from "./refusals.ts";

// What is refused is refused without one.
vi.mock("../../src/node/webgpu.ts", () => ({
  openInNode: () => Promise.reject(new Error("no device is needed here")),
}));

const root = mkdtempSync(join(tmpdir(), "badnets-overwritten-"));
const at = (...parts: string[]) => join(root, ...parts);
const refused = refusedIn(root);
beforeAll(async () => void dataFolder(at("few digits"), await fewDigits()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a file that is read, or written by the same run, is not written over", () => {
  const shipped = resolve(import.meta.dirname, "../../public/showcase/detector.safetensors");
  const overwrites = (what: string) => new RegExp(`which ${what}: choose another file or folder`);

  it("of digits, profiles and showcases", async () => {
    mkdirSync(at("finished"));
    writeFileSync(at("finished", "result.json"), "{}");
    symlinkSync(at("few digits", "t10k-labels-idx1-ubyte"), at("link to labels"));
    const data = ["--data", at("few digits")];
    const profiled = (...args: string[]) => ["profile", "digits", ...args];
    await refused([
      ...[
        "few digits/t10k-labels-idx1-ubyte",
        "link to labels",
        "few digits/../link to labels",
      ].map((path): Refused => [
        2,
        ["digits", ...data, "--json", at(path)],
        overwrites("--data reads"),
      ]),
      [
        2,
        ["digits", ...data, "--out", at("x"), "--json", at("x", "checkpoint.safetensors")],
        overwrites("--json is written to"),
      ],
      [2, profiled("--json", at("p"), "--csv", at("p")), overwrites("--json is written to")],
      [
        2,
        profiled("--csv", at("p"), "--trace", `${root}/./p`),
        overwrites("--trace is written to"),
      ],
      [
        2,
        ["showcase", "--from", at("finished"), "--out", at("finished")],
        overwrites("--from reads"),
      ],
    ]);
  });

  it("of signs: photographs, detectors, tables", async () => {
    const photos = photoFolder(at("street"), [1, 2]);
    copyFileSync(shipped, at("street", "model.safetensors"));
    writeFileSync(at("street", "p1-signs.png"), photo(3));
    writeFileSync(at("names.json"), '{"stop": "stop"}');
    const p1 = join(photos, "p1.jpg");
    const model = ["--model", join(photos, "model.safetensors")];
    const trained = ["signs", "train", "--data", photos, "--out", at("y")];
    const detected = (...args: string[]) => ["signs", "detect", ...args, ...model];
    await refused([
      [2, detected(p1, join(photos, "p1-signs.png"), "--out", photos), overwrites("detect reads")],
      [2, detected(p1, "--out", at("y"), "--json", p1), overwrites("detect reads")],
      [2, detected(p1, "--out", at("y"), "--json", model[1]), overwrites("--model reads")],
      [
        2,
        detected(p1, "--out", at("y"), "--json", at("y", "p1-signs.png")),
        overwrites("--json is written to"),
      ],
      [
        2,
        ["signs", "evaluate", ...model, "--scenes", "1", "--json", model[1]],
        overwrites("--model reads"),
      ],
      [2, ["signs", "train", "--from", model[1], "--out", photos], overwrites("--from reads")],
      [2, [...trained, "--json", join(photos, "p2.txt")], overwrites("--data reads")],
      [
        2,
        [...trained, "--classes", at("names.json"), "--json", at("names.json")],
        overwrites("--classes reads"),
      ],
    ]);
  });
});

it("a folder with commas in its name is one folder where it exists, with a class or without", () => {
  const folders = ["a,b", "a", "b", "c,d,e"].map((name) => {
    mkdirSync(at("commas", name), { recursive: true });
    return at("commas", name);
  });
  const [both, a, b, three] = folders;
  const read = (data: string) => {
    const { scenes, folders } = readData({ data });
    return [scenes, folders.map(({ path, as }) => [path, as])];
  };
  expect(read(both)).toEqual([false, [[both, undefined]]]);
  expect(read(`scenes,${three}:stop,${a},${b}`)).toEqual([
    true,
    [
      [three, "stop"],
      [a, undefined],
      [b, undefined],
    ],
  ]);
  expect(() => read(`${three},f`)).toThrow("--data names f, which does not exist");
});
