/** `badnets models digest`: the SHA-256 of a model's files. */
import { nodeHasher } from "../../node/hashing.ts";
import { writeOutput } from "../../node/write-output.ts";
import { sumsOf, writeSums } from "../../signing/sums.ts";
import { textOf, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { print, say } from "../shared/say.ts";
import { assertThere, listed, outOfSums, pathWithin, signatureOf } from "./files.ts";

export async function digest(given: Options, model: string): Promise<number> {
  assertThere(model);
  const out = textOf(given, "out");
  await assertOutputs(filesOf(given, "out"), [{ name: "the model", path: model }]);
  const own = out === undefined ? null : pathWithin(model, out);
  const isOut = outOfSums(given, own, pathWithin(model, signatureOf(model)));
  const sums = await sumsOf(await listed(model), nodeHasher, isOut);
  const text = writeSums(sums);
  if (out === undefined) await print(text);
  else {
    await writeOutput(out, text);
    await say(`${out}: the digests of ${sums.size} ${sums.size === 1 ? "file" : "files"}.`, true);
  }
  return 0;
}
