/** Files that the reader dropped or chose: told by name and content, refused in words. */
import { clip, UserError } from "../../errors.ts";
import { digitFile, type NamedBytes } from "../../data/digits.ts";
import { imageHeader } from "../../data/image-header.ts";
import { digitFromFile } from "./image-import.ts";

/** Far above any digit file or checkpoint, and far below what a tab can hold. */
const MOST_BYTES = 2 ** 29;

/** What the reader gave. */
export type Given =
  /** Files of a data set. */
  | { readonly kind: "data"; readonly files: NamedBytes[] }
  /** One file. */
  | { readonly kind: "checkpoint"; readonly files: NamedBytes[] }
  /** A saved profile, as JSON. */
  | { readonly kind: "profile"; readonly name: string; readonly text: string }
  /** The digit in a picture; [28, 28] */
  | { readonly kind: "image"; readonly name: string; readonly pixels: Uint8Array };

type Kind = Given["kind"];

/** What has to come alone, in words. */
const single: Readonly<Record<Exclude<Kind, "data">, string>> = {
  checkpoint: "a checkpoint",
  profile: "a profile",
  image: "a picture",
};

/**
 * Reads files that were dropped or chosen, and tells by name and content what they are.
 * @throws UserError for what is none of it, is mixed, too large or damaged
 */
export async function readGiven(list: readonly File[]): Promise<Given> {
  const large = list.find((file) => file.size > MOST_BYTES);
  if (large) {
    throw new UserError(`${large.name} is larger than the 512 MiB that a file may have here.`);
  }
  const files = await Promise.all(
    list.map(async (file) => ({ name: file.name, bytes: await bytesOf(file) })),
  );
  const kinds = files.map(kindOf);
  const alone = kinds.find((kind) => kind !== "data");
  if (alone === undefined) return { kind: "data", files };
  if (files.length > 1) {
    throw new UserError(`Drop ${single[alone]} alone, or the four files of a data set, not both.`);
  }
  const [{ name, bytes }] = files;
  switch (alone) {
    case "checkpoint":
      return { kind: "checkpoint", files };
    case "profile":
      return { kind: "profile", name, text: new TextDecoder().decode(bytes) };
    case "image":
      return { kind: "image", name, pixels: await digitFromFile(files[0]) };
  }
}

function kindOf({ name, bytes }: NamedBytes): Kind {
  if (/\.(safetensors|onnx)$/.test(name)) return "checkpoint";
  if (digitFile(name) !== undefined) return "data";
  if (imageHeader(bytes)) return "image";
  if (isProfile(bytes)) return "profile";
  throw new UserError(
    `${clip(name)} is not a file of a digit data set, nor a checkpoint or network (.safetensors, .onnx), a saved profile ` +
      `(.json) or a picture of a digit (PNG, JPEG, WebP, PPM).`,
  );
}

function isProfile(bytes: Uint8Array): boolean {
  // A brace before anything is decoded: most files are told by their first byte.
  if (bytes[0] !== 0x7b) return false;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return (value as { format?: unknown }).format === "badnets-profile";
  } catch {
    return false;
  }
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    // A folder, or a file that is gone.
    throw new UserError(`${file.name} could not be read; drop files, not folders.`, { cause });
  }
}
