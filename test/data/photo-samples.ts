/** Collections of photographs in memory, for the tests of what reads them. */
import { strToU8 } from "fflate";
import jpeg from "jpeg-js";
import type { CollectionFiles } from "../../src/data/collection-files.ts";
import { readCollection, type Collection } from "../../src/data/photo-collection.ts";
import { decodePicture } from "../../src/node/pictures.ts";

/** A grey JPEG of 200 x 100. */
export const photo: Uint8Array = jpeg.encode(
  { width: 200, height: 100, data: new Uint8Array(4 * 200 * 100).fill(120) },
  90,
).data;

/** A collection in memory. */
export function files(content: Readonly<Record<string, Uint8Array | string>>): CollectionFiles {
  return {
    name: "memory",
    paths: Object.keys(content),
    read: async (path) => {
      const found = content[path];
      return typeof found === "string" ? strToU8(found) : found;
    },
  };
}

/** Reads a collection with its pictures reduced to 100 pixels, half of the photograph's width. */
export const read = async (from: CollectionFiles): Promise<Collection> =>
  await readCollection(from, { decode: decodePicture, side: 100 });
