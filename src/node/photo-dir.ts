/** Photographs on disk: single files, and folders and zip files as collections. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { imageHeader } from "../data/image-header.ts";
import type { CollectionFiles } from "../data/photo-collection.ts";
import type { Picture } from "../data/photographs.ts";
import { zipFiles } from "../data/zip-files.ts";
import { UserError } from "../errors.ts";

/** Pixels that a photograph may have; beyond that lies either a mistake or an attack. */
const MOST_PIXELS = 64_000_000;
const MOST_BYTES = 100_000_000;
const MOST_ZIP_BYTES = 2_000_000_000;

/** Decodes a JPEG or PNG file. @throws UserError for what is neither, too large or damaged */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const header = imageHeader(bytes);
  if (header?.format !== "PNG" && header?.format !== "JPEG") {
    throw new UserError(`${name} is neither a JPEG nor a PNG file.`);
  }
  const [width, height] = header.size ?? [0, 0];
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${name} has ${width} x ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`,
    );
  }
  try {
    if (header.format === "PNG") return PNG.sync.read(Buffer.from(bytes));
    return jpeg.decode(bytes, {
      useTArray: true,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
      tolerantDecoding: false,
    });
  } catch (error) {
    throw new UserError(`${name} is damaged: ${(error as Error).message}.`, { cause: error });
  }
}

/** Reads and decodes one photograph. */
export async function readPicture(path: string): Promise<Picture> {
  return decodePicture(await readWithin(path, MOST_BYTES), basename(path));
}

async function readWithin(path: string, most: number): Promise<Uint8Array> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UserError(`${path} does not exist, or is no file.`);
  if (found.size > most) {
    throw new UserError(
      `${path} has ${Math.round(found.size / 1e6)} MB; at most ${most / 1e6} are read.`,
    );
  }
  return new Uint8Array(await readFile(path));
}

/** A folder with everything below it, or a zip file. @throws UserError when it is neither */
export async function collectionAt(path: string): Promise<CollectionFiles> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return zipFiles(await readWithin(path, MOST_ZIP_BYTES), path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => {
    throw new UserError(`${path} cannot be read as a folder of photographs.`);
  });
  return {
    name: path,
    paths: entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
    read: async (file) => await readWithin(join(path, file), MOST_BYTES),
  };
}
