/** Reads a network that another tool wrote, of whatever format its file is, into layers of ours. */
import { clip, UserError } from "../errors.ts";
import { checkSize } from "./budgets.ts";
import { lower, type Lowered } from "./lower.ts";
import type { ForeignNetwork, Normalisation } from "./network.ts";
import { readOnnx } from "./onnx-read.ts";
import { readStateDict } from "./safetensors-read.ts";
import type { LayerTable } from "./table.ts";

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
  /** The layers, of files that hold weights alone; null: guessed. */
  readonly table?: LayerTable | null;
}

export interface Imported extends Lowered {
  /** As the file describes it. */
  readonly network: ForeignNetwork;
  readonly normalisation: Normalisation | null;
  /** Of a file of weights alone: the layers that were taken for it. */
  readonly table: LayerTable | null;
}

/** @throws UserError naming the file, what is wrong with it and what to do */
export function readForeign(file: ForeignFile, options: ForeignOptions = {}): Imported {
  const { name, bytes } = file;
  const { normalisation = null } = options;
  checkSize(bytes, name);
  try {
    const { network, table = null } = readSteps(file, options);
    return { network, normalisation, table, ...lower(network, normalisation) };
  } catch (cause) {
    if (cause instanceof UserError) {
      throw new UserError(`${clip(name)} cannot be read: ${cause.message}`, { cause });
    }
    // What a library says of bytes that are none of its format.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${clip(name)} is damaged, or no ${formatOf(name)} file: ${clip(why)}.`, {
      cause,
    });
  }
}

/** By the name's end: what a file's bytes are is not to be told of all formats. */
const formats = { onnx: "ONNX", safetensors: "safetensors" } as const;

export const foreignExtensions = Object.keys(formats);

function formatOf(name: string): string {
  const found = Object.entries(formats).find(([end]) => name.toLowerCase().endsWith(`.${end}`));
  if (found) return found[1];
  throw new UserError(
    `it is told by its name what a network's file is, and this one ends in none of ${foreignExtensions.map((end) => `.${end}`).join(", ")}.`,
  );
}

function readSteps(
  { name, bytes }: ForeignFile,
  { input = null, table = null }: ForeignOptions,
): { readonly network: ForeignNetwork; readonly table?: LayerTable } {
  if (formatOf(name) === formats.safetensors) return readStateDict(bytes, input, table);
  if (table)
    throw new UserError("a table of layers is of use with weights alone, and ONNX has its own.");
  return { network: readOnnx(bytes, input) };
}
