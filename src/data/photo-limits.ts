/** How large photographs may be: beyond that lies either a mistake or an attack. */
import { clip, UserError } from "../errors.ts";

const MOST_BYTES = 100_000_000;
const MOST_PIXELS = 64_000_000;
/** Of a canvas, in browsers. */
const MOST_SIDE = 32_767;

/** @throws UserError when a file is too large to be read as a photograph */
export function checkPhotoBytes(bytes: number, name: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new UserError(
    `${clip(name)} has ${Math.round(bytes / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read.`,
  );
}

/** @throws UserError when a picture is too large to be decoded */
export function checkPhotoSize(
  [width, height]: readonly [width: number, height: number],
  name: string,
): void {
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${clip(name)} has ${width} x ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`,
    );
  }
  if (Math.max(width, height) > MOST_SIDE) {
    throw new UserError(
      `${clip(name)} has ${width} x ${height} pixels; a side may have ${MOST_SIDE} at most.`,
    );
  }
}
