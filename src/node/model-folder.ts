/** A model on disk: a folder or a single file, its files opened when they are read. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { ListModel, ModelFile } from "../signing/model-files.ts";
import { byCodePoint } from "../signing/paths.ts";
import { filesBelow } from "./files-below.ts";
import { reasonOf } from "./write-output.ts";

/** Bytes that are read at once. */
const PIECE = 2 ** 20;

/** Lists the model at a path. @throws UserError where there is none, or it cannot be read */
export const modelAt =
  (path: string): ListModel =>
  async (followLinks) => {
    const name = basename(resolve(path));
    try {
      const found = await stat(path);
      if (found.isFile()) {
        return { name, single: true, files: [fileAt(path, name, found.size)], links: [] };
      }
      const { paths, links } = followLinks
        ? { paths: (await filesBelow(path)).paths, links: [] }
        : await filesWithoutLinks(path);
      const files = await Promise.all(
        [...paths].sort(byCodePoint).map(async (below) => {
          const place = join(path, below);
          return fileAt(place, below, (await stat(place)).size);
        }),
      );
      return { name, single: false, files, links };
    } catch (cause) {
      throw new UserError(
        `cannot read ${path}: ${reasonOf(cause)}; give a model's file or folder.`,
        { cause },
      );
    }
  };

function fileAt(place: string, path: string, size: number): ModelFile {
  return { path, size, read: () => pieces(place) };
}

async function* pieces(place: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(place, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new UserError(`cannot read ${place}: ${reasonOf(cause)}.`, { cause });
  }
}

/** Regular files below a folder, and the symbolic links, which are not followed. */
async function filesWithoutLinks(top: string): Promise<{ paths: string[]; links: string[] }> {
  const paths: string[] = [];
  const links: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(top, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) paths.push(path);
      else if (entry.isSymbolicLink()) links.push(path);
    }
  };
  await walk("");
  return { paths, links };
}
