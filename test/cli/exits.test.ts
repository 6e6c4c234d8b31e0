/** What names and files hold is shown on the terminal, and never sent to it. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { csvParseRows } from "d3";
import { zipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { writeSafetensors } from "../../src/files/safetensors.ts";
import { instancesOf, itemIds } from "../../src/studies/digits/paper/items.ts";
import { markdownText } from "../../src/text/markdown.ts";
import { terminalLine } from "../../src/text/terminal.ts";
import { madeUp } from "../studies/digits/paper/made-up.ts";
import { dataFolder, fewDigits } from "./few-digits.ts";
import { photo, photoFolder } from "./few-photographs.ts";
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

/** Of a shell, what it makes of a line that it is told to run. */
const wordsOf = (line: string) =>
  execFileSync("bash", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

/** Sends SIGTERM once, as soon as something listens to it and `due` says so. */
function onceHeard(due: () => boolean): void {
  const before = process.listenerCount("SIGTERM");
  const timer = setInterval(() => {
    if (process.listenerCount("SIGTERM") === before || !due()) return;
    clearInterval(timer);
    process.emit("SIGTERM");
  }, 1);
}

// oxlint-disable-next-line no-control-regex
const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

/** A folder's name that is a command, a formula, a picture in Markdown and HTML, and what is hostile. */
const folder = `=1+1;$(touch x)'"\`![i](www.e.test)<img src=x>|\n${hostile}`;

it("what signs train and evaluate say and write of a folder of photographs", async () => {
  const photos = photoFolder(at(folder), [1, 2, 3, 4]);
  const out = at(`out ${folder}`);
  onceHeard(() => existsSync(join(out, "detector.safetensors")));
  const line = ["--iterations", "1", "--scenes", "8", "--data", photos, "--out", out];
  const trained = await inProcess(["signs", "train", ...line]);
  expect([trained.status, trained.stdout]).toEqual([130, ""]);
  expect(trained.stderr).toContain(shown);
  expect(trained.stderr).not.toMatch(unseen);
  // What a person copies from there names these very folders.
  const command = /\n {2}npm run badnets -- (.*)$/.exec(trained.stderr)![1];
  const again = ["signs", "train", "--resume", "--out", out, "--data", photos];
  expect(wordsOf(command)).toEqual(again);

  const json = at("evaluated.json");
  const model = ["--model", join(out, "detector.safetensors"), "--scenes", "0"];
  const others = photoFolder(at(`others/${folder}`), [7, 8]);
  const outputs = ["--json", json, "--out", at(`measured ${folder}`)];
  const measured = await inProcess(["signs", "evaluate", ...model, "--data", others, ...outputs]);
  expect(measured.status).toBe(0);
  for (const text of [measured.stdout, measured.stderr, readFileSync(json, "utf8")]) {
    expect(text).not.toMatch(unseen);
  }
  const name = terminalLine(folder);
  expect(measured.stdout.split("\n")[0]).toMatch(/: 2 pictures, mean average precision/);
  expect(measured.stdout.split("\n")[0].startsWith(`${name}: `)).toBe(true);
  expect(measured.stdout).toContain(`result: ${terminalLine(at(`measured ${folder}`))}`);
  const result = JSON.parse(readFileSync(json, "utf8")) as { scores: object };
  expect(Object.keys(result.scores)).toEqual([folder]);
});

it("what signs detect says and writes of a photograph", async () => {
  mkdirSync(at("detected"));
  const file = join(at("detected"), `${folder.replaceAll("/", "")}.jpg`);
  writeFileSync(file, photo(7));
  const json = at("detected.json");
  const model = resolve(import.meta.dirname, "../../public/showcase/detector.safetensors");
  const args = [file, "--model", model, "--out", at("detected"), "--json", json];
  const { status, stdout } = await inProcess(["signs", "detect", ...args]);
  expect(status).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(stdout + readFileSync(json, "utf8")).not.toMatch(unseen);
  const { images } = JSON.parse(readFileSync(json, "utf8")) as { images: { file: string }[] };
  expect(images[0].file).toBe(file);
});

it("what reproduce says of its folder, and writes of what instances tell of themselves", async () => {
  const instances = instancesOf(itemIds, [1]).map((instance) => {
    const { result, ...file } = madeUp(instance, 5, 1);
    const adapter = { ...result.adapter, description: `${folder} https://e.test` };
    return { ...file, result: { ...result, adapter, data: { ...result.data, name: folder } } };
  });
  mkdirSync(at("instances of/instances"), { recursive: true });
  for (const file of instances) {
    writeFileSync(at(`instances of/instances/${file.id}.json`), JSON.stringify(file));
  }
  const out = at(`whole ${folder}`);
  const args = ["--merge", at("instances of"), "--out", out];
  const { status, stdout, stderr } = await inProcess(["reproduce", "digits", ...args]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    `${instances.length} instances in ${terminalLine(out)}: ${terminalLine(join(out, "report.md"))}\n`,
  );
  const report = readFileSync(join(out, "report.md"), "utf8");
  expect(report).toContain(markdownText(folder));
  expect(report).not.toMatch(/(?<!\\)<img|(?<!\\)!\\?\[i|:\/\/e\.test|www\./);
  const files = readdirSync(out, { recursive: true, encoding: "utf8" });
  const texts = files.filter((name) => /\.(md|csv|svg)$/.test(name));
  expect(texts.length).toBeGreaterThan(10);
  for (const name of texts) {
    const text = readFileSync(join(out, name), "utf8");
    expect(text, name).not.toMatch(unseen);
    if (!name.endsWith(".csv")) continue;
    // No field that a spreadsheet would compute: numbers are only themselves.
    for (const field of csvParseRows(text).flat()) {
      expect(field, name).not.toMatch(/^[=@\t\r]|^[+-](?![\d.]+(e[+-]?\d+)?$)/);
    }
  }
});

it("a reproduction that is stopped says how to go on in words that a shell reads as they were", async () => {
  dataFolder(at(`digits ${folder}`), await fewDigits());
  const out = at(`stopped ${folder}`);
  const words = ["reproduce", "digits", "--only", "table-2", "--out", out];
  words.push("--data", at(`digits ${folder}`));
  const before = process.argv;
  process.argv = ["node", "badnets", ...words];
  onceHeard(() => true);
  const { status, stdout, stderr } = await inProcess(words);
  process.argv = before;
  expect([status, stdout]).toEqual([130, ""]);
  expect(stderr).not.toMatch(unseen);
  const command = /\n {2}npm run badnets -- (.*)$/.exec(stderr)![1];
  expect(wordsOf(command)).toEqual([...words, "--resume"]);
});
