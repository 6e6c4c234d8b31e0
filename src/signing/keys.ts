/** ECDSA keys on the curves P-256, P-384 and P-521: read from PEM, made, signed and verified with, all by Web Crypto. */
import { sha256Hex } from "../data/digest.ts";
import { toHex } from "../data/base64.ts";
import { UserError } from "../errors.ts";
import {
  readDer,
  readSequence,
  signatureFromDer,
  signatureToDer,
  TAGS,
  writeDer,
  type DerElement,
} from "./der.ts";
import { readPem, writePem } from "./pem.ts";

/** Each with the hash that goes with it (FIPS 186-5), the bytes of a number, and its object identifier in DER. */
const curves = {
  "P-256": { hash: "SHA-256", size: 32, oid: "2a8648ce3d030107" },
  "P-384": { hash: "SHA-384", size: 48, oid: "2b81040022" },
  "P-521": { hash: "SHA-512", size: 66, oid: "2b81040023" },
} as const;

export type Curve = keyof typeof curves;
export const curveNames = Object.keys(curves) as Curve[];

/** The identifier of keys on elliptic curves, 1.2.840.10045.2.1. */
const EC_KEY = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);

export interface PublicKey {
  readonly curve: Curve;
  readonly key: CryptoKey;
  /** As OpenSSL writes it. */
  readonly pem: string;
  /** SHA-256 of that text: what names the key in a bundle. */
  readonly hint: string;
}

export interface PrivateKey {
  readonly key: CryptoKey;
  readonly public: PublicKey;
}

/** A block of PEM that may be asked for. */
const labels = {
  public: "PUBLIC KEY",
  private: "PRIVATE KEY",
  /** As old OpenSSL wrote them (RFC 5915). */
  old: "EC PRIVATE KEY",
} as const;

/**
 * @param text PEM, with other text around it as it may be
 * @param name of the file, for messages
 */
export async function readPublicKey(text: string, name: string): Promise<PublicKey> {
  const blocks = readPem(text, name);
  const block = blocks.find(({ label }) => label === labels.public);
  if (block) return await publicKeyOf(block.bytes, name);
  const secret = blocks.some(({ label }) => label.endsWith(labels.private));
  throw new UserError(
    `${name} holds no public key in PEM${secret ? ", but a private one, which is to be kept: give its public half" : ""}; ` +
      'expected is a text with "-----BEGIN PUBLIC KEY-----", as openssl ec -pubout writes it.',
  );
}

/** @param spki the key as SubjectPublicKeyInfo in DER */
export async function publicKeyOf(spki: Uint8Array, name: string): Promise<PublicKey> {
  const own = new Uint8Array(spki);
  const curve = curveOf(() => readSequence(own)[0], name);
  const algorithm = { name: "ECDSA", namedCurve: curve };
  const key = await imported(
    () => crypto.subtle.importKey("spki", own, algorithm, true, ["verify"]),
    name,
  );
  return await publicFrom(key, curve);
}

/** The same of one that Web Crypto has. */
export async function publicFrom(key: CryptoKey, curve: Curve): Promise<PublicKey> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("spki", key));
  const pem = writePem({ label: labels.public, bytes });
  return { curve, key, pem, hint: await sha256Hex(new TextEncoder().encode(pem)) };
}

/** @param text PEM, not encrypted: PKCS #8, or as old OpenSSL wrote it */
export async function readPrivateKey(text: string, name: string): Promise<PrivateKey> {
  const blocks = readPem(text, name);
  const block = blocks.find(({ label }) => label === labels.private || label === labels.old);
  if (!block) {
    const closed = blocks.some(({ label }) => label.startsWith("ENCRYPTED"));
    throw new UserError(
      closed
        ? `${name} is encrypted, which this tool does not open: write a plain copy with openssl pkcs8 -topk8 -nocrypt.`
        : `${name} holds no private key in PEM: expected is a text with "-----BEGIN PRIVATE KEY-----".`,
    );
  }
  const pkcs8 = block.label === labels.old ? fromOldForm(block.bytes, name) : block.bytes;
  const curve = curveOf(() => readSequence(pkcs8)[1], name);
  const algorithm = { name: "ECDSA", namedCurve: curve };
  const key = await imported(
    () => crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
    name,
  );
  const { d: _secret, ...half } = await crypto.subtle.exportKey("jwk", key);
  const jwk = { ...half, key_ops: ["verify"] };
  const open = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
  return { key, public: await publicFrom(open, curve) };
}

/** @param extractable whether the private half can ever be written down */
export async function generateKey(curve: Curve, extractable: boolean): Promise<PrivateKey> {
  const algorithm = { name: "ECDSA", namedCurve: curve };
  const pair = await crypto.subtle.generateKey(algorithm, extractable, ["sign", "verify"]);
  return { key: pair.privateKey, public: await publicFrom(pair.publicKey, curve) };
}

/** An extractable private key as PEM (PKCS #8). */
export async function privatePem({ key }: PrivateKey): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key));
  return writePem({ label: labels.private, bytes });
}

/** @returns the signature in DER */
export async function signBytes(
  { key, public: { curve } }: PrivateKey,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "ECDSA", hash: curves[curve].hash };
  return signatureToDer(new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes)));
}

/** @param der the signature; whatever is none verifies nothing */
export async function verifyBytes(
  { key, curve }: PublicKey,
  bytes: Uint8Array<ArrayBuffer>,
  der: Uint8Array,
): Promise<boolean> {
  const raw = signatureFromDer(der, curves[curve].size);
  const algorithm = { name: "ECDSA", hash: curves[curve].hash };
  return raw !== null && (await crypto.subtle.verify(algorithm, key, raw, bytes));
}

/** The curve that an AlgorithmIdentifier names. */
function curveOf(identifier: () => DerElement, name: string): Curve {
  try {
    const [kind, curve] = readDer(identifier().content);
    if (toHex(kind.content) === toHex(EC_KEY)) {
      const oid = toHex(curve.content);
      const found = curveNames.find((one) => curves[one].oid === oid);
      if (found) return found;
    }
  } catch {
    throw new UserError(`${name} is damaged: its key is not as expected.`);
  }
  throw new UserError(
    `${name} is a key of another kind than this tool reads: ECDSA on P-256, P-384 or P-521.`,
  );
}

/** PKCS #8 around a key of the old form, which names its curve in a part tagged 0. */
function fromOldForm(bytes: Uint8Array<ArrayBuffer>, name: string): Uint8Array<ArrayBuffer> {
  try {
    const named = readSequence(bytes).find(({ tag }) => tag === 0xa0)!;
    const kind = writeDer(TAGS.sequence, writeDer(TAGS.oid, EC_KEY), named.content);
    const version = writeDer(TAGS.integer, Uint8Array.of(0));
    return writeDer(TAGS.sequence, version, kind, writeDer(TAGS.octets, bytes));
  } catch {
    throw new UserError(`${name} is damaged: its key is not as expected.`);
  }
}

async function imported(load: () => Promise<CryptoKey>, name: string): Promise<CryptoKey> {
  try {
    return await load();
  } catch (cause) {
    throw new UserError(`${name} is damaged: its key is not as expected.`, { cause });
  }
}
