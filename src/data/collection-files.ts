/** Where a collection of files lies: a folder, a zip file, dropped files. */
import { clip, UserError } from "../errors.ts";

/** Files by their paths below the collection's top, with slashes. */
export interface CollectionFiles {
  /** For messages. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Those of the paths that are links to others of them: by the link's path, the other's. */
  readonly links?: ReadonlyMap<string, string>;
  /** Bytes of a file, where that is known without reading it. */
  readonly size?: (path: string) => Promise<number>;
  /** What was left out before anything is read. */
  readonly problems?: readonly string[];
  /** @throws UserError when the file is too large, damaged or gone */
  readonly read: (path: string) => Promise<Uint8Array>;
}

/** Bytes of a label file or table; beyond that lies either a mistake or an attack. */
const MOST_LABEL_BYTES = 16_000_000;

/** Reads a label file, table or list of names. @throws UserError where it is too large, too */
export async function readLabelFile(files: CollectionFiles, path: string): Promise<Uint8Array> {
  const bytes = await files.read(path);
  if (bytes.length <= MOST_LABEL_BYTES) return bytes;
  throw new UserError(
    `${clip(path)} has ${Math.round(bytes.length / 1e6)} MB; at most ${MOST_LABEL_BYTES / 1e6} are read of a text.`,
  );
}
