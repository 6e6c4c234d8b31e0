/** A trained network as one safetensors file: its parameters, and how it came about as metadata. */
import * as v from "valibot";
import { UserError } from "../errors.ts";
import { describeParameters, type NetworkDescription } from "../models/description.ts";
import { Count } from "./numbers.ts";
import {
  parseMetadata,
  readOwn,
  stateTensors,
  takeParameters,
  writeOwn,
  type OwnFile,
} from "./own-file.ts";

export const MODEL_FORMAT = "badnets-model";
const KIND = { what: "model", format: MODEL_FORMAT } as const;

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
export async function encodeModel(
  network: NetworkDescription,
  recipe: unknown,
  { parameters, step }: Model,
  extra: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = stateTensors(describeParameters(network), { parameters, optimiser: new Map() });
  const metadata = { recipe: JSON.stringify(recipe), step: String(step) };
  return await writeOwn(KIND, tensors, { ...extra, ...metadata });
}

/**
 * Reads a model of this network.
 * @param name the file's name, for messages
 * @returns the recipe as it stands in the file, not yet checked, and the model
 * @throws UserError when the file is damaged, was changed, is of another tool, of another network or another version
 */
export async function decodeModel(
  network: NetworkDescription,
  bytes: Uint8Array,
  name: string,
): Promise<OwnFile & { recipe: unknown; model: Model }> {
  const { tensors, ...file } = await readOwn(bytes, name, KIND);
  const { metadata } = file;
  const recipe = parseMetadata(metadata["recipe"], "recipe", name);
  const step = v.safeParse(Count, parseMetadata(metadata["step"], "step", name));
  if (!step.success) {
    throw new UserError(`${name} is damaged: its step is no whole number.`);
  }
  const parameters = takeParameters(tensors, describeParameters(network), name);
  return { recipe, model: { parameters, step: step.output }, ...file };
}
