/** The specification's vectors, models signed by the reference tool, and models in memory. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeHasher } from "../../src/node/hashing.ts";
import { readBundle, type Bundle } from "../../src/signing/bundle.ts";
import { readCertificates } from "../../src/signing/certificates.ts";
import { readPublicKey } from "../../src/signing/keys.ts";
import type { ListModel, ModelFiles } from "../../src/signing/model-files.ts";
import { readSigstoreTrust } from "../../src/signing/sigstore.ts";
import {
  trustsNobody,
  verifyModel,
  type Trust,
  type Verdict,
  type VerifyOptions,
} from "../../src/signing/verify.ts";

export const openssf = (...path: string[]) => join(import.meta.dirname, "openssf", ...path);
export const textAt = (...path: string[]) => readFileSync(openssf(...path), "utf8");

/** The signature of one of the signed models. */
export const bundleOf = async (model: string): Promise<Bundle> =>
  await readBundle(textAt("signed", model, "model.sig"), "model.sig");

export const signersKey = async () =>
  await readPublicKey(textAt("keys", "signing-key-pub.pem"), "signing-key-pub.pem");
export const rootOf = (file: string) => readCertificates(textAt("keys", file), file);
export const sigstoreTrust = () =>
  readSigstoreTrust(textAt("trusted_root.json"), "trusted_root.json");
export const who = {
  identity: "stefanb@us.ibm.com",
  issuer: "https://sigstore.verify.ibm.com/oauth2",
} as const;

/** All that the signers of those models are known by. */
export const trustsAll = async (): Promise<Trust> => ({
  keys: [await signersKey()],
  roots: rootOf("ca-cert.pem"),
  sigstore: sigstoreTrust(),
  ...who,
  at: new Date("2025-10-10"),
});

/** A model in memory, read in pieces of an odd size. */
export function memoryModel(
  files: Readonly<Record<string, Uint8Array | string>>,
  { single = false, links = [] as string[], name = "model" } = {},
): ModelFiles {
  const entries = Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content);
    return {
      path,
      size: bytes.length,
      async *read() {
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      },
    };
  });
  return { name, single, links, files: entries };
}

export async function verdictOn(
  bundle: Bundle | string,
  model: ModelFiles | ListModel,
  trust: Partial<Trust> = {},
  options: VerifyOptions = {},
): Promise<Verdict> {
  const read = typeof bundle === "string" ? await readBundle(bundle, "model.sig") : bundle;
  const list = typeof model === "function" ? model : async () => model;
  return await verifyModel(read, list, { ...trustsNobody, ...trust }, nodeHasher, options);
}
