/** Decodes pictures as the browser does, and PPM files, in the worker, so that the page does not wait for large ones. */
import { upright } from "../../data/orientation.ts";
import { openPicture } from "../../data/picture-file.ts";
import type { Picture } from "../../data/picture.ts";
import { decodePpm } from "../../data/ppm.ts";
import { clip, UserError } from "../../errors.ts";

/** @throws UserError for what is no picture of a format that is read, too large or damaged */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const file = openPicture(bytes, name);
  if (file.format === "PPM") return decodePpm(bytes, name);
  const blob = new Blob([new Uint8Array(file.bytes)]);
  const bitmap = await createImageBitmap(blob).catch((cause: unknown) => {
    throw new UserError(`${clip(name)} is damaged: the browser cannot decode it.`, { cause });
  });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    });
    if (!context) throw new UserError("The browser gave no canvas to decode the picture with.");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return upright({ width, height, data: new Uint8Array(data.buffer) }, file.orientation);
  } finally {
    bitmap.close();
  }
}
