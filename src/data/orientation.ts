/** Which way up a picture is meant to be seen: the Exif tag that cameras write, and pixels turned by it. */
import type { Picture } from "./picture.ts";

/** As the Exif tag has it: 1 upright, 2 mirrored, 3 upside down, and so on to 8. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/**
 * What a TIFF block says in its first directory, as JPEG and PNG files have it.
 * @returns 1 where it says nothing, or what does not exist
 */
export function orientationIn(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  if (tiff.length < 8) return 1;
  const little = tiff[0] === 0x49;
  const first = view.getUint32(4, little);
  if (first + 2 > tiff.length) return 1;
  const count = view.getUint16(first, little);
  for (let i = 0; i < count; i++) {
    const entry = first + 2 + 12 * i;
    if (entry + 12 > tiff.length) break;
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(entry + 8, little);
    const valid = view.getUint16(entry + 2, little) === SHORT && value >= 1 && value <= 8;
    return valid ? (value as Orientation) : 1;
  }
  return 1;
}

/** A picture as it is meant to be seen. */
export function upright(picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture;
  // From 5 on, rows are stored as columns.
  const swapped = orientation >= 5;
  const width = swapped ? picture.height : picture.width;
  const height = swapped ? picture.width : picture.height;
  const mirroredX = [2, 3, 7, 8].includes(orientation);
  const mirroredY = [3, 4, 6, 7].includes(orientation);
  const from = new Uint32Array(new Uint8Array(picture.data).buffer);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = swapped ? [y, x] : [x, y];
      const storedX = mirroredX ? picture.width - 1 - column : column;
      const storedY = mirroredY ? picture.height - 1 - row : row;
      to[y * width + x] = from[storedY * picture.width + storedX];
    }
  }
  return { width, height, data: new Uint8Array(to.buffer) };
}
