/** Lists of digests are those of sha256sum, whatever files are called, and whatever a stranger wrote is refused by its line. */
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { nodeHasher } from "../../src/node/hashing.ts";
import { readSums, sumsOf, verifySums, writeSums } from "../../src/signing/sums.ts";
import { memoryModel } from "./samples.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");
const none = () => false;

describe("a list of digests", () => {
  it("is written as sha256sum writes it", async () => {
    const model = memoryModel({ b: "1", "a\nb": "2", "c\\d": "3" });
    expect(writeSums(await sumsOf(model, nodeHasher, none))).toBe(
      `\\${sha("2")}  a\\nb\n${sha("1")}  b\n\\${sha("3")}  c\\\\d\n`,
    );
  });

  it("is read as it was written, and as binary mode and other tools write it", () => {
    const part = fc.string({ minLength: 1 }).filter((name) => !/[/\0]|^\.{1,2}$/.test(name));
    fc.assert(
      fc.property(fc.uniqueArray(part, { minLength: 1, maxLength: 5 }), (names) => {
        const sums = new Map(names.map((name) => [`a/${name}`, [sha(name)]]));
        const read = readSums(writeSums(sums), "it");
        expect(read).toEqual(sums);
      }),
    );
    const digest = sha("x");
    for (const line of [`${digest} *a`, `${digest}  ./a\r\n`, `${digest.toUpperCase()}  a\n\n`]) {
      expect(readSums(line, "it")).toEqual(new Map([["a", [digest]]]));
    }
  });

  it("that is none is refused", () => {
    const digest = sha("x");
    const bad = [
      "",
      "a",
      `${digest} a`,
      `${digest}  ../a`,
      `${digest}  /a`,
      `${digest}  a\n${digest}  a`,
    ];
    for (const text of bad) expect(() => readSums(text, "it")).toThrow(UserError);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readSums(text, "it")).toThrow(/^it is no list of digests: /);
      }),
    );
  });

  it("names each file that is another, and is of a folder or of one of its files", async () => {
    const sums = new Map([
      ["a", [sha("1")]],
      ["b", [sha("2")]],
    ]);
    const verdict = async (files: Record<string, string>, single = false) =>
      await verifySums(sums, memoryModel(files, { single }), nodeHasher, (path) => path === "c");
    expect((await verdict({ a: "1", b: "2", c: "3" })).outcome).toBe("matches");
    expect((await verdict({ a: "1" }, true)).outcome).toBe("matches");
    expect((await verdict({ a: "1" })).problems).toEqual(["b was listed and is missing."]);
    expect((await verdict({ a: "2", b: "1" })).problems).toEqual(["a and b have changed places."]);
    expect((await verdict({ a: "1", b: "2", d: "" })).problems).toEqual([
      "d is there, but was not listed.",
    ]);
  });
});
