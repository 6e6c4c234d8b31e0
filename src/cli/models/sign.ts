/** `badnets models sign`: signs a model. */
import { nodeHasher } from "../../node/hashing.ts";
import { writeOutput } from "../../node/write-output.ts";
import { readBundle } from "../../signing/bundle.ts";
import { readCertificates } from "../../signing/certificates.ts";
import { readPrivateKey } from "../../signing/keys.ts";
import { signModel } from "../../signing/sign.ts";
import { textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { say } from "../shared/say.ts";
import { assertThere, ignoredOf, listed, pathWithin, readText, signatureOf } from "./files.ts";

export async function sign(given: Options, model: string): Promise<number> {
  assertThere(model);
  const keyFile = textOf(given, "key");
  if (keyFile === undefined) {
    throw new UsageError("sign needs --key FILE, a private key: badnets models key makes one.");
  }
  const path = textOf(given, "signature") ?? signatureOf(model);
  const files = await listed(model);
  const within = files.single ? null : pathWithin(model, path);
  // An older signature may be replaced, a file of the model not.
  const kept = files.single ? [{ name: "the model", path: model }] : [];
  await assertOutputs(
    [{ name: "--signature", path }],
    [...filesOf(given, "key", "certificate"), ...kept],
  );
  const key = await readPrivateKey(await readText(keyFile), keyFile);
  const certificate = textOf(given, "certificate");
  const certificates = certificate
    ? readCertificates(await readText(certificate), certificate)
    : [];
  const ignore = [...ignoredOf(given), ...(within === null ? [] : [within])];
  const text = await signModel(files, key, nodeHasher, { ignore, certificates });
  await writeOutput(path, text);
  const { manifest } = await readBundle(text, path);
  const count = manifest.files.size === 1 ? "1 file" : `${manifest.files.size} files`;
  await say(
    `${path}: ${count} of ${model} signed with the key ${key.public.hint.slice(0, 16)}.`,
    true,
  );
  return 0;
}
