/** A signature's file: a Sigstore bundle (v0.3, JSON) around a DSSE envelope around the statement. */
import * as v from "valibot";
import { fromBase64, toBase64 } from "../data/base64.ts";
import { clip, UserError } from "../errors.ts";
import { PAYLOAD_TYPE } from "./dsse.ts";
import type { PublicKey } from "./keys.ts";
import { readStatement, type Manifest } from "./statement.ts";

/** The most bytes that such a file may have: a list of some hundred thousand files. */
export const MOST_BUNDLE = 2 ** 26;

const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
/** The same version's older name. */
const OLDER_NAME = "application/vnd.dev.sigstore.bundle+json;version=0.3";

/** How a signer is known: by a key, by a chain of certificates, or by Sigstore's certificate and log. */
export type Method = "key" | "certificate" | "sigstore";

export interface Bundle {
  readonly method: Method;
  /** Of a key: what names it, or the key itself in PEM, as versions before 1.1 wrote it. */
  readonly hint: string | null;
  readonly ownKey: string | null;
  /** In DER, the signer's first. */
  readonly certificates: readonly Uint8Array<ArrayBuffer>[];
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly manifest: Manifest;
  /** All of it as it stands in the file, for Sigstore's verifier. */
  readonly json: object;
}

const Base64 = v.pipe(v.string(), v.minLength(1), v.base64());
const Text = v.pipe(v.string(), v.minLength(1));
const Certificate = v.looseObject({ rawBytes: Base64 });
const Material = v.looseObject({
  publicKey: v.optional(v.looseObject({ hint: v.optional(Text), rawBytes: v.optional(Base64) })),
  x509CertificateChain: v.optional(
    v.looseObject({ certificates: v.pipe(v.array(Certificate), v.minLength(1), v.maxLength(16)) }),
  ),
  certificate: v.optional(Certificate),
  tlogEntries: v.optional(v.pipe(v.array(v.looseObject({})), v.maxLength(32))),
});
type Material = v.InferOutput<typeof Material>;

const Form = v.strictObject({
  mediaType: v.picklist([MEDIA_TYPE, OLDER_NAME]),
  verificationMaterial: Material,
  dsseEnvelope: v.strictObject({
    payload: Base64,
    payloadType: v.literal(PAYLOAD_TYPE),
    // DSSE would have more than one, Sigstore's bundle has not.
    signatures: v.pipe(
      v.array(v.strictObject({ sig: Base64, keyid: v.optional(v.nullable(v.string())) })),
      v.length(1),
    ),
  }),
});

/**
 * @param name of the file, for messages
 * @throws UserError where it is no such file, or of another version
 */
export async function readBundle(text: string, name: string): Promise<Bundle> {
  if (text.length > MOST_BUNDLE) {
    throw new UserError(
      `${name} is larger than the ${MOST_BUNDLE / 2 ** 20} MiB that a signature may have here.`,
    );
  }
  const json = parse(text, name);
  const { success, output, issues } = v.safeParse(Form, json);
  if (!success) {
    const [issue] = issues;
    throw new UserError(
      `${name} is no signature in the form of a Sigstore bundle v0.3: it has a bad ` +
        `${clip(v.getDotPath(issue) ?? "form")} (${clip(issue.message)}).`,
    );
  }
  const { verificationMaterial, dsseEnvelope } = output;
  const method = methodOf(verificationMaterial, name);
  const { publicKey, x509CertificateChain, certificate } = verificationMaterial;
  const chain = x509CertificateChain?.certificates ?? (certificate ? [certificate] : []);
  const payload = bytesOf(dsseEnvelope.payload);
  return {
    method,
    hint: publicKey?.hint ?? null,
    ownKey: publicKey?.rawBytes ? new TextDecoder().decode(bytesOf(publicKey.rawBytes)) : null,
    certificates: chain.map(({ rawBytes }) => bytesOf(rawBytes)),
    payload,
    signature: bytesOf(dsseEnvelope.signatures[0].sig),
    manifest: await readStatement(payload, name),
    json: output,
  };
}

/** Whose form it has. @throws UserError where it has none, or several */
function methodOf(material: Material, name: string): Method {
  const { publicKey, x509CertificateChain, certificate, tlogEntries = [] } = material;
  const fail = (problem: string): never => {
    throw new UserError(`${name} is no signature of a model: ${problem}.`);
  };
  const ways = [publicKey, x509CertificateChain, certificate].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    return fail(
      `it names its signer in ${ways.length} ways, expected one of publicKey, x509CertificateChain and certificate`,
    );
  }
  if (publicKey) {
    if (!publicKey.hint && !publicKey.rawBytes)
      fail("its public key has neither a hint nor content");
    return "key";
  }
  if (x509CertificateChain) return "certificate";
  if (tlogEntries.length === 0)
    fail("its certificate comes without an entry of a transparency log");
  return "sigstore";
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${name} is no signature: it is not JSON.`);
  }
}

/** Of a text that was found to be base64. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => fromBase64(text)!;

/** @param signer the key, or the certificates of its owner, the owner's first, in DER */
export function writeBundle(
  signer: PublicKey | readonly Uint8Array[],
  payload: Uint8Array,
  signature: Uint8Array,
): string {
  const verificationMaterial =
    "hint" in signer
      ? { publicKey: { hint: signer.hint } }
      : {
          x509CertificateChain: {
            certificates: signer.map((bytes) => ({ rawBytes: toBase64(bytes) })),
          },
        };
  const bundle: v.InferInput<typeof Form> = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: { ...verificationMaterial, tlogEntries: [] },
    dsseEnvelope: {
      payload: toBase64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: toBase64(signature), keyid: "" }],
    },
  };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}
