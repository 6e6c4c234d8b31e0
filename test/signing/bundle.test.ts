/** The reader of signatures takes whatever a stranger may have written: it reads, or ends with a sentence, soon. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { nodeHasher } from "../../src/node/hashing.ts";
import { readBundle } from "../../src/signing/bundle.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "../../src/signing/dsse.ts";
import { generateKey, signBytes } from "../../src/signing/keys.ts";
import { digestFiles } from "../../src/signing/model-files.ts";
import { writeBundle } from "../../src/signing/bundle.ts";
import { bundleOf, memoryModel, textAt, trustsAll, verdictOn } from "./samples.ts";

const signed = ["v1.1.0-elliptic-key", "v1.1.0-certificate", "v1.1.0-sigstore"] as const;

const statementText = async () =>
  new TextDecoder().decode((await bundleOf("v1.1.0-elliptic-key")).payload);

/** A bundle of another statement, signed by a key of its own. */
async function resignedText(statement: string) {
  const key = await generateKey("P-256", false);
  const bytes = new TextEncoder().encode(statement);
  const signature = await signBytes(key, preAuthEncoding(PAYLOAD_TYPE, bytes));
  return { text: writeBundle(key.public, bytes, signature), key: key.public };
}

async function resigned(change: (statement: any) => void) {
  const statement = JSON.parse(await statementText());
  change(statement);
  return await resignedText(JSON.stringify(statement));
}

/** A place in a text, and what stands there instead. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(30),
  put: fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('"', "{", "}", "[", "null", "1e999", "__proto__", "\\u0000", "AAAA"),
  ),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;
function mutated(text: string, { at, cut, put }: Mutation): string {
  const begin = Math.floor(at * text.length);
  return text.slice(0, begin) + put + text.slice(begin + cut);
}

describe("a changed signature", () => {
  it("is refused in a sentence, or says no more than it did, whatever was changed", async () => {
    const trust = await trustsAll();
    const model = memoryModel({ "signme-1": "signme-1\n", "signme-2": "signme-2" });
    const texts = signed.map((name) => textAt("signed", name, "model.sig"));
    let read = 0;
    const took: number[] = [];
    const property = fc.asyncProperty(fc.nat(2), mutation, async (which, change) => {
      const changed = mutated(texts[which], change);
      const started = process.cpuUsage();
      try {
        const bundle = await readBundle(changed, "it");
        read += 1;
        const verdict = await verdictOn(bundle, model, trust);
        // What verifies all the same signs the same list with the same signature.
        if (verdict.outcome === "verified") {
          const original = await bundleOf(signed[which]);
          expect(bundle.payload).toEqual(original.payload);
          expect(bundle.signature).toEqual(original.signature);
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^[^\n]{10,400}\.$/);
      }
      // Of the processor, as a busy machine lets it wait.
      took.push(process.cpuUsage(started).user / 1e6);
    });
    await fc.assert(property, { numRuns: 2000 });
    expect(read).toBeGreaterThan(20);
    expect(Math.max(...took)).toBeLessThan(1);
  });

  it("of a changed statement neither, when its signature is right", async () => {
    const model = memoryModel({ "signme-1": "signme-1\n", "signme-2": "signme-2" });
    const original = await statementText();
    const property = fc.asyncProperty(mutation, async (change) => {
      const { text, key } = await resignedText(mutated(original, change));
      try {
        const { outcome } = await verdictOn(text, model, { keys: [key] });
        expect(["verified", "failed"]).toContain(outcome);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^model\.sig [^\n]{10,400}\.$/);
      }
    });
    await fc.assert(property, { numRuns: 2000 });
  });

  it("of any text at all is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        await expect(readBundle(text, "it")).rejects.toThrow(UserError);
      }),
    );
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    await expect(readBundle(deep, "it")).rejects.toThrow(UserError);
  });
});

describe("a statement", () => {
  const refused: [string, (statement: any) => void, string][] = [
    ["two subjects", (s) => s.subject.push(s.subject[0]), "has a bad subject"],
    ["no files", (s) => (s.predicate.resources = []), "has a bad predicate.resources"],
    ["another type", (s) => (s["_type"] = "https://example.com"), "has a bad _type"],
    ["an unknown part", (s) => (s.predicate.more = 1), "has a bad predicate.more"],
    [
      "an unknown hash",
      (s) => (s.predicate.serialization.hash_type = "md5"),
      "bad predicate.serialization.hash_type",
    ],
    [
      "shards without size",
      (s) => (s.predicate.serialization.method = "shards"),
      "exclude each other",
    ],
    ["another root", (s) => (s.subject[0].digest.sha256 = "00".repeat(32)), "contradicts itself"],
    ["other files under its root", (s) => s.predicate.resources.pop(), "contradicts itself"],
    [
      "a way up",
      (s) => (s.predicate.resources[0].name = "../a"),
      'its entry "../a" is no path below',
    ],
    ["an absolute path", (s) => (s.predicate.resources[0].name = "/a"), "is no path below"],
    ["a folder", (s) => (s.predicate.resources[0].name = "a/"), "is no path below"],
    ["a file twice", (s) => (s.predicate.resources[1].name = "signme-1"), "is there twice"],
    ["two hashes", (s) => (s.predicate.resources[0].algorithm = "blake3"), "is hashed with blake3"],
  ];
  it.each(refused)("with %s is refused", async (_name, change, message) => {
    const { text } = await resigned(change);
    await expect(readBundle(text, "it")).rejects.toThrow(message);
  });

  it("in pieces is read with the order of numbers, not of names", async () => {
    const model = memoryModel({ "a:b": "0123456789ab", empty: "" });
    const cutting = { algorithm: "sha256", shard: 1 } as const;
    const digests = (await digestFiles(model.files, cutting, nodeHasher)).get("a:b")!;
    expect(digests).toHaveLength(12);
    const { sha256Hex } = await import("../../src/data/digest.ts");
    const names = digests.map((digest, i) => ({
      name: `a:b:${i}:${i + 1}`,
      digest,
      algorithm: "sha256",
    }));
    names.sort((a, b) => (a.name < b.name ? -1 : 1));
    const { text, key } = await resigned((s) => (s.predicate.resources = names));
    await expect(readBundle(text, "it")).rejects.toThrow("contradicts itself");
    const root = await sha256Hex(Buffer.from(names.map(({ digest }) => digest).join(""), "hex"));
    const right = await resigned((s) => {
      s.predicate.resources = names;
      s.subject[0].digest.sha256 = root;
      Object.assign(s.predicate.serialization, { method: "shards", shard_size: 1 });
    });
    expect((await verdictOn(right.text, model, { keys: [right.key] })).outcome).toBe("verified");
    const changed = memoryModel({ "a:b": "0123456789aX", empty: "" });
    const { problems } = await verdictOn(right.text, changed, { keys: [right.key] });
    expect(problems).toEqual(["a:b is not the file that was signed."]);
    expect(key.hint).not.toBe(right.key.hint);
  });
});
