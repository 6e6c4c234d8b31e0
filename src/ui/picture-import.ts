/** Photographs from files and from the camera, as pixels. */
import { checkPhoto, checkPhotoBytes, type Picture } from "../data/photographs.ts";
import { clip, UserError } from "../errors.ts";

/** Longest side at which a photograph is kept on the page. */
const MOST_SIDE = 1280;

/** @throws UserError for what is no picture, too large or damaged */
export async function pictureFromFile(file: File): Promise<Picture> {
  checkPhotoBytes(file.size, file.name);
  const bytes = new Uint8Array(await file.arrayBuffer());
  checkPhoto(bytes, file.name, ["JPEG", "PNG", "WebP"]);
  const bitmap = await createImageBitmap(new Blob([bytes])).catch((cause: unknown) => {
    throw new UserError(`${clip(file.name)} is damaged: the browser cannot decode it.`, { cause });
  });
  try {
    return pixelsOf(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

/** Pixels of whatever can be drawn, reduced where it is large. */
export function pixelsOf(source: CanvasImageSource, width: number, height: number): Picture {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new UserError("The browser gave no canvas to decode the picture with.");
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, data: new Uint8Array(data.buffer) };
}
