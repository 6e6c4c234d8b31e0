/** `badnets models inspect`: what a signature or a model says of itself. */
import { existsSync } from "node:fs";
import { writeOutput } from "../../node/write-output.ts";
import { readBundle, type Bundle } from "../../signing/bundle.ts";
import { day, signatoryOf } from "../../signing/certificates.ts";
import { jsonText } from "../../text/json.ts";
import { textOf, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { say } from "../shared/say.ts";
import { assertThere, readAny, readText, signatureOf } from "./files.ts";

/** What is told, by its name. */
type Facts = Readonly<Record<string, unknown>>;

export async function inspect(given: Options, path: string): Promise<number> {
  assertThere(path);
  await assertOutputs(filesOf(given, "json"), [{ name: "the model", path }]);
  const facts = /\.(sig|json)$/.test(path)
    ? await ofSignature(await readBundle(await readText(path), path))
    : await ofModel(path);
  const json = textOf(given, "json");
  if (json !== undefined) await writeOutput(json, jsonText(facts));
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  const lines = Object.entries(facts).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map((one, i) => {
      const text = typeof one === "string" ? one : JSON.stringify(one);
      return `${(i === 0 ? name : "").padEnd(width)}  ${text}`;
    });
  });
  await say(
    [`${path} says of itself, which nothing here has checked:`, ...lines],
    json !== undefined,
  );
  return 0;
}

async function ofSignature({
  method,
  hint,
  ownKey,
  certificates,
  manifest,
}: Bundle): Promise<Facts> {
  const [leaf] = certificates;
  const owner = leaf ? await signatoryOf(leaf, "the signature") : null;
  return {
    "signed by": method,
    ...(hint !== null && { key: hint }),
    ...(ownKey !== null && { key: "within the signature" }),
    ...(owner && { certificate: owner.subject, valid: `${day(owner.from)} to ${day(owner.to)}` }),
    model: manifest.name,
    "left out": [...manifest.ignored],
    files: Array.from(manifest.files, ([file, digests]) => `${digests.join(" ")}  ${file}`),
  };
}

async function ofModel(path: string): Promise<Facts> {
  const model = await readAny(path);
  const signature = signatureOf(path);
  return {
    format: model.format,
    "own digest": model.verified ? "there, and right" : "none, as in files of an earlier version",
    parametersSha256: model.parametersSha256,
    ...(model.origin
      ? { origin: model.origin, network: model.description }
      : { steps: model.step, recipe: model.recipe }),
    ...(model.metadata["data"] && { data: model.metadata["data"] }),
    ...(model.metadata["adapter"] && { adapter: JSON.parse(model.metadata["adapter"]) as unknown }),
    ...(model.metadata["mended"] && { mended: JSON.parse(model.metadata["mended"]) as unknown }),
    signature: existsSync(signature) ? `${signature}, see badnets models verify` : "none beside it",
  };
}
