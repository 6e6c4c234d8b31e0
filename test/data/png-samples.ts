/** PNG files put together chunk by chunk, whole and otherwise. */
import { crc32, deflateSync } from "node:zlib";

const word = (value: number) => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

export function chunk(kind: string, content: ArrayLike<number>): Uint8Array {
  const named = Uint8Array.from([...Buffer.from(kind, "latin1"), ...Array.from(content)]);
  return Buffer.concat([
    Uint8Array.from(word(content.length)),
    named,
    Uint8Array.from(word(crc32(named))),
  ]);
}

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA */
  readonly colour?: number;
  readonly interlaced?: boolean;
  /** The packed rows, a byte of their filter before each. */
  readonly rows?: Uint8Array;
  /** The pixels' chunk as it is to stand there, in place of the rows. */
  readonly packed?: Uint8Array;
  /** In how many chunks the pixels lie. */
  readonly pieces?: number;
  readonly before?: readonly Uint8Array[];
  readonly after?: readonly Uint8Array[];
  readonly behind?: Uint8Array;
}

export function pngOf(options: PngOptions): Uint8Array {
  const { width, height, depth = 8, colour = 2, interlaced = false, pieces = 1 } = options;
  const { packed = new Uint8Array(deflateSync(options.rows ?? new Uint8Array())) } = options;
  const head = [...word(width), ...word(height), depth, colour, 0, 0, interlaced ? 1 : 0];
  const length = Math.ceil(packed.length / pieces);
  const pixels = Array.from({ length: pieces }, (_, i) =>
    chunk("IDAT", packed.subarray(i * length, (i + 1) * length)),
  );
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
      chunk("IHDR", head),
      ...(options.before ?? []),
      ...pixels,
      ...(options.after ?? []),
      chunk("IEND", []),
      options.behind ?? new Uint8Array(),
    ]),
  );
}

/** Rows of RGB pixels by a formula, unfiltered. */
export function rgbRows(
  width: number,
  height: number,
  at: (x: number, y: number) => readonly number[],
): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: height }, (_, y) => [
      0,
      ...Array.from({ length: width }, (_, x) => at(x, y)).flat(),
    ]).flat(),
  );
}
