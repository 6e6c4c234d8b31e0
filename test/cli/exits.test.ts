/** What names and files hold is shown on the terminal, and never sent to it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { writeSafetensors } from "../../src/files/safetensors.ts";
import { photo } from "./few-photographs.ts";
import { inProcess } from "./in-process.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-exits-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (name: string) => join(root, name);

/** Clears the screen, turns the line around, sets the window's title. */
const hostile = "a\u001b[2J\u202eb\u009d0;c\u0007d";
const shown = "a\\u{1b}[2J\\u{202e}b\\u{9d}0;c\\u{7}d";

/** All that a line of arguments says, which holds the text as it is shown. */
async function said(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await inProcess(args);
  expect(status).toBeGreaterThan(0);
  expect(stdout + stderr).toContain(shown);
  // oxlint-disable-next-line no-control-regex
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  return stdout + stderr;
}

it("the name of a folder, also one with a line break", async () => {
  const text = await said("digits", "--data", at(`${hostile}\nbadnets: all is well`));
  expect(text).toContain("\\u{a}badnets: all is well");
  expect(text).not.toContain("\n");
});

it("a file's metadata, and what the validator says of its header", async () => {
  const tensors = new Map([
    ["w", { dtype: "F32", shape: [1], data: new Float32Array(1) }],
  ] as const);
  writeFileSync(at("m"), writeSafetensors(tensors, { format: hostile.replaceAll(/\p{Cc}/gu, "") }));
  const { stderr } = await inProcess(["signs", "detect", "p.jpg", "--model", at("m")]);
  expect(stderr).toContain('its format is "a[2J\\u{202e}b0;cd"');
  const header = JSON.stringify({ w: { dtype: "\u202e", shape: [1], data_offsets: [0, 4] } });
  const bytes = new Uint8Array(8 + header.length + 6);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(new TextEncoder().encode(header).length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  writeFileSync(at("v"), bytes);
  const read = await inProcess(["signs", "detect", "p.jpg", "--model", at("v")]);
  expect(read.stderr).toMatch(/bad dtype .*\\u\{202e\}/);
  expect(read.stderr).not.toContain("\u202e");
});

it("the names in a zip file", async () => {
  mkdirSync(at("out"));
  const files = {
    [`${hostile}.jpg`]: photo(1),
    [`${hostile}.txt`]: new TextEncoder().encode("?\n"),
  };
  writeFileSync(at("photos.zip"), zipSync(files));
  await said("signs", "train", "--data", at("photos.zip"), "--out", at("out"));
});
