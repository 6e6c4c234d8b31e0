/** A zip file as a collection of files, read one at a time and never beyond what a file may have. */
import {
  ERR_INVALID_CRC32,
  ERR_INVALID_UNCOMPRESSED_SIZE,
  Uint8ArrayReader,
  ZipReader,
  type FileEntry,
} from "@zip.js/zip.js/lib/zip-core-native.js";
import { clip, UserError } from "../errors.ts";
import type { CollectionFiles } from "./collection-files.ts";

/** Bytes of a file in it; beyond that lies either a mistake or an attack. */
const MOST_BYTES = 100_000_000;
const MOST_FILES = 100_000;

/** Bytes of all files that are read, and how many times the zip file's own, from the size that matters on. */
const MOST_TOTAL = 16_000_000_000;
const MOST_RATIO = 250;
const SMALL_TOTAL = 500_000_000;

const STORED = 0;
const DEFLATED = 8;

/** @throws UserError when the bytes are no zip file, or hold too much */
export async function zipFiles(bytes: Uint8Array, name: string): Promise<CollectionFiles> {
  const all = await entriesOf(bytes, name);
  assertApart(all, name);
  const entries = new Map<string, FileEntry>();
  const twice = new Set<string>();
  for (const entry of all) {
    if (entry.directory || entry.filename.startsWith("__MACOSX/")) continue;
    if (entries.has(entry.filename)) twice.add(entry.filename);
    else entries.set(entry.filename, entry);
  }
  assertBounded([...entries.values()], bytes.length, name);
  return {
    name,
    paths: [...entries.keys()],
    problems: [...twice].map(
      (path) => `${clip(path)}: ${clip(name)} holds several files of this name; the first is read`,
    ),
    size: async (path) => entries.get(path)?.uncompressedSize ?? 0,
    read: async (path) => {
      const entry = entries.get(path);
      if (!entry) throw new UserError(`${clip(path)} is not in ${clip(name)}.`);
      const problem = refusal(entry);
      if (problem) throw new UserError(`${clip(path)} ${problem}.`);
      return await unpack(entry, name);
    },
  };
}

type Entry = Awaited<ReturnType<ZipReader<unknown>["getEntries"]>>[number];

async function entriesOf(bytes: Uint8Array, name: string): Promise<Entry[]> {
  try {
    return await new ZipReader(new Uint8ArrayReader(bytes), {
      useWebWorkers: false,
      // Names are only looked up, and never become paths of a disk.
      filenameValidation: "tolerant",
      // As some programs of Windows write them.
      normalizeFilename: (filename) => filename.replaceAll("\\", "/"),
    }).getEntries();
  } catch (cause) {
    throw new UserError(`${clip(name)} is damaged, or no zip file.`, { cause });
  }
}

/** Bytes of an entry's own header without its name. */
const HEADER = 30;

/** @throws UserError where entries share bytes, by which a small file can pretend to hold the world */
function assertApart(entries: readonly Entry[], name: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ offset, rawFilename, compressedSize }, i) => {
    const next = sorted[i + 1]?.offset ?? Infinity;
    if (offset + HEADER + rawFilename.length + compressedSize <= next) return;
    throw new UserError(`${clip(name)} is damaged: files in it overlap; get a fresh copy.`);
  });
}

function assertBounded(entries: readonly FileEntry[], size: number, name: string): void {
  if (entries.length === 0) throw new UserError(`${clip(name)} is an empty zip file, or none.`);
  if (entries.length > MOST_FILES) {
    throw new UserError(
      `${clip(name)} holds ${entries.length} files; at most ${MOST_FILES} are read.`,
    );
  }
  const total = entries
    .filter((entry) => refusal(entry) === undefined)
    .reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const most = Math.min(MOST_TOTAL, Math.max(SMALL_TOTAL, MOST_RATIO * size));
  if (total <= most) return;
  throw new UserError(
    `${clip(name)} unpacks to ${Math.round(total / 1e6)} MB; at most ${Math.round(most / 1e6)} are read of ` +
      "a zip file of its size: make several of it.",
  );
}

/** Why an entry is not unpacked. */
function refusal({ encrypted, compressionMethod, uncompressedSize }: Entry): string | undefined {
  if (encrypted) return "is encrypted: make a zip file without a password";
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    return `is compressed in a way that is not read (${compressionMethod}): make a zip file with Deflate`;
  }
  if (uncompressedSize > MOST_BYTES) {
    return `unpacks to ${Math.round(uncompressedSize / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read`;
  }
  return undefined;
}

/** @throws UserError where the content is not what the entry states */
async function unpack(entry: FileEntry, name: string): Promise<Uint8Array> {
  const damaged = (why: string, cause?: unknown) =>
    new UserError(`${clip(entry.filename)} in ${clip(name)} is damaged${why}.`, { cause });
  const states = `than the ${entry.uncompressedSize} that it states`;
  try {
    return await contentOf(entry, true);
  } catch (cause) {
    const { message } = cause as Error;
    if (message === ERR_INVALID_UNCOMPRESSED_SIZE) {
      throw damaged(`: it has more bytes ${states}`, cause);
    }
    if (message !== ERR_INVALID_CRC32) throw damaged("", cause);
    // What ends early has another checksum, too.
    const { length } = await contentOf(entry, false).catch(() => []);
    if (length < entry.uncompressedSize) throw damaged(`: it has fewer bytes ${states}`, cause);
    throw damaged(": its checksum is another; get a fresh copy", cause);
  }
}

/** What is stated is what is set aside: a file cannot unpack to more. @throws zip.js's errors */
async function contentOf(entry: FileEntry, checkCrc32: boolean): Promise<Uint8Array> {
  const content = new Uint8Array(entry.uncompressedSize);
  let length = 0;
  const into = new WritableStream<Uint8Array>({
    write(chunk) {
      content.set(chunk, length);
      length += chunk.length;
    },
  });
  await entry.getData(into, { checkCrc32 });
  return content.subarray(0, length);
}
