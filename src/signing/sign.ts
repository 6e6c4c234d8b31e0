/** Signs a model: lists its files with their digests, and the list with a key. */
import { UserError } from "../errors.ts";
import { writeBundle } from "./bundle.ts";
import { followChain, signatoryOf } from "./certificates.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "./dsse.ts";
import type { MakeHasher } from "./hashing.ts";
import { signBytes, type PrivateKey } from "./keys.ts";
import { digestFiles, type ModelFile, type ModelFiles, type Watch } from "./model-files.ts";
import { ALWAYS_IGNORED, byCodePoint, isCanonical, isIgnored } from "./paths.ts";
import { writeStatement } from "./statement.ts";

/** What of a model's folder is left out. @throws UserError where an entry is no path below it */
export function ignoredPaths(entries: readonly string[]): string[] {
  const strange = entries.find((entry) => !isCanonical(entry) || /[*?[]/.test(entry));
  if (strange !== undefined) {
    throw new UserError(
      `"${strange}" cannot be left out: give a path below the model's folder, such as docs/notes.md, without * and ?.`,
    );
  }
  return [...new Set([...ALWAYS_IGNORED, ...entries])].sort(byCodePoint);
}

/** The files that count. @throws UserError where there are none */
export function coveredFiles(model: ModelFiles, ignored: readonly string[]): ModelFile[] {
  const files = model.single
    ? model.files
    : model.files.filter(({ path }) => !isIgnored(path, ignored));
  if (files.length > 0) return [...files];
  throw new UserError(`${model.name} holds no files of a model.`);
}

export interface SignOptions extends Watch {
  /** Paths to leave out beside those that always are: the signature's own, if it lies in the folder. */
  readonly ignore?: readonly string[];
  /** In DER: the certificate of the key's owner and those between it and a root. */
  readonly certificates?: readonly Uint8Array[];
}

/** @returns the signature's file */
export async function signModel(
  model: ModelFiles,
  key: PrivateKey,
  make: MakeHasher,
  { ignore = [], certificates = [], ...watch }: SignOptions = {},
): Promise<string> {
  const ignored = ignoredPaths(ignore);
  const links = model.links.filter((path) => !isIgnored(path, ignored));
  if (links.length > 0) {
    throw new UserError(
      `${links[0]} is a symbolic link, which a signature does not cover: put the file itself in its place, or leave it out.`,
    );
  }
  if (certificates.length > 0) await assertOwn(certificates, key);
  const cutting = { algorithm: "sha256", shard: null } as const;
  const files = await digestFiles(coveredFiles(model, ignored), cutting, make, watch);
  const { name } = model;
  const payload = await writeStatement({ name, cutting, followLinks: false, ignored, files });
  const signature = await signBytes(key, preAuthEncoding(PAYLOAD_TYPE, payload));
  return writeBundle(certificates.length > 0 ? certificates : key.public, payload, signature);
}

/** @throws UserError where the first certificate is of another key, or may not sign now */
async function assertOwn(certificates: readonly Uint8Array[], key: PrivateKey): Promise<void> {
  const [leaf] = certificates;
  const { key: own, subject } = await signatoryOf(leaf, "the certificate");
  if (own.hint !== key.public.hint) {
    throw new UserError(
      `The certificate of ${subject} is of another key: its own comes first, then its issuer's.`,
    );
  }
  // By itself, as the root is the reader's to name.
  const { problem } = await followChain([leaf], [leaf], new Date(), "the certificate");
  if (problem) throw new UserError(problem);
}
