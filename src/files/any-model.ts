/** A network out of any of this tool's files, told by their format: a model, a checkpoint, a detector, an import. */
import { UserError } from "../errors.ts";
import type { NetworkDescription, ParameterDescription } from "../models/description.ts";
import { parametersSha256, type ParameterValues } from "../training/parameter-values.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import { decodeDetector } from "./detector-file.ts";
import { decodeImport, IMPORT_FORMAT, type ImportOrigin } from "./import-file.ts";
import { decodeModel, MODEL_FORMAT } from "./model-file.ts";
import { readSafetensors } from "./safetensors.ts";

export interface AnyModel {
  /** "badnets-model" */
  readonly format: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** As it stands in the file, not yet checked; null where it was not made here. */
  readonly recipe: unknown;
  /** Its layers in a row; null of a detector, whose recipe tells. */
  readonly description: NetworkDescription | null;
  /** Where it came from; null where it was made here. */
  readonly origin: ImportOrigin | null;
  readonly parameters: ParameterValues;
  readonly parametersSha256: string;
  readonly step: number;
  /** It carries a digest of itself, which is right. */
  readonly verified: boolean;
}

/** Which networks files may be of. */
export interface KnownNetworks {
  readonly digits: NetworkDescription;
  readonly detector: (recipe: unknown) => readonly ParameterDescription[];
}

/** @throws UserError where it is no file of this tool, is damaged or was changed */
export async function decodeAny(
  bytes: Uint8Array,
  name: string,
  { digits, detector }: KnownNetworks,
): Promise<AnyModel> {
  const { format } = readSafetensors(bytes, name).metadata;
  switch (format) {
    case MODEL_FORMAT: {
      const { recipe, model, ...file } = await decodeModel(digits, bytes, name);
      return await all({ format, recipe, description: digits, ...file }, model);
    }
    case IMPORT_FORMAT: {
      const { parameters, ...file } = await decodeImport(bytes, name);
      return await all({ format, recipe: null, ...file }, { parameters, step: 0 });
    }
    case "badnets-checkpoint": {
      const { recipe, state, ...file } = await decodeCheckpoint(digits, bytes, name);
      return await all({ format, recipe, description: digits, ...file }, state);
    }
    case "badnets-detector": {
      const { recipe, state, ...file } = await decodeDetector(bytes, name, detector);
      return await all({ format, recipe, description: null, ...file }, state);
    }
    default:
      throw new UserError(
        `${name} is a safetensors file, but of no network of this tool: expected is a model, a checkpoint or a detector; one of another tool is read by badnets models import.`,
      );
  }
}

async function all(
  {
    origin = null,
    ...file
  }: Omit<AnyModel, "parameters" | "parametersSha256" | "step" | "origin"> & {
    readonly origin?: ImportOrigin | null;
  },
  { parameters, step }: { readonly parameters: ParameterValues; readonly step: number },
): Promise<AnyModel> {
  const { format, recipe, description, metadata, verified } = file;
  const digest = await parametersSha256(parameters);
  const told = { format, recipe, description, origin, metadata, verified };
  return { ...told, parameters, parametersSha256: digest, step };
}
