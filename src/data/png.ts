/** A PNG file's chunks, walked before anything is decoded: its orientation, and whether its pixels are all there. */
import { Inflate, Z_SYNC_FLUSH } from "pako";
import { clip, UserError } from "../errors.ts";
import { joined } from "./bytes.ts";

export interface PngFile {
  /** The TIFF block in which cameras keep what they know. */
  readonly exif: Uint8Array | null;
  /** The file with what makes its pixels and their colours, and nothing else. */
  readonly plain: Uint8Array;
}

const SIGNATURE = 8;
/** Length and name before a chunk's data, and its checksum behind. */
const HEAD = 8;
const FRAME = HEAD + 4;

/** Programs that write small chunks come to tens of thousands of them. */
const MOST_CHUNKS = 200_000;

/** Chunks that decoders need: what they must know, transparency, and the colours that are meant. */
const KEPT = /^([A-Z]...|tRNS|gAMA|cHRM|sRGB|iCCP|cICP)$/;

/** Samples of a pixel, by its colour type, and the bits that each may have. */
const COLOURS: Readonly<Record<number, readonly [samples: number, bits: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]],
  2: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  4: [2, [8, 16]],
  6: [4, [8, 16]],
};

/** Where the seven passes of an interlaced picture begin, and how far apart their pixels lie. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** @throws UserError where the file is damaged or cut short */
export function readPng(bytes: Uint8Array, name: string): PngFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept = [bytes.subarray(0, SIGNATURE)];
  let exif: Uint8Array | null = null;
  let pixels: PixelCheck | null = null;
  let chunks = 0;
  for (let at = SIGNATURE; at + FRAME <= bytes.length;) {
    const length = view.getUint32(at);
    const start = at + HEAD;
    const end = start + length;
    if (end + 4 > bytes.length) break;
    chunks += 1;
    if (chunks > MOST_CHUNKS) throw damaged(name, `it has more than ${MOST_CHUNKS} chunks`);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, start));
    if ((kind === "IHDR") !== (at === SIGNATURE)) {
      throw damaged(name, "its header is not where it is expected");
    }
    if (KEPT.test(kind)) kept.push(bytes.subarray(at, end + 4));
    if (kind === "IHDR") pixels = new PixelCheck(bytesIn(view, start, length, name), name);
    else if (kind === "IDAT") pixels!.push(bytes.subarray(start, end));
    // Behind the pixels it comes too late for browsers.
    else if (kind === "eXIf" && !pixels!.isBegun) exif ??= bytes.subarray(start, end);
    else if (kind === "IEND") {
      pixels!.end();
      return { exif, plain: joined(kept) };
    }
    at = end + 4;
  }
  throw new UserError(`${clip(name)} is damaged: it is cut short; get a fresh copy of it.`);
}

const damaged = (name: string, why: string) => new UserError(`${clip(name)} is damaged: ${why}.`);

/** Bytes that the pixels take when they are unpacked: rows of all passes, with a byte before each. */
function bytesIn(view: DataView, start: number, length: number, name: string): number {
  const impossible = damaged(name, "its header says what no PNG file can be");
  if (length !== 13) throw impossible;
  const [width, height] = [view.getUint32(start), view.getUint32(start + 4)];
  const [depth, colour, , , interlaced] = [8, 9, 10, 11, 12].map((k) => view.getUint8(start + k));
  const [samples, depths] = COLOURS[colour] ?? [0, []];
  if (width === 0 || height === 0 || !depths.includes(depth) || interlaced > 1) throw impossible;
  const rows = (w: number, h: number) =>
    w === 0 ? 0 : h * (1 + Math.ceil((w * samples * depth) / 8));
  if (interlaced === 0) return rows(width, height);
  return PASSES.reduce((sum, [x, y, right, down]) => {
    const [w, h] = [Math.ceil((width - x) / right), Math.ceil((height - y) / down)];
    return sum + rows(Math.max(0, w), Math.max(0, h));
  }, 0);
}

/** Bytes of input at a time: deflate expands them at most 1032-fold. */
const PIECE = 16 * 1024;

/** Unpacks the pixels without keeping them: all of them have to be there, and undamaged. */
class PixelCheck {
  private readonly inflate = new Inflate();
  private length = 0;
  isBegun = false;

  constructor(
    private readonly expected: number,
    private readonly name: string,
  ) {
    this.inflate.onData = ({ length }) => {
      this.length += length;
    };
  }

  push(packed: Uint8Array): void {
    this.isBegun = true;
    // What comes after the last row is of no use to anybody.
    for (let at = 0; at < packed.length && this.length <= this.expected; at += PIECE) {
      this.inflate.push(packed.subarray(at, at + PIECE), Z_SYNC_FLUSH);
      if (this.inflate.err) throw damaged(this.name, "its pixels cannot be unpacked");
    }
  }

  end(): void {
    const { length, expected } = this;
    if (length >= expected) return;
    throw damaged(this.name, `its pixels take ${expected} bytes, of which ${length} are there`);
  }
}
