/** A WebP file's chunks, walked before anything is decoded: whether it is whole, and the file without what turns it. */
import { clip, UserError } from "../errors.ts";
import { joined } from "./bytes.ts";

/** Before the chunks: "RIFF", a length and "WEBP". */
const HEAD = 12;
/** Before a chunk's data: its name and length. */
const CHUNK_HEAD = 8;
const MOST_CHUNKS = 10_000;

/** Where an extended file says what is in it, and the bit that says of an Exif block. */
const FLAGS = HEAD + CHUNK_HEAD;
const HAS_EXIF = 8;

/** Pixels for each byte; photographs take more than a tenth of a bit for each, drawings less. */
const MOST_PIXELS = 1024;

/**
 * @returns the file without its Exif block, whose orientation some decoders follow and Chromium does not
 * @throws UserError where the file is damaged or cut short
 */
export function readWebp(
  bytes: Uint8Array,
  [width, height]: readonly [width: number, height: number],
  name: string,
): Uint8Array {
  const damaged = (why: string) => new UserError(`${clip(name)} is damaged: ${why}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const stated = CHUNK_HEAD + view.getUint32(4, true);
  if (stated > bytes.length || width * height > MOST_PIXELS * stated) {
    throw damaged("it is cut short; get a fresh copy of it");
  }
  const kept = [bytes.subarray(0, HEAD)];
  let chunks = 0;
  for (let at = HEAD; at + CHUNK_HEAD <= stated;) {
    chunks += 1;
    if (chunks > MOST_CHUNKS) throw damaged(`it has more than ${MOST_CHUNKS} chunks`);
    const length = view.getUint32(at + 4, true);
    // A byte fills up what is odd, but for programs that leave it out at the end.
    const end = Math.min(at + CHUNK_HEAD + length + (length % 2), stated);
    if (at + CHUNK_HEAD + length > end) throw damaged("a part of it is cut short");
    const kind = String.fromCharCode(...bytes.subarray(at, at + 4));
    if (kind !== "EXIF") kept.push(bytes.subarray(at, end));
    at = end;
  }
  const plain = Uint8Array.from(joined(kept));
  new DataView(plain.buffer).setUint32(4, plain.length - CHUNK_HEAD, true);
  if (String.fromCharCode(...plain.subarray(HEAD, HEAD + 4)) === "VP8X") plain[FLAGS] &= ~HAS_EXIF;
  return plain;
}
