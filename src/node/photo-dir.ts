/** Photographs on disk: single files, and folders and zip files as collections. */
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import type { CollectionFiles } from "../data/collection-files.ts";
import { orientationOf, upright } from "../data/orientation.ts";
import { checkPhoto, checkPhotoBytes } from "../data/photo-limits.ts";
import type { Picture } from "../data/picture.ts";
import { decodePpm } from "../data/ppm.ts";
import { zipFiles } from "../data/zip-files.ts";
import { UserError } from "../errors.ts";
import { filesBelow } from "./files-below.ts";

/** Of a zip file; beyond that lies either a mistake or an attack. */
const MOST_ZIP_BYTES = 2_000_000_000;

/** Decodes a JPEG, PNG or PPM file, and turns it as browsers do. @throws UserError for what is none, too large or damaged */
export function decodePicture(bytes: Uint8Array, name: string): Picture {
  const header = checkPhoto(bytes, name, ["JPEG", "PNG", "PPM"]);
  if (header.format === "PPM") return decodePpm(bytes, name);
  try {
    if (header.format === "PNG") return PNG.sync.read(Buffer.from(bytes));
    const stored = jpeg.decode(bytes, {
      useTArray: true,
      // The header was looked at before.
      maxResolutionInMP: 1000,
      // At most 28 bytes a pixel: four components, none of them reduced.
      maxMemoryUsageInMB: 2048,
      tolerantDecoding: false,
    });
    return upright(stored, orientationOf(bytes));
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
    return await zipFiles(new Uint8Array(await readFile(path)), path);
  }
  const { paths, problems } = await filesBelow(path).catch(() => {
    throw new UserError(`${path} cannot be read as a folder of photographs.`);
  });
  return { name: path, paths, problems, read: async (file) => await readPhoto(join(path, file)) };
}
