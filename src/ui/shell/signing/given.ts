/** What the reader gave to check a model with: told by name and content, and added to what was there. */
import { UserError } from "../../../errors.ts";
import { MOST_BUNDLE, readBundle, type Bundle } from "../../../signing/bundle.ts";
import { readCertificates } from "../../../signing/certificates.ts";
import { readPublicKey, type PublicKey } from "../../../signing/keys.ts";
import type { Digests } from "../../../signing/model-files.ts";
import { readSigstoreTrust, type SigstoreTrust } from "../../../signing/sigstore.ts";
import { readSums, SUMS } from "../../../signing/sums.ts";
import { pathOf } from "./file-model.ts";

export interface Given {
  readonly files: readonly File[];
  /** With the path that it has among the files. */
  readonly signature: { readonly path: string; readonly bundle: Bundle } | null;
  readonly sums: { readonly path: string; readonly list: ReadonlyMap<string, Digests> } | null;
  readonly keys: readonly PublicKey[];
  readonly roots: readonly Uint8Array[];
  readonly sigstore: SigstoreTrust | null;
}

export const nothingGiven: Given = {
  files: [],
  signature: null,
  sums: null,
  keys: [],
  roots: [],
  sigstore: null,
};

/**
 * Adds files. Those of a model replace the ones before, and with them their signature and list.
 * @throws UserError for what is damaged, or a private key
 */
export async function withFiles(given: Given, added: readonly File[]): Promise<Given> {
  const texts = await Promise.all(
    added.map(async (file) => ({ file, kind: await kindOf(file), path: pathOf(file) })),
  );
  const files = texts.filter(({ kind }) => kind === "model").map(({ file }) => file);
  let next: Given = files.length > 0 ? { ...given, files, signature: null, sums: null } : given;
  for (const { file, kind, path } of texts) {
    const text = kind === "model" ? "" : await file.text();
    switch (kind) {
      case "model":
        break;
      case "signature":
        next = { ...next, signature: { path, bundle: await readBundle(text, path) } };
        break;
      case "sums":
        next = { ...next, sums: { path, list: readSums(text, path) } };
        break;
      case "key":
        next = { ...next, keys: [...next.keys, await readPublicKey(text, path)] };
        break;
      case "certificate":
        next = { ...next, roots: [...next.roots, ...readCertificates(text, path)] };
        break;
      case "sigstore":
        next = { ...next, sigstore: readSigstoreTrust(text, path) };
        break;
    }
  }
  return next;
}

type Kind = "model" | "signature" | "sums" | "key" | "certificate" | "sigstore";

/** Letters at a file's beginning that tell what it is. */
const HEAD = 20_000;

async function kindOf(file: File): Promise<Kind> {
  if (file.name === SUMS) return "sums";
  const named = file.name.endsWith(".sig");
  if (file.size > MOST_BUNDLE) return "model";
  const head = await file.slice(0, HEAD).text();
  if (named || /"mediaType"\s*:\s*"application\/vnd\.dev\.sigstore\.bundle/.test(head)) {
    return "signature";
  }
  if (head.includes("application/vnd.dev.sigstore.trustedroot")) return "sigstore";
  if (head.includes("-----BEGIN PUBLIC KEY-----")) return "key";
  if (head.includes("-----BEGIN CERTIFICATE-----")) return "certificate";
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(head)) {
    throw new UserError(
      `${file.name} is a private key, which nobody needs to check a model: give its public half.`,
    );
  }
  return "model";
}
