/** A zip file as a collection of files, read one at a time and never beyond what a file may have. */
import { inflateSync } from "fflate";
import { clip, UserError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import type { CollectionFiles } from "./collection-files.ts";
import { packedContent, readDirectory, type ZipEntry } from "./zip-directory.ts";

/** Bytes of a file in it; beyond that lies either a mistake or an attack. */
const MOST_BYTES = 100_000_000;
const MOST_FILES = 100_000;

const STORED = 0;
const DEFLATED = 8;

/** @throws UserError when the bytes are no zip file, or hold too much */
export function zipFiles(bytes: Uint8Array, name: string): CollectionFiles {
  const entries = new Map<string, ZipEntry>();
  const twice = new Set<string>();
  for (const entry of directoryOf(bytes, name)) {
    if (entry.name.endsWith("/") || entry.name.startsWith("__MACOSX/")) continue;
    if (entries.has(entry.name)) twice.add(entry.name);
    else entries.set(entry.name, entry);
  }
  if (entries.size === 0) throw new UserError(`${clip(name)} is an empty zip file, or none.`);
  if (entries.size > MOST_FILES) {
    throw new UserError(
      `${clip(name)} holds ${entries.size} files; at most ${MOST_FILES} are read.`,
    );
  }
  return {
    name,
    paths: [...entries.keys()],
    problems: [...twice].map(
      (path) => `${clip(path)}: ${clip(name)} holds several files of this name; the first is read`,
    ),
    read: async (path) => {
      const entry = entries.get(path);
      if (!entry) throw new UserError(`${clip(path)} is not in ${clip(name)}.`);
      const problem = refusal(entry);
      if (problem) throw new UserError(`${clip(path)} ${problem}.`);
      const content = unpack(bytes, entry, name);
      if (crc32(content) !== entry.crc) {
        throw new UserError(
          `${clip(path)} in ${clip(name)} is damaged: its checksum is another; get a fresh copy.`,
        );
      }
      return content;
    },
  };
}

function directoryOf(bytes: Uint8Array, name: string): ZipEntry[] {
  try {
    return readDirectory(bytes);
  } catch (cause) {
    throw new UserError(`${clip(name)} is damaged, or no zip file.`, { cause });
  }
}

/** Why an entry is not unpacked. */
function refusal({ encrypted, method, unpacked }: ZipEntry): string | undefined {
  if (encrypted) return "is encrypted: make a zip file without a password";
  if (method !== STORED && method !== DEFLATED) {
    return `is compressed in a way that is not read (${method}): make a zip file with Deflate`;
  }
  if (unpacked > MOST_BYTES) {
    return `unpacks to ${Math.round(unpacked / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read`;
  }
  return undefined;
}

/** What is stated, and a byte more, is what is set aside: a file cannot unpack to more. */
function unpack(bytes: Uint8Array, entry: ZipEntry, name: string): Uint8Array {
  let content: Uint8Array;
  try {
    const packed = packedContent(bytes, entry);
    content =
      entry.method === STORED
        ? packed.slice()
        : inflateSync(packed, { out: new Uint8Array(entry.unpacked + 1) });
  } catch (cause) {
    throw new UserError(`${clip(entry.name)} in ${clip(name)} is damaged.`, { cause });
  }
  if (content.length === entry.unpacked) return content;
  const more = content.length > entry.unpacked;
  throw new UserError(
    `${clip(entry.name)} in ${clip(name)} is damaged: it has ${more ? "more" : "fewer"} bytes than the ${entry.unpacked} that it states.`,
  );
}
