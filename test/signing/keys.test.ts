/** Keys and signatures agree with Node's own cryptography, which is OpenSSL's. */
import { createVerify, generateKeyPairSync, sign } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/data/base64.ts";
import { readDer, signatureFromDer, signatureToDer } from "../../src/signing/der.ts";
import {
  curveNames,
  generateKey,
  privatePem,
  readPrivateKey,
  readPublicKey,
  signBytes,
  verifyBytes,
} from "../../src/signing/keys.ts";
import { signersKey, textAt } from "./samples.ts";

const hashes = { "P-256": "sha256", "P-384": "sha384", "P-521": "sha512" } as const;
const bytes = new TextEncoder().encode("what is signed");
const pair = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve });

describe.each(curveNames)("a key on %s", (curve) => {
  it("signs so that OpenSSL verifies it, and the other way round", async () => {
    const key = await generateKey(curve, false);
    for (let i = 0; i < 20; i++) {
      const der = await signBytes(key, bytes);
      const verify = createVerify(hashes[curve]).update(bytes);
      expect(verify.verify(key.public.pem, der)).toBe(true);
    }
    const { publicKey, privateKey } = pair(curve);
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const read = await readPublicKey(pem, "key.pem");
    expect(read).toMatchObject({ curve, pem });
    const der = sign(hashes[curve], bytes, privateKey);
    expect(await verifyBytes(read, bytes, der)).toBe(true);
    expect(await verifyBytes(read, bytes.slice(1), der)).toBe(false);
    expect(await verifyBytes(key.public, bytes, der)).toBe(false);
  });

  it("is read from both forms of PEM, with its public half, and written as it is read", async () => {
    const { publicKey, privateKey } = pair(curve);
    for (const type of ["pkcs8", "sec1"] as const) {
      const text = privateKey.export({ type, format: "pem" }).toString();
      const key = await readPrivateKey(
        `-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n${text}`,
        "k",
      );
      expect(key.public.pem).toBe(publicKey.export({ type: "spki", format: "pem" }));
      const again = await readPrivateKey(await privatePem(key), "k");
      expect(again.public.hint).toBe(key.public.hint);
    }
  });
});

describe("a key's name", () => {
  it("is the one that the reference tool gives it, whatever stands around the key", async () => {
    const { hint, curve } = await signersKey();
    expect([hint, curve]).toEqual([
      "e8450dec4eb99dae995da9af1bc2cc9f76ed669ee2e744f57abba763df3e3f8e",
      "P-384",
    ]);
  });
});

describe("a file with a key", () => {
  const p256 = pair("P-256").privateKey;
  const pem = (type: "pkcs8" | "sec1") => p256.export({ type, format: "pem" }).toString();
  const closed = p256
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
  const oldClosed = p256
    .export({ type: "sec1", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const ed = generateKeyPairSync("ed25519");
  const text = (key: { export: (options: never) => unknown }, type: string) =>
    String(key.export({ type, format: "pem" } as never));

  it.each([
    ["nothing", "k.pem holds no private key in PEM"],
    [closed, "k.pem is encrypted, which this tool does not open: write a plain copy with openssl"],
    [oldClosed, "k.pem is encrypted"],
    [text(rsa.privateKey, "pkcs8"), "k.pem is a key of another kind"],
    [text(ed.privateKey, "pkcs8"), "k.pem is a key of another kind"],
    [text(pair("secp256k1").privateKey, "pkcs8"), "k.pem is a key of another kind"],
    [pem("pkcs8").replace(/MIGH/, "MIGX"), "k.pem is damaged"],
    [pem("sec1").replace(/\nMHc/, "\nMHX"), "k.pem is damaged"],
    [
      pem("pkcs8").replace(/M/, "*"),
      "k.pem is damaged: what it holds as PRIVATE KEY is not base64",
    ],
  ])("that is none of a signer's is refused: %#", async (content, message) => {
    await expect(readPrivateKey(content, "k.pem")).rejects.toThrow(message);
  });

  it.each([
    [pem("pkcs8"), "k.pem holds no public key in PEM, but a private one, which is to be kept"],
    ["", "k.pem holds no public key in PEM; expected"],
    [text(rsa.publicKey, "spki"), "k.pem is a key of another kind"],
    [textAt("keys", "ca-cert.pem"), "k.pem holds no public key in PEM; expected"],
  ])("that is no public one is refused: %#", async (content, message) => {
    await expect(readPublicKey(content, "k.pem")).rejects.toThrow(message);
  });
});

describe("a signature in DER", () => {
  const size = fc.constantFrom(32, 48, 66);
  const raw = size.chain((half) => fc.uint8Array({ minLength: 2 * half, maxLength: 2 * half }));

  it("is the same two numbers as r and s beside each other, and has one form only", () => {
    fc.assert(
      fc.property(raw, fc.nat(5), (both, zeros) => {
        both.fill(0, 0, zeros);
        const der = signatureToDer(both);
        expect(signatureFromDer(der, both.length / 2)).toEqual(both);
        // A longer form of the first number.
        const longer = Uint8Array.from([0x30, 0, 2, der[3] + 1, 0, ...der.subarray(4)]);
        longer[1] = longer.length - 2;
        if (der.length < 0x7f) expect(signatureFromDer(longer, both.length / 2)).toBeNull();
      }),
    );
  });

  it("that is none verifies nothing, whatever it is", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (der) => {
        const read = signatureFromDer(der, 32);
        expect(read === null || toHex(signatureToDer(read)) === toHex(der)).toBe(true);
      }),
    );
    expect(signatureFromDer(new Uint8Array(), 32)).toBeNull();
    expect(() => readDer(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff))).toThrow(RangeError);
  });
});
