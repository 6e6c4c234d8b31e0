/** Photographs on disk: single files, and folders and zip files as collections. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { CollectionFiles } from "../data/collection-files.ts";
import { checkPhotoBytes } from "../data/photo-limits.ts";
import type { Picture } from "../data/picture.ts";
import { zipFiles } from "../data/zip-files.ts";
import { UserError } from "../errors.ts";
import { filesBelow } from "./files-below.ts";
import { decodePicture } from "./pictures.ts";

/** Of a zip file; beyond that lies either a mistake or an attack. */
const MOST_ZIP_BYTES = 2_000_000_000;

/** Reads and decodes one photograph. */
export async function readPicture(path: string): Promise<Picture> {
  return await decodePicture(await readPhoto(path), basename(path));
}

async function readPhoto(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new UserError(`${path} does not exist, or is no file.`);
  checkPhotoBytes(found.size, path);
  return new Uint8Array(await readFile(path));
}

const isLabels = (path: string) => /\.(txt|xml|csv)$/i.test(path);

/** Label files that lie in a folder beside one of pictures alone, as VOC, YOLO and the authors have it. */
async function labelsBeside(path: string): Promise<string[]> {
  const place = resolve(path);
  if (!/^(jpeg)?images$/i.test(basename(place))) return [];
  const beside = await readdir(dirname(place)).catch(() => []);
  const found: string[] = [];
  for (const name of beside.filter((one) => /^(annotations|labels)$/i.test(one)).sort()) {
    const { paths } = await filesBelow(join(dirname(place), name)).catch(() => ({ paths: [] }));
    found.push(...paths.filter(isLabels).map((file) => `../${name}/${file}`));
  }
  return found;
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
  const below = await filesBelow(path).catch(() => {
    throw new UserError(`${path} cannot be read as a folder of photographs.`);
  });
  const labels = below.paths.some(isLabels) ? [] : await labelsBeside(path);
  return {
    name: path,
    ...below,
    paths: [...below.paths, ...labels],
    size: async (file) => (await stat(join(path, file))).size,
    read: async (file) => await readPhoto(join(path, file)),
  };
}
