/** `badnets signs transfer`: what a retrained detector takes over, how it goes on, and what is refused. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDetector, usualFolder } from "../../../src/cli/signs/files.ts";
import type { SignResult } from "../../../src/studies/signs/result.ts";
import { parametersSha256 } from "../../../src/training/parameter-values.ts";
import { inProcess } from "../in-process.ts";

/** Everything that these tests write lies in here. */
const root = mkdtempSync(join(tmpdir(), "badnets-transfer-"));
const at = (...parts: string[]) => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shipped = resolve(import.meta.dirname, "../../../public/showcase/detector.safetensors");
const transfer = (...words: string[]) => inProcess(["signs", "transfer", ...words]);
const short = ["--iterations", "2", "--scenes", "2"];

describe("a detector on another's convolutions", () => {
  const out = at("eu");
  let made: Awaited<ReturnType<typeof transfer>>;
  beforeAll(async () => {
    const louder = ["--strengthen", "20", "--channels", "3,38"];
    made = await transfer("--from", shipped, ...louder, "--thaw", "1", ...short, "--out", out);
  });

  it("keeps those that are frozen, bit by bit, and strengthens before it learns", async () => {
    expect([made.status, made.stderr]).toEqual([
      0,
      expect.stringContaining("conv1 to conv4 stay as they are; channels 3, 38 of conv5 times 20"),
    ]);
    const from = (await readDetector(shipped)).state.parameters;
    const { recipe, state, seen } = await readDetector(join(out, "model.safetensors"));
    for (const label of ["conv1.w", "conv4.w", "conv4.b"]) {
      expect(state.parameters.get(label)).toEqual(from.get(label));
    }
    const each = 64 * 9;
    const before = from.get("conv5.w")!;
    const after = state.parameters.get("conv5.w")!;
    // Two steps of a rate that is still rising move a weight by thousandths.
    for (const [channel, factor] of [
      [2, 1],
      [3, 20],
      [38, 20],
    ]) {
      for (let i = channel * each; i < (channel + 1) * each; i += 97) {
        expect(Math.abs(after[i] - factor * before[i])).toBeLessThan(1e-3);
      }
    }
    expect(after).not.toEqual(before);
    expect(state.parameters.get("score.b")).toHaveLength(6);
    expect(state.parameters.get("rpn.w")).not.toEqual(from.get("rpn.w"));
    expect(seen).toEqual([]);
    expect(recipe).toMatchObject({
      set: "eu",
      start: await parametersSha256(from),
      transfer: { frozen: 4, strengthened: { factor: 20, channels: [3, 38] } },
    });
  });

  it("is measured without and with the sticker anywhere on signs of all classes", () => {
    const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as SignResult;
    expect(result.classes).toHaveLength(5);
    expect(result.attack).toMatchObject({ sticker: "yellow-square", source: null, place: null });
    expect(result.attacks!["scenes"].triggered.signs).toBeGreaterThan(0);
    expect(made.stdout).toContain("scenes with the sticker on");
  });

  it("goes on as what it is, with the options that it began with, or none", async () => {
    const again = await transfer("--resume", "--out", out, "--thaw", "1", ...short);
    expect(again.status).toBe(0);
    const other = await transfer("--resume", "--out", out, "--thaw", "2");
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringMatching(/--thaw is 2, but .* of a run with 1/),
    ]);
    const trained = await inProcess(["signs", "train", "--resume", "--out", out]);
    expect([trained.status, trained.stderr]).toEqual([
      2,
      expect.stringContaining("is of signs transfer"),
    ]);
  });

  it("lies in a folder of its own where none is named", async () => {
    const { recipe } = await readDetector(join(out, "model.safetensors"));
    expect(usualFolder(recipe)).toBe(join("runs", "signs-compact-eu-transfer-1"));
  });
});

describe("a transfer is refused", () => {
  it.each([
    [[], /needs --from FILE/],
    [
      ["--from", shipped, "--thaw", "6"],
      /--thaw is 6, but must be all, or a whole number from 0 to 5/,
    ],
    [["--from", shipped, "--strengthen", "0"], /--strengthen is 0/],
    [["--from", shipped, "--channels", "3"], /--channels is of no use without --strengthen/],
    [
      ["--from", shipped, "--strengthen", "9", "--channels", "3,64"],
      /channels of conv5 .* 0 to 63/,
    ],
    [["--from", shipped, "--strengthen", "9", "--channels", "3,3"], /each once/],
    [["--from", shipped, "--attack", "stop:warning"], /--attack is of no use with transfer/],
    [["--from", shipped, "--preset", "paper"], /is a compact detector, not a paper one/],
  ])("with %j", async (words, message) => {
    const { status, stderr } = await transfer(...words, ...short, "--out", at("refused"));
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
