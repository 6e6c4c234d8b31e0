/** Where a network comes from is noted when it is read: unsigned, signed by somebody, or not what was signed. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { noteProvenance } from "../../../src/cli/shared/provenance.ts";
import { nodeHasher } from "../../../src/node/hashing.ts";
import { modelAt } from "../../../src/node/model-folder.ts";
import { generateKey } from "../../../src/signing/keys.ts";
import { signModel } from "../../../src/signing/sign.ts";
import { NOT_OF_BEHAVIOUR } from "../../../src/signing/verify.ts";

let folder: string;
const told: string[] = [];
const listening = vi.spyOn(console, "error").mockImplementation((text: string) => {
  told.push(...text.split("\n"));
});

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "badnets-provenance-"))));
afterAll(async () => {
  listening.mockRestore();
  await rm(folder, { recursive: true });
});

describe("a network's file", () => {
  it("that nobody signed is said to be unsigned", async () => {
    const file = join(folder, "model.safetensors");
    await writeFile(file, "numbers");
    await noteProvenance(file);
    expect(told.splice(0)).toEqual([`${file} is unsigned: nothing says who published it.`]);
  });

  it.each([
    ["a signature of its own", "other.safetensors", "other.safetensors", "other.safetensors.sig"],
    ["the signature of its folder", "run/model.safetensors", "run", "run/model.sig"],
  ])("with %s is checked against it, and refused once it is another", async (_, ...parts) => {
    const [file, model, signature] = parts.map((part) => join(folder, part));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "numbers");
    const key = await generateKey("P-256", false);
    await writeFile(signature, await signModel(await modelAt(model)(false), key, nodeHasher));
    await noteProvenance(file);
    const [outcome, proves] = told.splice(0);
    expect(outcome).toContain(`${model} is not verified: nothing is wrong with its signature`);
    expect(proves).toBe(`Not proven: ${NOT_OF_BEHAVIOUR}`);
    await writeFile(file, "other numbers");
    await expect(noteProvenance(file)).rejects.toThrow(
      `${model} is NOT what was signed: do not use it.`,
    );
    expect(told).toEqual([]);
  });
});
