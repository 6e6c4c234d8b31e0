/** Files between the reader and the page: dropped or chosen ones in, downloads out. */
import { UserError } from "../errors.ts";
import type { NamedBytes } from "../data/digits.ts";

/** Far above any digit file or checkpoint, and far below what a tab can hold. */
const MOST_BYTES = 2 ** 29;

export interface Given {
  readonly kind: "data" | "checkpoint";
  readonly files: NamedBytes[];
}

/** Reads files that were dropped or chosen. @throws UserError for what is neither data nor checkpoint */
export async function readGiven(list: readonly File[]): Promise<Given> {
  const checkpoints = list.filter((file) => file.name.endsWith(".safetensors"));
  if (checkpoints.length > 0 && list.length > 1) {
    throw new UserError("Drop a checkpoint alone, or the four files of a data set, but not both.");
  }
  const large = list.find((file) => file.size > MOST_BYTES);
  if (large) {
    throw new UserError(`${large.name} is larger than the 512 MiB that a file may have here.`);
  }
  const files = await Promise.all(
    list.map(async (file) => ({ name: file.name, bytes: await bytesOf(file) })),
  );
  return { kind: checkpoints.length > 0 ? "checkpoint" : "data", files };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    // A folder, or a file that is gone.
    throw new UserError(`${file.name} could not be read; drop files, not folders.`, { cause });
  }
}

/** Hands the reader a file. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the content over some time after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
