/** The zoo: ten models as strangers publish them, of which the reader is asked which to use. `npm run zoo` makes its files. */
import * as v from "valibot";
import { UserError } from "../../errors.ts";
import { readBundle } from "../../signing/bundle.ts";
import { readPublicKey } from "../../signing/keys.ts";
import type { ModelFiles } from "../../signing/model-files.ts";
import { readSums } from "../../signing/sums.ts";
import { checkModel, type Checked } from "../shell/signing/check.ts";
import { nothingGiven } from "../shell/signing/given.ts";
import { fileOf } from "../shell/signing/file-model.ts";

const Entry = v.object({
  id: v.string(),
  /** As the zoo lists it: "northlight/digits". */
  name: v.string(),
  /** What its page says of itself. */
  says: v.string(),
  /** By path: where its content lies, or the content itself. */
  files: v.record(
    v.string(),
    v.union([v.object({ at: v.string() }), v.object({ text: v.string() })]),
  ),
  signature: v.nullable(v.string()),
  sums: v.nullable(v.string()),
  /** The public key that its publisher shows on a site of its own; null: there is none. */
  key: v.nullable(v.string()),
  /** What nobody sees from outside. */
  backdoor: v.boolean(),
  /** What there is to learn from it. */
  lesson: v.string(),
});
export type ZooEntry = v.InferOutput<typeof Entry>;

const Zoo = v.object({ entries: v.array(Entry) });

/** Reads a file of the app's folder. */
export type Fetch = (path: string) => Promise<Blob>;

export const fromApp: Fetch = async (path) => {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) {
    throw new UserError(
      `The zoo's file ${path} could not be loaded (${response.status}): reload the page.`,
    );
  }
  return await response.blob();
};

export async function loadZoo(read: Fetch): Promise<readonly ZooEntry[]> {
  const text = await (await read("zoo/index.json")).text();
  return v.parse(Zoo, JSON.parse(text)).entries;
}

/** Checks an entry with what its publisher shows, as one would on this page. */
export async function checkEntry(entry: ZooEntry, read: Fetch): Promise<Checked> {
  const { name, signature, sums, key } = entry;
  const files = await Promise.all(
    Object.entries(entry.files).map(async ([path, file]) =>
      fileOf("text" in file ? new Blob([file.text]) : await read(`zoo/${file.at}`), path),
    ),
  );
  const model: ModelFiles = { name, single: false, files, links: [] };
  const given = {
    ...nothingGiven,
    signature: signature
      ? { path: "model.sig", bundle: await readBundle(signature, "model.sig") }
      : null,
    sums: sums ? { path: "SHA256SUMS", list: readSums(sums, "SHA256SUMS") } : null,
    keys: key ? [await readPublicKey(key, "the publisher's key")] : [],
  };
  return await checkModel(model, given, { identity: "", issuer: "" });
}
