/** The idx format of the MNIST files: a big-endian header of dimensions, then the bytes. */
import { UserError } from "../errors.ts";

/** An array of unsigned bytes, last dimension fastest. */
export interface IdxArray {
  shape: number[];
  data: Uint8Array;
}

/**
 * Reads an idx file of unsigned bytes with one dimension (labels) or three (images).
 * @param name the file's name, for errors
 * @returns the shape, and the data as a view of `bytes` (no copy)
 * @throws UserError if the magic number, a dimension or the file's length is wrong
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 4) {
    throw new UserError(`${name} is truncated: ${bytes.length} bytes cannot hold an idx header.`);
  }
  const magic = view.getUint32(0);
  const rank = magic & 0xff;
  if (magic >>> 8 !== 0x08 || (rank !== 1 && rank !== 3)) {
    throw new UserError(
      `${name} is not an idx file of labels or images: it starts with ` +
        `0x${magic.toString(16).padStart(8, "0")}, expected 0x00000801 or 0x00000803.`,
    );
  }
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new UserError(
      `${name} is truncated: it has ${bytes.length} bytes, its idx header alone needs ${header}.`,
    );
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const dimensions = shape.join(" x ");
  if (shape.includes(0)) {
    throw new UserError(`${name} is empty: its dimensions are ${dimensions}.`);
  }
  // The product may be rounded, yet never down to the length of a file that exists.
  const expected = header + shape.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw new UserError(
      `${name} is ${bytes.length < expected ? "truncated" : "too long"}: it has ${bytes.length} ` +
        `bytes, its dimensions ${dimensions} need ${expected}; get a fresh copy of it.`,
    );
  }
  // Not by subarray(): a Node Buffer's would be a Buffer, whose slice() does not copy.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + header, expected - header);
  return { shape, data };
}
