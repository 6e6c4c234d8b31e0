/** X.509: a signer's certificate, and its chain to a root that the reader names (RFC 5280, as far as signing needs it). */
import type { X509Certificate } from "@freedomofpress/sigstore-browser";
import { clip, UserError } from "../errors.ts";
import { publicKeyOf, type PublicKey } from "./keys.ts";
import { readPem } from "./pem.ts";

/** Certificates from the signer's to a root: more than anybody has. */
const LONGEST = 8;

/** Critical extensions whose meaning is heeded here; whoever marks another so wants it refused where it is not known. */
const KNOWN = new Set([14, 15, 17, 19, 35, 37].map((last) => `2.5.29.${last}`));

/** Code signing, 1.3.6.1.5.5.7.3.3, in DER. */
const CODE_SIGNING = "6,8,43,6,1,5,5,7,3,3";

export interface Signatory {
  /** What the certificate calls its owner. */
  readonly subject: string;
  readonly key: PublicKey;
  readonly from: Date;
  readonly to: Date;
}

export interface Chain {
  /** What the root is called that it leads to. */
  readonly root: string | null;
  /** Why it leads to none, or must not be trusted, in a sentence. */
  readonly problem: string | null;
}

/** @throws UserError where the text holds no certificate */
export function readCertificates(text: string, name: string): Uint8Array<ArrayBuffer>[] {
  const blocks = readPem(text, name).filter(({ label }) => label === "CERTIFICATE");
  if (blocks.length > 0) return blocks.map(({ bytes }) => bytes);
  throw new UserError(
    `${name} holds no certificate in PEM: expected is a text with "-----BEGIN CERTIFICATE-----".`,
  );
}

/** Whose certificate it is. @throws UserError where it cannot be read, or its key is of another kind */
export async function signatoryOf(der: Uint8Array, name: string): Promise<Signatory> {
  const certificate = await parse(der, name);
  const key = await publicKeyOf(certificate.publicKey, name);
  const { notBefore, notAfter } = certificate;
  return { subject: subjectOf(certificate), key, from: notBefore, to: notAfter };
}

/**
 * Follows a chain of certificates, which come from a stranger, to one that the reader trusts.
 * @param chain in DER, the signer's first
 * @param roots in DER, trusted
 * @param at when all of them must be valid
 */
export async function followChain(
  chain: readonly Uint8Array[],
  roots: readonly Uint8Array[],
  at: Date,
  name: string,
): Promise<Chain> {
  const trusted = await Promise.all(roots.map(async (der) => await parse(der, "the root")));
  const [leaf, ...others] = await Promise.all(chain.map(async (der) => await parse(der, name)));
  const broken = (problem: string): Chain => ({ root: null, problem });
  if (!maySign(leaf)) return broken(`The certificate of ${subjectOf(leaf)} is not for signing.`);
  let last = leaf;
  for (let below = 0; below < LONGEST; below++) {
    const flaw = flawOf(last, at, below);
    if (flaw) return broken(`The certificate of ${subjectOf(last)} ${flaw}.`);
    const known = trusted.find((root) => root.equals(last));
    if (known) return { root: subjectOf(known), problem: null };
    const issuer = await issuerOf(last, [...trusted, ...others]);
    if (!issuer || issuer.equals(last)) {
      return broken(
        `The certificate of ${subjectOf(leaf)} leads to ${nameText(last.issuerDN)}, which is none of the roots that ` +
          "were named.",
      );
    }
    last = issuer;
  }
  return broken(`The chain of ${subjectOf(leaf)} is longer than ${LONGEST} certificates.`);
}

/** Who signed a certificate: of those with the right name, the one whose key did. */
async function issuerOf(
  certificate: X509Certificate,
  candidates: readonly X509Certificate[],
): Promise<X509Certificate | null> {
  for (const candidate of candidates) {
    if (String(candidate.subject) !== String(certificate.issuer)) continue;
    // A key of another kind throws.
    if (await certificate.verify(candidate).catch(() => false)) return candidate;
  }
  return null;
}

/**
 * What is wrong with a certificate at its place.
 * @param below how many certificates come before it in the chain
 */
function flawOf(certificate: X509Certificate, at: Date, below: number): string | null {
  const { notBefore, notAfter } = certificate;
  if (at < notBefore) return `was not valid before ${day(notBefore)}, at ${day(at)}`;
  if (at > notAfter) return `expired on ${day(notAfter)}, before ${day(at)}`;
  const strange = certificate.extensions.find(
    ({ subs }) => subs.length === 3 && !KNOWN.has(subs[0].toOID()),
  );
  if (strange)
    return `has a critical extension (${strange.subs[0].toOID()}) that is not known here`;
  if (below === 0) return null;
  if (!certificate.isCA) return "is used to sign another one, which it is not for";
  const most = certificate.extBasicConstraints?.pathLenConstraint;
  if (most !== undefined && most < BigInt(below - 1))
    return "has more certificates below it than it allows";
  return null;
}

/** Its uses, where it states any, include signatures, and those of code. */
function maySign(leaf: X509Certificate): boolean {
  const uses = leaf.extension("2.5.29.37");
  const code = !uses || String(uses.value).includes(CODE_SIGNING);
  return code && (leaf.extKeyUsage?.digitalSignature ?? true);
}

const subjectOf = (certificate: X509Certificate): string =>
  certificate.subjectAltName ?? nameText(certificate.subjectDN);

/** "CN=..., O=..." */
function nameText(name: ReadonlyMap<string, string>): string {
  const text = Array.from(name, ([key, value]) => `${key}=${value}`).join(", ");
  return text === "" ? "an owner without a name" : clip(text);
}

/** "2026-05-15" */
export const day = (date: Date): string => date.toISOString().slice(0, 10);

/** The library comes when a certificate does. */
async function parse(der: Uint8Array, name: string): Promise<X509Certificate> {
  const { X509Certificate } = await import("@freedomofpress/sigstore-browser");
  try {
    const certificate = X509Certificate.parse(new Uint8Array(der));
    // Whatever is read of it later is read once here, so that it fails where it is told of.
    const { notBefore, notAfter } = certificate;
    if (!(notBefore.getTime() <= notAfter.getTime())) throw new RangeError("no time of validity");
    void [certificate.subjectDN, certificate.issuerDN, certificate.subjectAltName];
    void [certificate.isCA, certificate.extBasicConstraints?.pathLenConstraint];
    void [certificate.extensions.map(({ subs }) => subs[0].toOID()), certificate.signatureValue];
    void certificate.extKeyUsage?.digitalSignature;
    return certificate;
  } catch (cause) {
    throw new UserError(`${name} holds a certificate that cannot be read.`, { cause });
  }
}
