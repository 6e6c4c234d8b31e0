/** `badnets models import`: reads a network of another tool, says what it is, measures it, and keeps it. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { sha256Hex } from "../../data/digest.ts";
import type { DigitSet } from "../../data/digits.ts";
import { fillPixels } from "../../defences/training-set.ts";
import { UserError } from "../../errors.ts";
import { encodeImport } from "../../files/import-file.ts";
import { importInWords, notDigits } from "../../foreign/describe.ts";
import type { Normalisation } from "../../foreign/network.ts";
import { readForeign, type ForeignOptions, type Imported } from "../../foreign/read.ts";
import { parseTable, tableText } from "../../foreign/table.ts";
import { count, percent } from "../../format.ts";
import { ForwardPass } from "../../inspection/forward-pass.ts";
import { openInNode } from "../../node/webgpu.ts";
import { writeOutput } from "../../node/write-output.ts";
import { jsonText } from "../../text/json.ts";
import { parametersSha256 } from "../../training/parameter-values.ts";
import { digitDataOf } from "../shared/data.ts";
import { adapterOf, textOf, UsageError, type Options } from "../shared/options.ts";
import { assertOutputs, filesOf } from "../shared/output.ts";
import { provenanceOf } from "../shared/provenance.ts";
import { say } from "../shared/say.ts";
import { assertThere, readText } from "./files.ts";

export async function importModel(given: Options, path: string): Promise<number> {
  assertThere(path);
  await assertOutputs(filesOf(given, "out", "json", "save-layers"), [
    { name: "the network", path },
    ...filesOf(given, "layers"),
  ]);
  const bytes = await readFile(path);
  const provenance = await provenanceOf(path);
  const imported = readForeign({ name: path, bytes }, await foreignOptions(given));
  const { network, description, parameters, normalisation, table } = imported;
  const obstacle = notDigits(description);
  if (obstacle !== null && given["data"] !== undefined) {
    throw new UserError(`--data is of no use: ${obstacle}.`);
  }
  const measured = obstacle === null ? await measure(given, imported) : null;
  const { format, producer, notes } = network;
  const sha256 = await sha256Hex(bytes);
  const origin = {
    file: basename(path),
    format,
    producer,
    sha256,
    normalisation: normalisation && { mean: [...normalisation.mean], std: [...normalisation.std] },
    notes: [...notes],
  };
  const out = textOf(given, "out");
  if (out !== undefined) {
    await writeOutput(out, await encodeImport({ description, parameters, origin }));
  }
  const layers = textOf(given, "save-layers");
  if (layers !== undefined) {
    if (!table)
      throw new UsageError("--save-layers is of use with weights alone: ONNX has its own layers.");
    await writeOutput(layers, tableText(table));
  }
  const told = {
    format: "badnets-imported",
    file: path,
    origin,
    network: description,
    parametersSha256: await parametersSha256(parameters),
    measured,
    table,
  };
  const json = textOf(given, "json");
  if (json !== undefined) await writeOutput(json, jsonText(told));
  const [first, ...others] = importInWords(imported);
  const lines = [
    `${path}: ${first}`,
    ...others,
    ...(measured
      ? [
          `Accuracy on the ${count(measured.images)} test images of ${measured.data}: ${percent(measured.accuracy)}.`,
        ]
      : []),
    ...provenance,
    ...(obstacle === null ? [] : [`What does not work with it: ${obstacle}.`]),
    ...(out === undefined || obstacle !== null
      ? []
      : [`Look for a backdoor: badnets defend ${out}.`]),
  ];
  await say(lines, json !== undefined);
  return 0;
}

/** What the options say of a file that does not tell it. */
export async function foreignOptions(given: Options): Promise<ForeignOptions> {
  const layers = textOf(given, "layers");
  return {
    input: sizeOf(textOf(given, "input")),
    normalisation: normalisationOf(given),
    table: layers === undefined ? null : parseTable(await readText(layers), layers),
  };
}

function sizeOf(text: string | undefined): ForeignOptions["input"] {
  if (text === undefined) return null;
  const match = /^(\d{1,3})x(\d{1,3})x(\d{1,3})$/.exec(text);
  if (!match) throw new UsageError(`--input is ${text}, but must be CxHxW, such as 1x28x28.`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

function normalisationOf(given: Options): Normalisation | null {
  const numbers = (name: string): number[] | null => {
    const text = textOf(given, name);
    const values = text?.split(",").map(Number) ?? null;
    if (values?.some((value) => !Number.isFinite(value))) {
      throw new UsageError(
        `--${name} is ${text}, but must be one number, or one for each channel: 0.1307.`,
      );
    }
    return values;
  };
  const [mean, std] = [numbers("mean"), numbers("std")];
  const pixels = textOf(given, "pixels");
  if (pixels !== undefined && pixels !== "1" && pixels !== "255") {
    throw new UsageError(`--pixels is ${pixels}, but must be 1 or 255.`);
  }
  // Mean and std are said in the same numbers as the pixels.
  const most = pixels === "255" ? 255 : 1;
  if (!mean && !std && most === 1) return null;
  return {
    mean: (mean ?? [0]).map((value) => value / most),
    std: (std ?? [1]).map((value) => value / most),
  };
}

/** Share of the test images that it reads correctly. */
async function measure(given: Options, { description, parameters }: Imported) {
  const data = await digitDataOf(given);
  const gpu = await openInNode(adapterOf(given));
  try {
    const pass = await ForwardPass.build(gpu, description, parameters);
    const accuracy = await accuracyOf(pass, data.test);
    return { data: data.name, sha256: data.sha256, images: data.test.count, accuracy };
  } finally {
    gpu.destroy();
  }
}

async function accuracyOf(pass: ForwardPass, set: DigitSet): Promise<number> {
  const logits = await pass.logits({
    count: set.count,
    fill: (image, into) => fillPixels(set, image, into),
  });
  const classes = logits.length / set.count;
  const right = set.labels.reduce((sum, label, i) => {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    return sum + Number(own.every((value) => value <= own[label]));
  }, 0);
  return right / set.count;
}
