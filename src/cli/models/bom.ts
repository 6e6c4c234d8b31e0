/** `badnets models bom`: a bill of materials for a model. */
import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import * as v from "valibot";
import { sha256Hex } from "../../data/digest.ts";
import { UserError } from "../../errors.ts";
import { mlBom } from "../../files/ml-bom.ts";
import { writeOutput } from "../../node/write-output.ts";
import { SOFTWARE } from "../../studies/software.ts";
import { assertMeasured } from "../../training/parameter-values.ts";
import { jsonText } from "../../text/json.ts";
import { textOf, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { print, say } from "../shared/say.ts";
import { assertThere, besideOf, madeHere, readAny, readText } from "./files.ts";

const Share = v.looseObject({ accuracy: v.number() });
const Result = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    parametersSha256: v.string(),
    software: v.string(),
    kernelsSha256: v.optional(v.string()),
    data: v.optional(v.object({ name: v.string(), sha256: v.string() })),
    clean: v.optional(Share),
    attack: v.optional(v.nullable(v.looseObject({ success: v.optional(v.number()) }))),
    scores: v.optional(
      v.record(v.string(), v.looseObject({ meanAveragePrecision: v.nullable(v.number()) })),
    ),
  }),
);
type Result = v.InferOutput<typeof Result>;

export async function bom(given: Options, model: string): Promise<number> {
  assertThere(model);
  const out = textOf(given, "out");
  await assertOutputs(filesOf(given, "out"), [
    ...filesOf(given, "result"),
    { name: "the model", path: model },
  ]);
  const { path, bytes, format, recipe, metadata, parameters, parametersSha256 } = madeHere(
    await readAny(model),
    "its bill of materials is its author's to write",
  );
  const from = textOf(given, "result") ?? besideOf(path, "result.json");
  const result = from === null ? null : await readResult(from);
  if (result) await assertMeasured(parameters, result, from!);
  const digits = format !== "badnets-detector";
  const name = metadata["data"] ?? result?.data?.name ?? (digits ? "MNIST" : "drawn street scenes");
  const text = jsonText(
    mlBom(
      {
        name: basename(path),
        sha256: await sha256Hex(bytes),
        parametersSha256,
        task: digits ? "classification" : "object detection",
        architecture: digits
          ? "two convolutions and two dense layers (BadNets, table 1)"
          : "Faster R-CNN",
        data: { name, sha256: metadata["dataSha256"] ?? result?.data?.sha256 ?? null },
        recipe,
        metrics: result ? metricsOf(result) : [],
        kernelsSha256: result?.kernelsSha256 ?? null,
        adapter: metadata["adapter"] ?? null,
        software: result?.software ?? SOFTWARE,
        attacked: Boolean((recipe as { attack?: unknown }).attack),
      },
      randomUUID(),
      new Date(),
    ),
    2,
  );
  if (out === undefined) await print(text);
  else {
    await writeOutput(out, text);
    await say(`${out}: the bill of materials of ${path}.`, true);
  }
  return 0;
}

async function readResult(path: string): Promise<Result> {
  const { success, output } = v.safeParse(Result, await readText(path));
  if (success) return output;
  throw new UserError(`${path} is no result of this tool: give the result.json that a run wrote.`);
}

function metricsOf({ clean, attack, scores = {} }: Result): { name: string; value: string }[] {
  const precision = Object.entries(scores).map(
    ([on, { meanAveragePrecision }]) =>
      [`mean average precision on ${on}`, meanAveragePrecision] as const,
  );
  const all = [
    ["clean accuracy", clean?.accuracy],
    ["attack success", attack?.success],
    ...precision,
  ] as const;
  return all.flatMap(([name, value]) =>
    typeof value === "number" ? [{ name, value: String(value) }] : [],
  );
}
