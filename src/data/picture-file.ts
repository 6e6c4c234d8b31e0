/** A picture file before it is decoded: of a format that is read, not too large, whole, and the same to every decoder. */
import { clip, UserError } from "../errors.ts";
import { imageHeader, PHOTO_FORMATS, type ImageFormat } from "./image-header.ts";
import { readJpeg } from "./jpeg.ts";
import { orientationIn, type Orientation } from "./orientation.ts";
import { checkPhotoSize } from "./photo-limits.ts";
import { readPng } from "./png.ts";
import { readWebp } from "./webp.ts";

export interface PictureFile {
  readonly format: (typeof PHOTO_FORMATS)[number];
  /** What to decode; without what says how it is turned, which decoders follow or not. */
  readonly bytes: Uint8Array;
  /** How the decoded picture is to be turned: see upright. */
  readonly orientation: Orientation;
}

/**
 * Looks at a file before anything decodes it.
 * @throws UserError for what is no picture of these formats, too large, damaged or cut short
 */
export function openPicture(bytes: Uint8Array, name: string): PictureFile {
  const header = imageHeader(bytes);
  if (!header) {
    throw new UserError(`${clip(name)} is no picture: ${PHOTO_FORMATS.join(", ")} are read.`);
  }
  const { format, size } = header;
  if (!isRead(format)) {
    throw new UserError(
      `${clip(name)} is a ${format} file: ${PHOTO_FORMATS.join(", ")} are read; save it as one of these.`,
    );
  }
  if (size) checkPhotoSize(size, name);
  // Its own decoder says what is wrong with it.
  if (format === "PPM") return { format, bytes, orientation: 1 };
  if (!size) throw new UserError(`${clip(name)} is damaged: it does not say how large it is.`);
  if (format === "WebP") return { format, bytes: readWebp(bytes, size, name), orientation: 1 };
  const { plain, exif } = format === "JPEG" ? readJpeg(bytes, name) : readPng(bytes, name);
  return { format, bytes: plain, orientation: exif ? orientationIn(exif) : 1 };
}

const isRead = (format: ImageFormat): format is PictureFile["format"] =>
  (PHOTO_FORMATS as readonly ImageFormat[]).includes(format);
