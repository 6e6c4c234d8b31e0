/** Photographs on disk: single files, and folders and zip files as collections. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import type { CollectionFiles } from "../data/photo-collection.ts";
import { checkPhoto, checkPhotoBytes, type Picture } from "../data/photographs.ts";
import { zipFiles } from "../data/zip-files.ts";
import { UserError } from "../errors.ts";

/** Of a zip file; beyond that lies either a mistake or an attack. */
const MOST_ZIP_BYTES = 2_000_000_000;

/** Decodes a JPEG or PNG file. @throws UserError for what is neither, too large or damaged */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const header = checkPhoto(bytes, name, ["JPEG", "PNG"]);
  try {
    if (header.format === "PNG") return PNG.sync.read(Buffer.from(bytes));
    return jpeg.decode(bytes, {
      useTArray: true,
      // The header was looked at before.
      maxResolutionInMP: 1000,
      // At most 28 bytes a pixel: four components, none of them reduced.
      maxMemoryUsageInMB: 2048,
      tolerantDecoding: false,
    });
  } catch (error) {
    throw new UserError(`${name} is damaged: ${(error as Error).message}.`, { cause: error });
  }
}

/** Reads and decodes one photograph. */
export async function readPicture(path: string): Promise<Picture> {
  return decodePicture(await readPhoto(path), basename(path));
}

async function readPhoto(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UserError(`${path} does not exist, or is no file.`);
  checkPhotoBytes(found.size, path);
  return new Uint8Array(await readFile(path));
}

/** A folder with everything below it, or a zip file. @throws UserError when it is neither */
export async function collectionAt(path: string): Promise<CollectionFiles> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) {
    if (found.size > MOST_ZIP_BYTES) {
      throw new UserError(
        `${path} has ${Math.round(found.size / 1e6)} MB; at most ${MOST_ZIP_BYTES / 1e6} are read: unpack it, and name the folder.`,
      );
    }
    return zipFiles(new Uint8Array(await readFile(path)), path);
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => {
    throw new UserError(`${path} cannot be read as a folder of photographs.`);
  });
  return {
    name: path,
    paths: entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll("\\", "/")),
    read: async (file) => await readPhoto(join(path, file)),
  };
}
