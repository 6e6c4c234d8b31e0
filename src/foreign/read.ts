/** Reads a network that another tool wrote, of whatever format its file is, into layers of ours. */
import { clip, UserError } from "../errors.ts";
import { budgets, checkSize } from "./budgets.ts";
import { lower, type Lowered } from "./lower.ts";
import type { ForeignNetwork, Normalisation } from "./network.ts";
import { readOnnx } from "./onnx-read.ts";

export interface ForeignFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a file does not tell, or not always. */
export interface ForeignOptions {
  /** Of the images, [channels, height, width]. */
  readonly input?: ForeignNetwork["input"] | null;
  /** What the network expects of pixels; null: 0 to 1 as they are. */
  readonly normalisation?: Normalisation | null;
}

export interface Imported extends Lowered {
  /** As the file describes it. */
  readonly network: ForeignNetwork;
  readonly normalisation: Normalisation | null;
}

/** @throws UserError naming the file, what is wrong with it and what to do */
export function readForeign(file: ForeignFile, options: ForeignOptions = {}): Imported {
  const { name, bytes } = file;
  const { input = null, normalisation = null } = options;
  checkSize(bytes, name);
  try {
    const network = readOnnx(bytes, input);
    return { network, normalisation, ...lower(network, normalisation) };
  } catch (cause) {
    if (cause instanceof UserError) {
      throw new UserError(`${clip(name)} cannot be read: ${cause.message}`, { cause });
    }
    // What a library says of bytes that are no protobuf.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${clip(name)} is damaged, or no ONNX file: ${clip(why)}.`, { cause });
  }
}

export { budgets };
