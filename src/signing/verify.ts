/** Verifies a model: who signed which list of files, and whether these are the files. */
import type { Bundle } from "./bundle.ts";
import { day, followChain, signatoryOf } from "./certificates.ts";
import { compareFiles, inWords, type Difference } from "./compare.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "./dsse.ts";
import type { MakeHasher } from "./hashing.ts";
import { readPublicKey, verifyBytes, type PublicKey } from "./keys.ts";
import {
  digestFiles,
  type Digests,
  type ListModel,
  type ModelFiles,
  type Watch,
} from "./model-files.ts";
import { ALWAYS_IGNORED, isIgnored } from "./paths.ts";
import { checkSigstore, type SigstoreTrust } from "./sigstore.ts";
import type { Manifest } from "./statement.ts";

/** What the reader trusts. */
export interface Trust {
  readonly keys: readonly PublicKey[];
  /** Root certificates in DER. */
  readonly roots: readonly Uint8Array[];
  readonly sigstore: SigstoreTrust | null;
  /** Who is expected to have signed through Sigstore, and who vouches for that; null: whoever it was. */
  readonly identity: string | null;
  readonly issuer: string | null;
  /** When certificates must be valid; null: now. */
  readonly at: Date | null;
}

export const trustsNobody: Trust = {
  keys: [],
  roots: [],
  sigstore: null,
  identity: null,
  issuer: null,
  at: null,
};

export interface Verdict {
  /**
   * "verified": by somebody whom the reader trusts, and the files are theirs; "unverified": nothing is wrong, but it
   * rests on nothing that the reader trusts; "matches": the digests are those of a list, which nobody signed;
   * "failed": something is wrong.
   */
  readonly outcome: "verified" | "unverified" | "matches" | "failed";
  /** Who signed, as far as that is known; null: nobody. */
  readonly signer: string | null;
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  readonly proven: readonly string[];
  /** What was not checked, or cannot be proven so. */
  readonly unproven: readonly string[];
  readonly differences: readonly Difference[];
}

/** The outcome in a sentence. */
export function outcomeInWords({ outcome, signer }: Verdict, model: string): string {
  switch (outcome) {
    case "verified":
      return `${model} is verified: it was signed by ${signer}.`;
    case "unverified":
      return `${model} is not verified: nothing is wrong with its signature, but nothing says that it is of somebody you trust.`;
    case "matches":
      return `${model} matches its digests, which nobody signed.`;
    case "failed":
      return `${model} is NOT what was ${signer === null ? "listed" : "signed"}: do not use it.`;
  }
}

/** What nobody's signature says. */
export const NOT_OF_BEHAVIOUR =
  "What the network does: a signature says who published it, not that it is free of a backdoor.";

/** Who signed. */
interface Signer {
  readonly name: string;
  /** Why it must not be believed; ends everything. */
  readonly problem: string | null;
  readonly trusted: boolean;
  readonly unproven: readonly string[];
}

export interface VerifyOptions extends Watch {
  /** Paths that may be there without being signed, beside those that the signature names. */
  readonly ignore?: readonly string[];
  /** All files that were not signed may be there. */
  readonly ignoreUnsigned?: boolean;
  /** Where the signature itself lies in the model's folder. */
  readonly own?: string | null;
}

/** @param list lists the model's files */
export async function verifyModel(
  bundle: Bundle,
  list: ListModel,
  trust: Trust,
  make: MakeHasher,
  options: VerifyOptions = {},
): Promise<Verdict> {
  const { name, problem, trusted, unproven } = await signerOf(bundle, trust);
  const failed = { outcome: "failed", signer: name, proven: [], differences: [] } as const;
  // What a stranger may have written is not worth comparing with.
  if (problem) return { ...failed, problems: [problem], unproven: [] };
  const { manifest } = bundle;
  const model = await list(manifest.followLinks);
  const { differences, leftOut, links } = await differencesOf(manifest, model, make, options);
  const problems = [
    ...differences.map((one) => inWords(one, "signed")),
    ...links.map((path) => `${path} is a symbolic link, where only files were signed.`),
  ];
  if (problems.length > 0) return { ...failed, problems, differences, unproven: [] };
  const count = manifest.files.size;
  const files = count === 1 ? "The file is" : `All ${count} files are`;
  const limits = [
    ...unproven,
    ...leftOut.map((path) => `${path}: it is there, and not among what was signed.`),
  ];
  return {
    outcome: trusted ? "verified" : "unverified",
    signer: name,
    problems: [],
    proven: [`${files} byte for byte what ${name} signed.`],
    unproven: [...limits, NOT_OF_BEHAVIOUR],
    differences,
  };
}

/** Whose signature it is, by the way in which the bundle names its signer. */
async function signerOf(bundle: Bundle, trust: Trust): Promise<Signer> {
  switch (bundle.method) {
    case "key":
      return await byKey(bundle, trust);
    case "certificate":
      return await byCertificate(bundle, trust);
    case "sigstore":
      return await bySigstore(bundle, trust);
  }
}

const UNDATED = "When it was signed: the signature carries no time that could be checked.";
const fails = (name: string, problem: string): Signer => ({
  name,
  problem,
  trusted: false,
  unproven: [],
});

async function isSigned({ payload, signature }: Bundle, key: PublicKey): Promise<boolean> {
  return await verifyBytes(key, preAuthEncoding(PAYLOAD_TYPE, payload), signature);
}

