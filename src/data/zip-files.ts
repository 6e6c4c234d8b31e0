/** A zip file as a collection of files, read one at a time and never beyond what a file may have. */
import { unzipSync, type UnzipFileInfo } from "fflate";
import { clip, UserError } from "../errors.ts";
import type { CollectionFiles } from "./photo-collection.ts";

/** Bytes of a file in it; beyond that lies either a mistake or an attack. */
const MOST_BYTES = 100_000_000;
const MOST_FILES = 100_000;

/** @throws UserError when the bytes are no zip file, or hold too much */
export function zipFiles(bytes: Uint8Array, name: string): CollectionFiles {
  const entries = new Map<string, UnzipFileInfo>();
  const walk = (visit: (entry: UnzipFileInfo) => boolean) => {
    try {
      return unzipSync(bytes, { filter: visit });
    } catch (cause) {
      throw new UserError(`${clip(name)} is damaged, or no zip file.`, { cause });
    }
  };
  walk((entry) => {
    if (!entry.name.endsWith("/") && !entry.name.startsWith("__MACOSX/")) {
      entries.set(entry.name, entry);
    }
    return false;
  });
  if (entries.size === 0) throw new UserError(`${clip(name)} is an empty zip file, or none.`);
  if (entries.size > MOST_FILES) {
    throw new UserError(
      `${clip(name)} holds ${entries.size} files; at most ${MOST_FILES} are read.`,
    );
  }
  return {
    name,
    paths: [...entries.keys()],
    // What is stated is what is set aside for it: a file that unpacks to more does not.
    read: async (path) => {
      const entry = entries.get(path);
      if (!entry) throw new UserError(`${clip(path)} is not in ${clip(name)}.`);
      if (entry.originalSize > MOST_BYTES) {
        throw new UserError(
          `${clip(path)} unpacks to ${Math.round(entry.originalSize / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read.`,
        );
      }
      const unpacked = walk((candidate) => candidate.name === path)[path];
      if (!unpacked || unpacked.length > MOST_BYTES) {
        throw new UserError(`${clip(path)} in ${clip(name)} is damaged.`);
      }
      return unpacked;
    },
  };
}
