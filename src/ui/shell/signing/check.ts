/** Checks what the reader gave: against a signature, else a list of digests, else it only tells the digests. */
import { UserError } from "../../../errors.ts";
import { portableHasher } from "../../../signing/hashing.ts";
import type { ModelFiles, Watch } from "../../../signing/model-files.ts";
import { ALWAYS_IGNORED, isIgnored } from "../../../signing/paths.ts";
import { sumsOf, verifySums, writeSums } from "../../../signing/sums.ts";
import { trustsNobody, verifyModel, type Verdict } from "../../../signing/verify.ts";
import type { Given } from "./given.ts";
import { modelOf } from "./file-model.ts";

/** Who is expected to have signed through Sigstore; "" where nobody is. */
export interface Expected {
  readonly identity: string;
  readonly issuer: string;
}

export interface Checked {
  readonly name: string;
  /** null: there was nothing to check against. */
  readonly verdict: Verdict | null;
  /** As SHA256SUMS has them, where there was nothing to check against. */
  readonly sums: string | null;
}

export async function check(
  given: Given,
  { identity, issuer }: Expected,
  watch: Watch = {},
): Promise<Checked> {
  if (given.files.length === 0)
    throw new UserError("There is no model yet: drop its files, or choose its folder.");
  const model = modelOf(given.files);
  return await checkModel(model, given, { identity, issuer }, watch);
}

export async function checkModel(
  model: ModelFiles,
  { signature, sums, keys, roots, sigstore }: Given,
  { identity, issuer }: Expected,
  watch: Watch = {},
): Promise<Checked> {
  const { name } = model;
  const isOut = (path: string) => isIgnored(path, ALWAYS_IGNORED);
  if (signature) {
    const expected = { identity: identity || null, issuer: issuer || null };
    const trust = { ...trustsNobody, keys, roots, sigstore, ...expected };
    const list = async () => await Promise.resolve(model);
    const options = { ...watch, own: signature.path };
    const verdict = await verifyModel(signature.bundle, list, trust, portableHasher, options);
    return { name, verdict, sums: null };
  }
  if (sums) {
    const verdict = await verifySums(sums.list, model, portableHasher, isOut, watch);
    return { name, verdict, sums: null };
  }
  return {
    name,
    verdict: null,
    sums: writeSums(await sumsOf(model, portableHasher, isOut, watch)),
  };
}
