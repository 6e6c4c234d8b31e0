/** A trained network as one safetensors file: its parameters, and how it came about as metadata. */
import * as v from "valibot";
import { clip, UserError } from "../errors.ts";
import { describeParameters, type NetworkDescription } from "../models/description.ts";
import { readSafetensors, takeF32, writeSafetensors, type StoredTensor } from "./safetensors.ts";

export const MODEL_FORMAT = "badnets-model";
const VERSION = "1";

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A network to look at, apart from any run. */
export interface Model {
  /** By label, for example "conv1.w". */
  readonly parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Steps that it was trained for. */
  readonly step: number;
}

/**
 * Writes a model. Tensors: each parameter by its label ("conv1.w").
 * @param extra further metadata, such as the adapter
 */
export function encodeModel(
  network: NetworkDescription,
  recipe: unknown,
  { parameters, step }: Model,
  extra: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const tensors = describeParameters(network).map(({ label, shape }): [string, StoredTensor] => [
    label,
    { dtype: "F32", shape, data: parameters.get(label)! },
  ]);
  const metadata = { recipe: JSON.stringify(recipe), step: String(step) };
  return writeSafetensors(new Map(tensors), {
    ...extra,
    ...metadata,
    format: MODEL_FORMAT,
    version: VERSION,
  });
}

/**
 * Reads a model of this network.
 * @param name the file's name, for messages
 * @returns the recipe as it stands in the file, not yet checked, and the model
 * @throws UserError when the file is damaged, of another tool, of another network or another version
 */
export function decodeModel(
  network: NetworkDescription,
  bytes: Uint8Array,
  name: string,
): { recipe: unknown; model: Model; metadata: Readonly<Record<string, string>> } {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const { format, version } = metadata;
  if (format !== MODEL_FORMAT || version !== VERSION) {
    throw new UserError(
      `${name} is no model of this tool and version: its format is ` +
        `${format ? `"${clip(format)}" ${clip(version ?? "")}` : "not given"}, expected "${MODEL_FORMAT}" ${VERSION}.`,
    );
  }
  const recipe = parseMetadata(metadata["recipe"], "recipe", name);
  const step = v.safeParse(Count, parseMetadata(metadata["step"], "step", name));
  if (!step.success) {
    throw new UserError(`${name} is damaged: its step is no whole number.`);
  }
  const parameters = new Map(
    describeParameters(network).map(({ label, shape }) => [
      label,
      takeF32(tensors, label, shape, name),
    ]),
  );
  return { recipe, model: { parameters, step: step.output }, metadata };
}

/** A metadata text that must be JSON. */
export function parseMetadata(text: string | undefined, what: string, name: string): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    throw new UserError(`${name} is damaged: its ${what} is not valid JSON.`);
  }
}
