/** Binary PPM files ("P6"), in which the German benchmark comes: no decoder of a browser knows them. */
import { clip, UserError } from "../errors.ts";
import type { Picture } from "./picture.ts";

interface PpmHeader {
  readonly width: number;
  readonly height: number;
  /** The value of full brightness. */
  readonly brightest: number;
  /** Where the pixels begin. */
  readonly start: number;
}

/** A file's beginning with three numbers, each behind spaces and comments, and one space after them. */
const HEADER = /^P6(?:(?:\s|#[^\r\n]*[\r\n])+(\d{1,9})){3}\s/;

/** Bytes in which the header has to end, comments included. */
const HEADER_BYTES = 4096;

export function isPpm(bytes: Uint8Array): boolean {
  return /^P6[\s#]/.test(String.fromCharCode(...bytes.subarray(0, 3)));
}

/** What a PPM file says of itself; null where its header is damaged. */
export function ppmHeader(bytes: Uint8Array): PpmHeader | null {
  const text = String.fromCharCode(...bytes.subarray(0, HEADER_BYTES));
  const header = HEADER.exec(text)?.[0];
  if (header === undefined) return null;
  const numbers = header.slice(2).replaceAll(/#[^\r\n]*/g, " ");
  const [width, height, brightest] = numbers.trim().split(/\s+/).map(Number);
  return { width, height, brightest, start: header.length };
}

/** @throws UserError where the file is damaged, cut short, or has more than 8 bits a colour */
export function decodePpm(bytes: Uint8Array, name: string): Picture {
  const header = ppmHeader(bytes);
  if (!header || header.width * header.height === 0) {
    throw new UserError(
      `${clip(name)} is damaged: "P6", width, height and brightest value are expected at its beginning.`,
    );
  }
  const { width, height, brightest, start } = header;
  if (brightest !== 255) {
    throw new UserError(
      `${clip(name)} has ${brightest} for full brightness; PPM files are read with 255: save it with 8 bits a colour.`,
    );
  }
  const pixels = width * height;
  if (bytes.length - start < 3 * pixels) {
    throw new UserError(
      `${clip(name)} is cut short: ${width} x ${height} pixels take ${3 * pixels} bytes, it has ${bytes.length - start}.`,
    );
  }
  const data = new Uint8Array(4 * pixels).fill(255);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) data[4 * i + c] = bytes[start + 3 * i + c];
  }
  return { width, height, data };
}
