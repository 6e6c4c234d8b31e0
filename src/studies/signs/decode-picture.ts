/** Decodes pictures as the browser does, and PPM files, in the worker, so that the page does not wait for large ones. */
import { checkPhoto } from "../../data/photo-limits.ts";
import type { Picture } from "../../data/picture.ts";
import { decodePpm } from "../../data/ppm.ts";
import { clip, UserError } from "../../errors.ts";

/** @throws UserError for what is no picture of these formats, too large or damaged */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  formats: Parameters<typeof checkPhoto>[2],
): Promise<Picture> {
  const { format } = checkPhoto(bytes, name, formats);
  if (format === "PPM") return decodePpm(bytes, name);
  const blob = new Blob([new Uint8Array(bytes)]);
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
    return { width, height, data: new Uint8Array(data.buffer) };
  } finally {
    bitmap.close();
  }
}
