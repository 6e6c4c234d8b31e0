/** `badnets models key`: makes a key to sign with. */
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { writeOutput } from "../../node/write-output.ts";
import { curveNames, generateKey, privatePem } from "../../signing/keys.ts";
import { oneOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs } from "../shared/output.ts";
import { say } from "../shared/say.ts";

export async function makeKey(given: Options): Promise<number> {
  const path = textOf(given, "out");
  if (path === undefined) throw new UsageError("key needs --out FILE, where the private key goes.");
  const curve = oneOf(given, "curve", curveNames) ?? "P-256";
  const files = [path, `${path}.pub`];
  await assertOutputs(
    files.map((file) => ({ name: "--out", path: file })),
    [],
  );
  const there = files.find((file) => existsSync(file));
  if (there)
    throw new UsageError(
      `${there} is there already: choose another file, a key is not to be lost.`,
    );
  const key = await generateKey(curve, true);
  await writeOutput(path, await privatePem(key));
  await chmod(path, 0o600);
  await writeOutput(files[1], key.public.pem);
  await say(
    [
      `${path}: the private key on ${curve}: keep it to yourself.`,
      `${files[1]}: its public half: publish it where your readers know it is yours.`,
      `Signatures name it ${key.public.hint}.`,
    ],
    true,
  );
  return 0;
}
