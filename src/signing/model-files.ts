/** A model as it is signed: the files of a folder, or a single file, each read as a stream. */
import { toHex } from "../data/base64.ts";
import type { HashName, MakeHasher } from "./hashing.ts";

export interface ModelFile {
  /** Below the folder, with slashes; of a single file its name. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  read(): AsyncIterable<Uint8Array>;
}

export interface ModelFiles {
  /** The folder's own name, or the file's. */
  readonly name: string;
  /** A single file, not a folder that holds one. */
  readonly single: boolean;
  readonly files: readonly ModelFile[];
  /** Symbolic links that were met and not followed. */
  readonly links: readonly string[];
}

/** Lists a model. @param followLinks whether symbolic links stand for what they lead to */
export type ListModel = (followLinks: boolean) => Promise<ModelFiles>;

export interface Watch {
  /** @param done bytes that were read so far, of all files */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** How files become digests. */
export interface Cutting {
  readonly algorithm: HashName;
  /** Bytes of the pieces that are hashed by themselves; null: a file is one. */
  readonly shard: number | null;
}

/** Digests of a file's pieces in order, as hexadecimal digits: one, or of shards as many as there are. */
export type Digests = readonly string[];

/** Digests of files by their path. */
export async function digestFiles(
  files: readonly ModelFile[],
  cutting: Cutting,
  make: MakeHasher,
  { onProgress, signal }: Watch = {},
): Promise<Map<string, Digests>> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const digests = new Map<string, Digests>();
  for (const file of files) {
    const heard = (bytes: number) => {
      signal?.throwIfAborted();
      onProgress?.((done += bytes), total);
    };
    digests.set(file.path, await digestFile(file, cutting, make, heard));
  }
  return digests;
}

async function digestFile(
  file: ModelFile,
  { algorithm, shard }: Cutting,
  make: MakeHasher,
  heard: (bytes: number) => void,
): Promise<Digests> {
  const digests: string[] = [];
  let hasher = await make(algorithm);
  /** Bytes that the piece at hand may still take. */
  let room = shard ?? Infinity;
  for await (let bytes of file.read()) {
    heard(bytes.length);
    while (bytes.length > 0) {
      if (room === 0) {
        digests.push(toHex(hasher.digest()));
        hasher = await make(algorithm);
        room = shard!;
      }
      const part = bytes.subarray(0, room);
      hasher.update(part);
      room -= part.length;
      bytes = bytes.subarray(part.length);
    }
  }
  // A file without content is no shard, but has a digest of its own.
  if (shard === null || room < shard) digests.push(toHex(hasher.digest()));
  return digests;
}