async function byKey(bundle: Bundle, { keys }: Trust): Promise<Signer> {
  const own = bundle.ownKey ? await readPublicKey(bundle.ownKey, "the signature") : null;
  const hint = bundle.hint ?? own!.hint;
  const name = `the holder of the key ${hint.slice(0, 16)}`;
  const known = keys.find((key) => key.hint === hint);
  if (!known && keys.length > 0) {
    const given = keys.map((key) => key.hint.slice(0, 16)).join(", ");
    return fails(name, `It was signed with another key: ${hint.slice(0, 16)}, given was ${given}.`);
  }
  const key = known ?? own;
  if (!key) {
    const unproven = [`That the holder of that key signed it: for this the public key is needed.`];
    return { name, problem: null, trusted: false, unproven: [...unproven, UNDATED] };
  }
  if (!(await isSigned(bundle, key))) {
    return fails(
      name,
      `The signature is not that of the key ${hint.slice(0, 16)} over this list of files.`,
    );
  }
  const whose = known
    ? "Who holds that key: that is known from wherever you have the public key."
    : "Whose key that is: it came with the signature, so that anybody could have made both.";
  return { name, problem: null, trusted: Boolean(known), unproven: [whose, UNDATED] };
}

async function byCertificate(bundle: Bundle, { roots, at }: Trust): Promise<Signer> {
  const { subject, key } = await signatoryOf(bundle.certificates[0], "the signature");
  if (!(await isSigned(bundle, key))) {
    return fails(subject, `The signature is not that of ${subject}'s key over this list of files.`);
  }
  if (roots.length === 0) {
    const unproven = [
      `That it was ${subject}: no root certificate was given that its chain would have to lead to.`,
    ];
    return { name: subject, problem: null, trusted: false, unproven: [...unproven, UNDATED] };
  }
  const when = at ?? new Date();
  const { problem, root } = await followChain(bundle.certificates, roots, when, "the signature");
  if (problem) return fails(subject, problem);
  return {
    name: `${subject} (vouched for by ${root})`,
    problem: null,
    trusted: true,
    unproven: [
      `When it was signed: the certificates were checked as of ${day(when)}, as the signature carries no time that could be ` +
        "checked.",
      "Whether a certificate was revoked: no list of revoked ones was looked at.",
    ],
  };
}

async function bySigstore(bundle: Bundle, trust: Trust): Promise<Signer> {
  const { subject, key } = await signatoryOf(bundle.certificates[0], "the signature");
  if (!trust.sigstore) {
    if (!(await isSigned(bundle, key))) {
      return fails(
        subject,
        `The signature is not that of ${subject}'s key over this list of files.`,
      );
    }
    const unproven = [
      `That it was ${subject}, and when: for this Sigstore's trust material (trusted_root.json) is needed.`,
    ];
    return { name: subject, problem: null, trusted: false, unproven };
  }
  const found = await checkSigstore(bundle, trust.sigstore);
  if (typeof found === "string") return fails(subject, found);
  const { identity, issuer, time } = found;
  if (trust.identity !== null && trust.identity !== identity) {
    return fails(identity, `It was signed by ${identity}, expected was ${trust.identity}.`);
  }
  if (trust.issuer !== null && trust.issuer !== issuer) {
    return fails(
      identity,
      `${identity} was vouched for by ${issuer}, expected was ${trust.issuer}.`,
    );
  }
  const when = time ? `, on ${day(time)}` : "";
  return {
    name: `${identity} (vouched for by ${issuer}${when})`,
    problem: null,
    trusted: trust.identity !== null && trust.issuer !== null,
    unproven: [
      ...(trust.identity === null || trust.issuer === null
        ? ["That it is who you expect: name the identity and who vouches for it."]
        : []),
      "That the trust material is Sigstore's own and up to date: it is as you gave it, and nothing was fetched.",
    ],
  };
}

/** What of the model's files is otherwise, what was left out, and what is no file. */
async function differencesOf(
  { cutting, files, ignored, followLinks }: Manifest,
  model: ModelFiles,
  make: MakeHasher,
  { ignore = [], ignoreUnsigned = false, own = null, ...watch }: VerifyOptions,
): Promise<{ differences: Difference[]; leftOut: string[]; links: string[] }> {
  const out = [...ALWAYS_IGNORED, ...ignored, ...ignore];
  const isOut = (path: string) =>
    !files.has(path) && (path === own || (!model.single && isIgnored(path, out)));
  // A file without content is no piece of anything.
  const there = model.files
    .filter(({ size }) => cutting.shard === null || size > 0)
    .filter(({ path }) => !isOut(path));
  const listed = singleName(
    files,
    there.map(({ path }) => path),
  );
  const unsigned = ignoreUnsigned ? there.filter(({ path }) => !listed.has(path)) : [];
  const read = there.filter((file) => !unsigned.includes(file));
  const isThere = (entry: string) =>
    entry !== own && model.files.some(({ path }) => isOut(path) && isIgnored(path, [entry]));
  return {
    differences: compareFiles(listed, await digestFiles(read, cutting, make, watch)),
    leftOut: [...new Set(out)].filter(isThere).concat(unsigned.map(({ path }) => path)),
    links: followLinks ? [] : model.links.filter((path) => !isOut(path)),
  };
}

/** A single file may be listed as "." and be called anything. */
function singleName(
  files: ReadonlyMap<string, Digests>,
  there: readonly string[],
): ReadonlyMap<string, Digests> {
  const digests = files.get(".");
  return digests && there.length === 1 ? new Map([[there[0], digests]]) : files;
}
