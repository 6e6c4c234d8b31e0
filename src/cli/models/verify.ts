/** `badnets models verify`: checks a model against a signature, a list of digests or a result. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { UserError } from "../../errors.ts";
import { nodeHasher } from "../../node/hashing.ts";
import { modelAt } from "../../node/model-folder.ts";
import { writeOutput } from "../../node/write-output.ts";
import { readBundle } from "../../signing/bundle.ts";
import { readCertificates } from "../../signing/certificates.ts";
import { readPublicKey } from "../../signing/keys.ts";
import { readSigstoreTrust } from "../../signing/sigstore.ts";
import { LIST_ALONE, readSums, SUMS, verifySums } from "../../signing/sums.ts";
import { NOT_OF_BEHAVIOUR, verifyModel, type Trust, type Verdict } from "../../signing/verify.ts";
import { jsonText } from "../../text/json.ts";
import { textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { say } from "../shared/say.ts";
import {
  assertThere,
  ignoredOf,
  listed,
  outOfSums,
  pathWithin,
  readAny,
  readText,
  signatureOf,
} from "./files.ts";
import { verdictLines } from "./report.ts";

/** @returns 0 where it is verified or matches, 1 otherwise */
export async function verify(given: Options, model: string): Promise<number> {
  assertThere(model);
  const json = textOf(given, "json");
  const inputs = filesOf(given, "key", "against", "root", "sigstore");
  await assertOutputs(filesOf(given, "json"), [...inputs, { name: "the model", path: model }]);
  const verdict = await verdictOn(given, model, textOf(given, "against") ?? againstOf(model));
  if (json !== undefined)
    await writeOutput(json, jsonText({ format: "badnets-verdict", model, ...verdict }));
  await say(verdictLines(verdict, model), json !== undefined);
  return verdict.outcome === "verified" || verdict.outcome === "matches" ? 0 : 1;
}

/** What lies beside a model. */
function againstOf(model: string): string {
  const signature = signatureOf(model);
  const found = [signature, join(model, SUMS)].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new UsageError(
    `There is no signature at ${signature}, and no ${SUMS}: name with --against what ${model} is to be checked against.`,
  );
}

/** By what the file to check against is. */
async function verdictOn(given: Options, model: string, against: string): Promise<Verdict> {
  const text = await readText(against);
  const result = v.safeParse(Result, text);
  if (result.success) return await byResult(model, result.output.parametersSha256);
  const own = pathWithin(model, against);
  if (!text.trimStart().startsWith("{")) {
    const sums = readSums(text, against);
    const isOut = outOfSums(given, own, pathWithin(model, signatureOf(model)));
    return await verifySums(sums, await listed(model), nodeHasher, isOut);
  }
  const options = {
    ignore: ignoredOf(given),
    ignoreUnsigned: Boolean(given["ignore-unsigned"]),
    own,
  };
  const bundle = await readBundle(text, against);
  return await verifyModel(bundle, modelAt(model), await trustOf(given), nodeHasher, options);
}

const Result = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({ parametersSha256: v.pipe(v.string(), v.hash(["sha256"])) }),
);

/** Whether the parameters are those that a result tells of. */
async function byResult(model: string, expected: string): Promise<Verdict> {
  const { path, parametersSha256 } = await readAny(model);
  const same = parametersSha256 === expected;
  return {
    outcome: same ? "matches" : "failed",
    signer: null,
    problems: same
      ? []
      : [
          `${path} has other parameters than the result tells of: their digest is ${parametersSha256}, expected ${expected}.`,
        ],
    proven: same ? ["The parameters are, to the bit, those that the result tells of."] : [],
    unproven: same ? [LIST_ALONE, NOT_OF_BEHAVIOUR] : [],
    differences: [],
  };
}

async function trustOf(given: Options): Promise<Trust> {
  const file = async <T>(name: string, read: (text: string, path: string) => T | Promise<T>) => {
    const path = textOf(given, name);
    return path === undefined ? null : await read(await readText(path), path);
  };
  const at = textOf(given, "at");
  const date = at === undefined ? null : new Date(at);
  if (date && (Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\d/.test(at!))) {
    throw new UsageError(`--at is ${at}, but must be a day, such as 2026-05-15.`);
  }
  const identity = textOf(given, "identity") ?? null;
  const issuer = textOf(given, "issuer") ?? null;
  const sigstore = await file("sigstore", readSigstoreTrust);
  if ((identity ?? issuer) !== null && !sigstore) {
    throw new UserError(
      `--${identity === null ? "issuer" : "identity"} needs --sigstore FILE, which says what to check it with.`,
    );
  }
  const key = await file("key", readPublicKey);
  const roots = (await file("root", readCertificates)) ?? [];
  return { keys: key ? [key] : [], roots, sigstore, identity, issuer, at: date };
}
