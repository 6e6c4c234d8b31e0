/** What the command line says of where a network comes from that it is given. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import { nodeHasher } from "../../node/hashing.ts";
import { modelAt } from "../../node/model-folder.ts";
import { readText } from "../models/files.ts";
import { readBundle } from "../../signing/bundle.ts";
import {
  NOT_OF_BEHAVIOUR,
  outcomeInWords,
  trustsNobody,
  verifyModel,
} from "../../signing/verify.ts";
import { note } from "./say.ts";

/**
 * Whether a network's file is signed, in sentences, and checks that it is what was signed: by FILE.sig beside it, else
 * by the model.sig of its folder.
 * @throws UserError where it is not
 */
export async function provenanceOf(path: string): Promise<readonly string[]> {
  const folder = dirname(path);
  const signed = [
    { model: path, signature: `${path}.sig` },
    { model: folder, signature: join(folder, "model.sig") },
  ].find(({ signature }) => existsSync(signature));
  if (!signed) return [`${path} is unsigned: nothing says who published it.`];
  const { model, signature } = signed;
  const bundle = await readBundle(await readText(signature), signature);
  const options = { own: model === folder ? basename(signature) : null };
  const verdict = await verifyModel(bundle, modelAt(model), trustsNobody, nodeHasher, options);
  const outcome = outcomeInWords(verdict, model);
  if (verdict.outcome === "failed") throw new UserError([outcome, ...verdict.problems].join(" "));
  return [
    `${outcome} Name them with badnets models verify ${model} --key, --root or --sigstore.`,
    `Not proven: ${NOT_OF_BEHAVIOUR}`,
  ];
}

/** Says it beside the result. @throws UserError as provenanceOf does */
export const noteProvenance = async (path: string): Promise<void> => note(await provenanceOf(path));
