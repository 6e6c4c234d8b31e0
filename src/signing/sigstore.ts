/** Sigstore's keyless signatures, offline: certificate, log and time against trust material that the reader gives. */
import type { SigstoreBundle, TrustedRoot } from "@freedomofpress/sigstore-browser";
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import type { Bundle } from "./bundle.ts";

const Log = v.looseObject({
  logId: v.looseObject({ keyId: v.string() }),
  publicKey: v.looseObject({
    rawBytes: v.string(),
    keyDetails: v.string(),
    validFor: v.looseObject({ start: v.string(), end: v.optional(v.string()) }),
  }),
});
const Authority = v.looseObject({
  certChain: v.looseObject({ certificates: v.array(v.looseObject({ rawBytes: v.string() })) }),
  validFor: v.looseObject({ start: v.optional(v.string()), end: v.optional(v.string()) }),
});
const Trust = v.looseObject({
  mediaType: v.pipe(v.string(), v.startsWith("application/vnd.dev.sigstore.trustedroot")),
  tlogs: v.array(Log),
  certificateAuthorities: v.array(Authority),
  ctlogs: v.array(Log),
  timestampAuthorities: v.optional(v.array(Authority), []),
});

/** Sigstore's trusted_root.json, as far as it was looked at. */
export type SigstoreTrust = v.InferOutput<typeof Trust>;

/** @param name of the file, for messages */
export function readSigstoreTrust(text: string, name: string): SigstoreTrust {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), Trust), text);
  if (success) return output;
  throw new UserError(
    `${name} is no trust material of Sigstore: expected is its trusted_root.json, whose mediaType begins with ` +
      '"application/vnd.dev.sigstore.trustedroot".',
  );
}

/** Who signed, as the certificate says. */
export interface Identity {
  /** An address or a URI. */
  readonly identity: string;
  /** Who vouched for it: the provider's address. */
  readonly issuer: string;
  /** When the log took it. */
  readonly time: Date | null;
}

const Entry = v.looseObject({
  logId: v.looseObject({ keyId: v.string() }),
  integratedTime: v.optional(v.pipe(v.string(), v.regex(/^\d{1,12}$/))),
  inclusionPromise: v.optional(v.looseObject({ signedEntryTimestamp: v.string() })),
  inclusionProof: v.optional(
    v.looseObject({ checkpoint: v.optional(v.looseObject({ envelope: v.string() })) }),
  ),
});
const Entries = v.looseObject({
  verificationMaterial: v.looseObject({ tlogEntries: v.array(Entry) }),
});

/**
 * Checks certificate, transparency log, times and the signature itself.
 * @returns who signed, or what does not hold, in a sentence
 */
export async function checkSigstore(
  { json }: Bundle,
  trust: SigstoreTrust,
): Promise<Identity | string> {
  const read = v.safeParse(Entries, json);
  if (!read.success)
    return `Its entry of the transparency log is damaged (${clip(read.issues[0].message)}).`;
  const [entry] = read.output.verificationMaterial.tlogEntries;
  const own = (log: { logId: { keyId: string } }) => log.logId.keyId === entry.logId.keyId;
  const now = new Date();
  const log = trust.tlogs.find(own);
  if (!log) return "It was entered in a transparency log that the trust material does not name.";
  const { end } = log.publicKey.validFor;
  if (end && new Date(end) < now) {
    return `It was entered in a transparency log whose key is trusted until ${end} only.`;
  }
  const promised = entry.inclusionPromise !== undefined;
  // The library would take a proof that nobody signed, and a time that nobody states.
  if (!promised && !entry.inclusionProof?.checkpoint) {
    return "Its entry of the transparency log comes without anything that the log signed.";
  }
  const { SigstoreVerifier } = await import("@freedomofpress/sigstore-browser");
  const verifier = new SigstoreVerifier({ tsaThreshold: promised ? 0 : 1 });
  let found: Omit<Identity, "time"> | null = null;
  try {
    // It takes the promise to be of the first log.
    const tlogs = [log, ...trust.tlogs.filter((one) => !own(one))];
    await verifier.loadSigstoreRoot({ ...trust, tlogs } as unknown as TrustedRoot);
    await verifier.verifyDsse(json as unknown as SigstoreBundle, {
      verify: ({ subjectAltName, extFulcioIssuerV1, extFulcioIssuerV2 }) => {
        const issuer = extFulcioIssuerV2?.issuer ?? extFulcioIssuerV1?.issuer ?? "";
        found = { identity: subjectAltName ?? "", issuer };
      },
    });
  } catch (error) {
    return `Sigstore's checks fail: ${clip(error instanceof Error ? error.message : String(error)).replace(/\.$/, "")}.`;
  }
  const time =
    promised && entry.integratedTime ? new Date(1000 * Number(entry.integratedTime)) : null;
  const { identity, issuer } = found ?? { identity: "", issuer: "" };
  return identity === "" ? "Its certificate names nobody." : { identity, issuer, time };
}
