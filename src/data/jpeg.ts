/** A JPEG file's segments, walked before anything is decoded: its size, its orientation, and whether it is whole. */
import { clip, UserError } from "../errors.ts";
import { joined } from "./bytes.ts";

export interface Segment {
  /** The second byte of its marker. */
  readonly marker: number;
  /** Of its content, behind marker and length. */
  readonly start: number;
  readonly end: number;
}

const FILL = 0xff;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
/** Progressive; lossless, arithmetic and other ones follow. */
const LAST_USUAL_FRAME = 0xc2;

/** Markers that stand alone: the image's start and end, restarts, and one of no meaning. */
const standsAlone = (marker: number) => (marker >= 0xd0 && marker <= 0xd9) || marker === 0x01;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/** Whether a marker begins a frame: C4, C8 and CC lie among the frames' and are none. */
export const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * The segments from the second on, up to the image's end or to where the file is cut short. What lies between two of
 * them is a scan's data, or bytes that decoders skip.
 */
export function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) return;
    const marker = bytes[at + 1];
    if (marker === FILL) {
      at += 1;
      continue;
    }
    // Zero stands behind a byte of data that looks like a marker.
    if (marker === 0 || isRestart(marker)) {
      at += 2;
      continue;
    }
    const start = at + (standsAlone(marker) ? 2 : 4);
    const length = standsAlone(marker) ? 0 : ((bytes[at + 2] << 8) | bytes[at + 3]) - 2;
    if (!(length >= 0)) return;
    const end = Math.min(start + length, bytes.length);
    yield { marker, start, end };
    if (marker === END_OF_IMAGE) return;
    at = end;
  }
}

export interface JpegFile {
  /** The TIFF block in which cameras keep what they know. */
  readonly exif: Uint8Array | null;
  /** The file without that block, and without what stands behind its end. */
  readonly plain: Uint8Array;
}

/** Scans of a progressive file, each of which costs a decoder a pass over all pixels: usual programs write ten. */
const MOST_SCANS = 100;
const MOST_SEGMENTS = 100_000;

/** @throws UserError where the file is damaged, cut short, or of a kind that browsers don't decode */
export function readJpeg(bytes: Uint8Array, name: string): JpegFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept: Uint8Array[] = [];
  let from = 0;
  let exif: Uint8Array | null = null;
  let blocks: number | null = null;
  let scans = 0;
  let scanned = 0;
  let segments = 0;
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (end === bytes.length && marker !== END_OF_IMAGE) break;
    segments += 1;
    if (segments > MOST_SEGMENTS) throw damaged(name, `it has more than ${MOST_SEGMENTS} segments`);
    if (isFrame(marker)) {
      if (blocks !== null) throw damaged(name, "it has several frames");
      blocks = blocksIn(view, { marker, start, end }, name);
    } else if (marker === START_OF_SCAN) {
      scans += 1;
      scanned ||= end;
      if (blocks === null) throw damaged(name, "its pixels come before their size");
      if (scans > MOST_SCANS) throw damaged(name, `it has more than ${MOST_SCANS} scans`);
    } else if (marker === APP1 && isExif(bytes, start)) {
      exif ??= bytes.subarray(start + EXIF.length, end);
      kept.push(bytes.subarray(from, start - 4));
      from = end;
    } else if (marker === END_OF_IMAGE && scanned > 0) {
      // The first scan takes a bit for each block at least.
      if (8 * (start - scanned) < blocks!) break;
      kept.push(bytes.subarray(from, end));
      return { exif, plain: joined(kept) };
    }
  }
  throw new UserError(`${clip(name)} is damaged: it is cut short; get a fresh copy of it.`);
}

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];
const isExif = (bytes: Uint8Array, at: number) => EXIF.every((byte, i) => bytes[at + i] === byte);

const damaged = (name: string, why: string) => new UserError(`${clip(name)} is damaged: ${why}.`);

/** Blocks of 8 x 8 in a frame's largest component. */
function blocksIn(view: DataView, { marker, start, end }: Segment, name: string): number {
  if (end - start < 6) throw damaged(name, "its frame is cut short");
  const bits = view.getUint8(start);
  if (marker > LAST_USUAL_FRAME || bits !== 8) {
    throw new UserError(
      `${clip(name)} is a JPEG file of a rare kind (${marker.toString(16).toUpperCase()}, ${bits} bits); ` +
        "save it as a usual one, or as PNG.",
    );
  }
  const [height, width] = [view.getUint16(start + 1), view.getUint16(start + 3)];
  // The height may come behind the pixels, which no browser reads.
  if (height === 0 || width === 0) throw damaged(name, "its size is missing where it is expected");
  const factors = Array.from({ length: view.getUint8(start + 5) }, (_, i) => {
    const at = start + 7 + 3 * i;
    return at < end ? view.getUint8(at) : 0x11;
  }).map((both) => [both >> 4, both & 15] as const);
  const most = (k: 0 | 1) => Math.max(1, ...factors.map((one) => one[k]));
  const all = Math.ceil(width / 8) * Math.ceil(height / 8);
  return Math.max(...factors.map(([h, v]) => (all * h * v) / (most(0) * most(1))), 1);
}
