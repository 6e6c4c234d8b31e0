/** A network out of any of this tool's files, told by their format: a model, a checkpoint or a detector. */
import { UserError } from "../errors.ts";
import type { NetworkDescription, ParameterDescription } from "../models/description.ts";
import { parametersSha256, type ParameterValues } from "../training/parameter-values.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import { decodeDetector } from "./detector-file.ts";
import { decodeModel, MODEL_FORMAT } from "./model-file.ts";
import { readSafetensors } from "./safetensors.ts";

export interface AnyModel {
  /** "badnets-model" */
  readonly format: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** As it stands in the file, not yet checked. */
  readonly recipe: unknown;
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
      return await all(format, recipe, model, file);
    }
    case "badnets-checkpoint": {
      const { recipe, state, ...file } = await decodeCheckpoint(digits, bytes, name);
      return await all(format, recipe, state, file);
    }
    case "badnets-detector": {
      const { recipe, state, ...file } = await decodeDetector(bytes, name, detector);
      return await all(format, recipe, state, file);
    }
    default:
      throw new UserError(
        `${name} is a safetensors file, but of no network of this tool: expected is a model, a checkpoint or a detector.`,
      );
  }
}

async function all(
  format: string,
  recipe: unknown,
  { parameters, step }: { readonly parameters: ParameterValues; readonly step: number },
  { metadata, verified }: Pick<AnyModel, "metadata" | "verified">,
): Promise<AnyModel> {
  const digest = await parametersSha256(parameters);
  return { format, metadata, recipe, parameters, parametersSha256: digest, step, verified };
}
