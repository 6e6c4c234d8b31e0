/** Where a network that is opened comes from: checked where a signature or a list of digests came with it, and told. */
import { clip, UserError } from "../../../errors.ts";
import { NOT_OF_BEHAVIOUR, outcomeInWords } from "../../../signing/verify.ts";
import { check } from "./check.ts";
import { nothingGiven, withFiles, type Given } from "./given.ts";
import { ownKey } from "./key-store.ts";

/** What was given to be opened, without what says where it comes from. */
export interface Opened {
  readonly files: readonly File[];
  /** What is known of who published it; null where there is no network among the files. */
  readonly provenance: string | null;
}

const isNetwork = ({ name }: File) => /\.(safetensors|onnx)$/.test(name);

/** Signatures, digests, and those whom they are checked against. */
const isEvidence = ({ name }: File) =>
  /(\.(sig|pem|pub|crt)|^SHA256SUMS|^trusted_root\.json)$/.test(name);

/**
 * Checks a network against the signature or the digests that were given with it. The key of this browser counts as
 * one that the reader trusts.
 * @throws UserError where it is not what was signed, or what came with it is damaged: then nothing is to be opened
 */
export async function provenanceOf(all: readonly File[]): Promise<Opened> {
  const evidence = all.filter(isEvidence);
  const files = all.filter((file) => !evidence.includes(file));
  if (!files.some(isNetwork)) return { files: all, provenance: null };
  const given = await withFiles(nothingGiven, [...files, ...evidence]);
  return { files, provenance: await tell(given) };
}

async function tell(given: Given): Promise<string> {
  const own = given.signature ? await ownKey() : null;
  const keys = own ? [...given.keys, own.public] : given.keys;
  const { name, verdict } = await check({ ...given, keys }, { identity: "", issuer: "" });
  if (!verdict) {
    return `${clip(name)} is unsigned: nothing says who published it.`;
  }
  const outcome = outcomeInWords(verdict, clip(name));
  if (verdict.outcome === "failed") throw new UserError([outcome, ...verdict.problems].join(" "));
  return [outcome, "Not proven:", NOT_OF_BEHAVIOUR].join(" ");
}
