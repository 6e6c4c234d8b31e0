/** Signs a file that the reader saves, with the key that is kept in this browser. */
import { portableHasher } from "../../../signing/hashing.ts";
import { signModel } from "../../../signing/sign.ts";
import { download } from "../../elements/files.ts";
import { modelOf } from "./file-model.ts";
import { makeOwnKey, ownKey } from "./key-store.ts";

/**
 * Hands the reader the signature of a file, as NAME.sig; where there is no key yet, makes one.
 * @returns what to tell the reader of it
 */
export async function signFile(file: File): Promise<string> {
  const kept = await ownKey();
  const key = kept ?? (await makeOwnKey());
  const signature = `${file.name}.sig`;
  download(signature, await signModel(modelOf([file]), key, portableHasher), "application/json");
  const made = kept ? "" : "Your key was made for it, and is kept in this browser. ";
  return `${signature} is saved beside it: publish both. ${made}The page Models has your public key.`;
}
