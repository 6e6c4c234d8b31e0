/** A checkpoint that was changed is refused, and what was measured of other parameters is never passed on. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors } from "../../../src/files/safetensors.ts";
import type { DigitResult } from "../../../src/studies/digits/result.ts";
import { sealed } from "../../files/sealed.ts";
import { dataFolder, fewDigits, TEST } from "../few-digits.ts";
import { inProcess } from "../in-process.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-digest-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const out = join(root, "run");
const data = join(root, "few digits");
const path = join(out, "checkpoint.safetensors");
const resume = async () => await inProcess(["digits", "--resume", "--out", out, "--data", data]);
const result = () => JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as DigitResult;

/** The finished run as it was written. */
let finished: Uint8Array<ArrayBuffer>;
let original: DigitResult;
beforeAll(async () => {
  dataFolder(data, await fewDigits());
  mkdirSync(out);
  const line = "digits --epochs 0.2 --batch 16 --seed 7 --out".split(" ");
  expect((await inProcess([...line, out, "--data", data])).status).toBe(0);
  finished = new Uint8Array(readFileSync(path));
  original = result();
});

/** The checkpoint with its position changed, and a digest of that. */
async function moved(change: object, version = "2"): Promise<Uint8Array> {
  const { tensors, metadata } = readSafetensors(finished, "checkpoint");
  const position = { ...(JSON.parse(metadata["position"]) as object), ...change };
  const own: Record<string, string> = { ...metadata, version, position: JSON.stringify(position) };
  if (version === "1") delete own["sha256"];
  return await sealed(tensors, own);
}

describe("a finished checkpoint", () => {
  it("goes on to the same result, as it is", async () => {
    const { status, stderr } = await resume();
    expect(stderr).not.toContain("digest");
    expect(status).toBe(0);
    expect(result().parametersSha256).toBe(original.parametersSha256);
    expect(result().clean).toEqual(original.clean);
  });

  it("with one bit of conv1.w flipped is refused, and nothing is written", async () => {
    const bytes = finished.slice();
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + header));
    const { data_offsets: offsets } = (
      JSON.parse(text) as Record<string, { data_offsets: [number, number] }>
    )["conv1.w"];
    bytes[8 + header + offsets[0] + 2] ^= 0x40;
    writeFileSync(path, bytes);
    const before = readFileSync(join(out, "result.json"), "utf8");
    const { status, stdout, stderr } = await resume();
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `badnets: ${path} is not as it was written: its content does not have the SHA-256 that it carries; ` +
        "give an unchanged copy.",
    );
    expect(readFileSync(join(out, "result.json"), "utf8")).toBe(before);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
  });

  it("of before is said to carry no digest, and is measured anew, whatever it tells", async () => {
    // All test digits right: what nobody has measured.
    const clean = Array<number>(100).fill(0);
    clean[0] = TEST;
    const evaluations = [{ step: original.training.steps, kind: "epoch", clean, triggered: null }];
    writeFileSync(path, await moved({ evaluations }, "1"));
    const { status, stderr } = await resume();
    expect(status).toBe(0);
    expect(stderr).toContain(`${path} is of an earlier version and carries no digest`);
    expect(original.clean.accuracy).toBeLessThan(1);
    expect(result().clean).toEqual(original.clean);
    expect(result().parametersSha256).toBe(original.parametersSha256);
    // It has one from now on.
    expect((await resume()).stderr).not.toContain("digest");
  });
});

describe("a state that its recipe cannot come to is refused in a sentence", () => {
  it("that is beyond the recipe's end", async () => {
    const { tensors, metadata } = readSafetensors(finished, "checkpoint");
    const steps = original.training.steps + 1;
    const position = JSON.parse(metadata["position"]) as object;
    for (const name of ["history/loss", "history/accuracy"]) {
      tensors.set(name, { dtype: "F32", shape: [steps], data: new Float32Array(steps) });
    }
    const own = { ...metadata, position: JSON.stringify({ ...position, step: steps }) };
    writeFileSync(path, await sealed(tensors, own));
    const { status, stderr } = await resume();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `badnets: The state to go on from is of step ${steps}, but its recipe has only ${steps - 1} steps: give`,
    );
  });

  it("that has spent less than no time", async () => {
    writeFileSync(path, await moved({ trainSeconds: -1 }));
    const { status, stderr } = await resume();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^badnets: [^\n]*is damaged: its position is not as expected/);
  });

  it("that is of another optimiser", async () => {
    const { tensors, metadata } = readSafetensors(finished, "checkpoint");
    for (const [name, tensor] of tensors) {
      if (!name.startsWith("optimiser/velocity/")) continue;
      tensors.delete(name);
      for (const part of ["m", "v"]) tensors.set(name.replace("velocity", part), tensor);
    }
    writeFileSync(path, await sealed(tensors, metadata));
    const { status, stderr } = await resume();
    expect(status).toBe(1);
    expect(stderr).toContain("badnets: The state to go on from is of another network or optimiser");
  });
});
