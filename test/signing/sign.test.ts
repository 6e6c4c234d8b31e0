/** What is signed here passes the specification's schemas, OpenSSL's verification, and fails when anything was changed. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex } from "../../src/data/base64.ts";
import { sha256Hex } from "../../src/data/digest.ts";
import { nodeHasher } from "../../src/node/hashing.ts";
import { modelAt } from "../../src/node/model-folder.ts";
import { readBundle } from "../../src/signing/bundle.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "../../src/signing/dsse.ts";
import { portableHasher } from "../../src/signing/hashing.ts";
import { curveNames, generateKey, type PrivateKey } from "../../src/signing/keys.ts";
import { byCodePoint } from "../../src/signing/paths.ts";
import { signModel } from "../../src/signing/sign.ts";
import { memoryModel, textAt, verdictOn } from "./samples.ts";

const schemas = ["predicate", "statement", "envelope", "bundle"].map(
  (name) => JSON.parse(textAt("schemas", "v1.0", `${name}.schema.json`)) as { $id: string },
);
const ajv = new Ajv2020({ schemas, allowUnionTypes: true, strictRequired: false });
const faultsOf = (schema: number, value: unknown) =>
  ajv.validate(schemas[schema].$id, value) ? [] : ajv.errors;

const files = {
  "weights.bin": "0123456789".repeat(30),
  "config.json": "{}",
  empty: "",
  "notes/ä 😀.md": "of weights",
  "notes/\uffee.md": "beyond the surrogates",
  "notes/config.json": '{"a":1}',
};
let key: PrivateKey;
let signed: string;
beforeAll(async () => {
  key = await generateKey("P-256", false);
  signed = await signModel(memoryModel(files), key, nodeHasher, { ignore: ["model.sig", "cache"] });
});
const statementOf = (bundle: string) => {
  const { dsseEnvelope } = JSON.parse(bundle) as { dsseEnvelope: { payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString("utf8"));
};
const verdict = async (now: Record<string, string | Uint8Array>, options = {}) =>
  await verdictOn(signed, memoryModel(now), { keys: [key.public] }, options);

describe("a signature", () => {
  it.each(curveNames)("by a key on %s passes the four schemas", async (curve) => {
    const own = await generateKey(curve, false);
    const bundle = await signModel(memoryModel(files), own, nodeHasher);
    const statement = statementOf(bundle);
    const json = JSON.parse(bundle);
    expect(faultsOf(3, json)).toEqual([]);
    expect(faultsOf(2, json.dsseEnvelope)).toEqual([]);
    expect(faultsOf(1, statement)).toEqual([]);
    expect(faultsOf(0, statement.predicate)).toEqual([]);
    // They do refuse what is wrong.
    expect(faultsOf(3, { ...json, mediaType: "text/plain" })).not.toEqual([]);
  });

  it("lists files by code points with their digests, and what was left out", async () => {
    const { subject, predicate } = statementOf(signed);
    const names = predicate.resources.map(({ name }: { name: string }) => name);
    expect(names).toEqual(Object.keys(files).sort(byCodePoint));
    expect(names.indexOf("notes/\uffee.md")).toBeLessThan(names.indexOf("notes/ä 😀.md") + 2);
    const digests = await Promise.all(
      names.map(async (name: keyof typeof files) => await sha256Hex(Buffer.from(files[name]))),
    );
    expect(predicate.resources.map(({ digest }: { digest: string }) => digest)).toEqual(digests);
    expect(subject).toEqual([
      { name: "model", digest: { sha256: await sha256Hex(fromHex(digests.join(""))) } },
    ]);
    expect(predicate.serialization).toEqual({
      method: "files",
      hash_type: "sha256",
      allow_symlinks: false,
      ignore_paths: [".git", ".gitattributes", ".github", ".gitignore", "cache", "model.sig"],
    });
  });

  it("verifies where its files are unchanged, beside what was left out", async () => {
    const more = { ...files, "model.sig": "", ".git/config": "", "cache/a/b": "" };
    const found = await verdict(more, { own: "model.sig" });
    expect(found).toMatchObject({ outcome: "verified", problems: [] });
    expect(found.proven).toEqual([
      `All 6 files are byte for byte what the holder of the key ${key.public.hint.slice(0, 16)} signed.`,
    ]);
    expect(found.unproven).toContain(".git: it is there, and not among what was signed.");
    expect(found.unproven.join()).not.toContain("model.sig");
  });

  const openssl = spawnSync("openssl", ["version"]).status === 0;
  it.skipIf(!openssl)(
    `verifies with openssl dgst${openssl ? "" : " (skipped: there is no openssl here)"}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "badnets-sign-"));
      try {
        const bundle = await readBundle(signed, "it");
        writeFileSync(join(folder, "key.pem"), key.public.pem);
        writeFileSync(join(folder, "sig"), bundle.signature);
        writeFileSync(join(folder, "pae"), preAuthEncoding(PAYLOAD_TYPE, bundle.payload));
        const args = ["dgst", "-sha256", "-verify", "key.pem", "-signature", "sig", "pae"];
        expect(execFileSync("openssl", args, { cwd: folder }).toString()).toBe("Verified OK\n");
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe("what was changed after signing is named with its file", () => {
  const flipped = Buffer.from(files["weights.bin"]);
  flipped[17] ^= 1;
  const { empty: _, ...withoutEmpty } = files;
  const { "config.json": config, ...withoutConfig } = files;

  it.each([
    [
      "a flipped byte",
      { ...files, "weights.bin": flipped },
      /^weights\.bin is not the file that was signed: its digest is /,
    ],
    [
      "a file cut short",
      { ...files, "weights.bin": flipped.subarray(0, 299) },
      /^weights\.bin is not the file that was signed/,
    ],
    ["a file made longer", { ...files, empty: "a" }, /^empty is not the file that was signed/],
    [
      "an added file",
      { ...files, "run.py": "import os" },
      /^run\.py is there, but was not signed\.$/,
    ],
    ["a removed file", withoutEmpty, /^empty was signed and is missing\.$/],
    [
      "a renamed file",
      { ...withoutConfig, "Config.json": config },
      /^Config\.json was signed under another name, config\.json\.$/,
    ],
    [
      "two files that were swapped",
      { ...files, "config.json": files["notes/config.json"], "notes/config.json": config },
      /^(notes\/)?config\.json and (notes\/)?config\.json have changed places\.$/,
    ],
  ])("%s", async (_name, now, message) => {
    const found = await verdict(now);
    expect(found.outcome).toBe("failed");
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatch(message);
    expect([found.proven, found.unproven]).toEqual([[], []]);
  });

  it("unless unsigned files may be there, which are then named", async () => {
    const found = await verdict({ ...files, "run.py": "import os" }, { ignoreUnsigned: true });
    expect(found.outcome).toBe("verified");
    expect(found.unproven).toContain("run.py: it is there, and not among what was signed.");
  });

  it("another key, and a list that another key signed", async () => {
    const other = await generateKey("P-256", false);
    const wrong = await verdictOn(signed, memoryModel(files), { keys: [other.public] });
    expect(wrong.problems).toEqual([
      `It was signed with another key: ${key.public.hint.slice(0, 16)}, given was ${other.public.hint.slice(0, 16)}.`,
    ]);
    const theirs = JSON.parse(await signModel(memoryModel(files), other, nodeHasher));
    theirs.verificationMaterial = JSON.parse(signed).verificationMaterial;
    const forged = await verdictOn(JSON.stringify(theirs), memoryModel(files), {
      keys: [key.public],
    });
    expect(forged).toMatchObject({ outcome: "failed", differences: [] });
    expect(forged.problems).toEqual([
      `The signature is not that of the key ${key.public.hint.slice(0, 16)} over this list of files.`,
    ]);
  });

  it("and every one of several changes is told", () => {
    const names = fc.constantFrom(...Object.keys(files));
    const change = fc.record({ file: names, how: fc.constantFrom("flip", "cut", "remove", "add") });
    const property = fc.asyncProperty(fc.array(change, { minLength: 1 }), async (changes) => {
      const now: Record<string, Uint8Array | string> = { ...files };
      for (const { file, how } of changes) {
        if (how === "remove") delete now[file];
        else if (how === "add") now[`${file}.more`] = `new ${file}`;
        else now[file] = how === "cut" ? files[file as keyof typeof files].slice(1) : `x${file}`;
      }
      const same = Object.entries(files).every(([path, content]) => now[path] === content);
      const found = await verdict(now);
      const all = Object.keys(now).length === Object.keys(files).length;
      expect(found.outcome).toBe(same && all ? "verified" : "failed");
      for (const { path } of found.differences) expect(found.problems.join(" ")).toContain(path);
    });
    return fc.assert(property, { numRuns: 100 });
  });
});

describe("signing is refused with a sentence", () => {
  it("of nothing, of symbolic links, and where paths to leave out are none", async () => {
    const refuse = async (
      model: ReturnType<typeof memoryModel>,
      ignore: string[],
      message: string,
    ) => await expect(signModel(model, key, nodeHasher, { ignore })).rejects.toThrow(message);
    await refuse(memoryModel({}), [], "model holds no files of a model.");
    await refuse(memoryModel({ "a/b": "" }), ["a"], "model holds no files of a model.");
    await refuse(
      memoryModel(files, { links: ["to"] }),
      [],
      "to is a symbolic link, which a signature does",
    );
    for (const path of ["/etc", "../up", "*.md", "a//b", ""]) {
      await refuse(memoryModel(files), [path], `"${path}" cannot be left out`);
    }
  });
});

describe("a model on disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "badnets-model-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is its regular files, and links are told of, or followed where they were when it was signed", async () => {
    writeFileSync(join(folder, "b"), "b");
    symlinkSync("b", join(folder, "a"));
    const plain = await modelAt(folder)(false);
    expect([plain.files.map(({ path }) => path), plain.links]).toEqual([["b"], ["a"]]);
    const followed = await modelAt(folder)(true);
    expect([followed.files.map(({ path }) => path), followed.links]).toEqual([["a", "b"], []]);
    await expect(modelAt(join(folder, "c"))(false)).rejects.toThrow(
      /^cannot read .*give a model's file/,
    );
  });
});

describe("the portable hashes", () => {
  it("are those of Node's OpenSSL, however a stream is cut", async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.constantFrom("sha256" as const, "blake2b" as const),
        async (all, name) => {
          const [ours, theirs] = await Promise.all([portableHasher(name), nodeHasher(name)]);
          for (const piece of all) for (const hasher of [ours, theirs]) hasher.update(piece);
          expect(Buffer.from(ours.digest())).toEqual(theirs.digest());
        },
      ),
    );
    const blake3 = (await portableHasher("blake3")).digest();
    expect(Buffer.from(blake3).toString("hex")).toBe(
      "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    );
  });
});
