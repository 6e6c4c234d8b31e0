/** What is refused before a photograph is decoded: other formats, and files or pictures that are too large. */
import { clip, UserError } from "../errors.ts";
import { imageHeader, type ImageHeader } from "./image-header.ts";

/** Pixels and bytes that a photograph may have; beyond that lies either a mistake or an attack. */
const MOST_PIXELS = 64_000_000;
const MOST_BYTES = 100_000_000;

/** @throws UserError when a file is too large to be read as a photograph */
export function checkPhotoBytes(bytes: number, name: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new UserError(
    `${clip(name)} has ${Math.round(bytes / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read.`,
  );
}

/**
 * Looks at a file's beginning, before anything is decoded.
 * @throws UserError for what is no picture, or has too many pixels
 */
export function checkPhoto(
  bytes: Uint8Array,
  name: string,
  formats: readonly ImageHeader["format"][],
): ImageHeader {
  const header = imageHeader(bytes);
  if (!header || !formats.includes(header.format)) {
    throw new UserError(`${clip(name)} is no picture: ${formats.join(", ")} are read.`);
  }
  const [width, height] = header.size ?? [0, 0];
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${clip(name)} has ${width} x ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`,
    );
  }
  return header;
}
