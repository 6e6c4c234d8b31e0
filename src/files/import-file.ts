/** A network of another tool as a file of this one: its layers as a table, its parameters, and where it came from. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import {
  describeParameters,
  outputShapes,
  type NetworkDescription,
} from "../models/description.ts";
import type { ParameterValues } from "../training/parameter-values.ts";
import {
  parseMetadata,
  readOwn,
  stateTensors,
  takeParameters,
  writeOwn,
  type OwnFile,
} from "./own-file.ts";

export const IMPORT_FORMAT = "badnets-import";
const KIND = { what: "imported network", format: IMPORT_FORMAT } as const;

const Whole = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const side = Whole(0, 512);
const Label = v.pipe(v.string(), v.regex(/^[A-Za-z]\w{0,60}$/));
const Layer = v.variant("kind", [
  v.strictObject({
    kind: v.literal("conv"),
    label: Label,
    filters: Whole(1, 65_536),
    kernel: Whole(1, 128),
    stride: v.exactOptional(Whole(1, 128)),
    pad: v.exactOptional(side),
    relu: v.exactOptional(v.boolean()),
    pool: v.exactOptional(v.picklist([1, 2])),
  }),
  v.strictObject({
    kind: v.literal("dense"),
    label: Label,
    outputs: Whole(1, 65_536),
    relu: v.exactOptional(v.boolean()),
  }),
  v.strictObject({
    kind: v.literal("pool"),
    label: Label,
    by: v.picklist(["max", "average"]),
    kernel: Whole(1, 128),
    stride: Whole(1, 128),
    pad: v.exactOptional(side),
    padEnd: v.exactOptional(side),
    counted: v.exactOptional(side),
  }),
]);
const Description = v.pipe(
  v.strictObject({
    input: v.pipe(v.strictTuple([Whole(1, 3), Whole(1, 128), Whole(1, 128)]), v.readonly()),
    layers: v.pipe(v.array(Layer), v.minLength(1), v.maxLength(500)),
  }),
  v.check(
    ({ layers }) => new Set(layers.map(({ label }) => label)).size === layers.length,
    "two layers have one name",
  ),
  v.check(
    (network) =>
      outputShapes(network)
        .flat()
        .every((size) => Number.isInteger(size) && size > 0),
    "a layer does not fit what it reads",
  ),
);

const Origin = v.strictObject({
  /** Of the file that it was read from. */
  file: v.string(),
  format: v.string(),
  producer: v.nullable(v.string()),
  sha256: v.string(),
  /** (pixel / 255 - mean) / std, which is part of the first layer by now; null: pixels as they are, 0 to 1. */
  normalisation: v.nullable(
    v.strictObject({ mean: v.array(v.number()), std: v.array(v.number()) }),
  ),
  notes: v.array(v.string()),
});
/** Where an imported network came from. */
export type ImportOrigin = v.InferOutput<typeof Origin>;

export interface ImportedModel {
  readonly description: NetworkDescription;
  readonly parameters: ParameterValues;
  readonly origin: ImportOrigin;
}

/** @param extra further metadata, such as what was mended */
export async function encodeImport(
  { description, parameters, origin }: ImportedModel,
  extra: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const state = { parameters, optimiser: new Map() };
  const tensors = stateTensors(describeParameters(description), state);
  const own = { network: JSON.stringify(description), origin: JSON.stringify(origin) };
  return await writeOwn(KIND, tensors, { ...extra, ...own });
}

/** @throws UserError when the file is damaged, was changed, or is none of an imported network */
export async function decodeImport(
  bytes: Uint8Array,
  name: string,
): Promise<OwnFile & ImportedModel> {
  const { tensors, ...file } = await readOwn(bytes, name, KIND);
  const read = <T>(schema: v.GenericSchema<unknown, T>, key: string): T => {
    const { success, output, issues } = v.safeParse(
      schema,
      parseMetadata(file.metadata[key], key, name),
    );
    if (success) return output;
    throw new UserError(
      `${name} is damaged: its ${key} is not as expected (${clip(issues[0].message)}).`,
    );
  };
  const description: NetworkDescription = read(Description, "network");
  const origin = read(Origin, "origin");
  const parameters = takeParameters(tensors, describeParameters(description), name);
  return { description, parameters, origin, ...file };
}
