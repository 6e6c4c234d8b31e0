/** JPEG files of flat squares in any arrangement of components: what a decoder makes of them can be worked out by hand. */

export interface JpegOptions {
  /** In squares of 8 x 8 pixels, unless components are coarser. */
  readonly squares?: readonly [across: number, down: number];
  /** Of a square, a sample for each component, 0 to 255. */
  readonly samples: (column: number, row: number) => readonly number[];
  /** Identifiers of the components. */
  readonly ids?: readonly number[];
  /** The colour transform that an Adobe segment states: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: 0 | 1 | 2;
  readonly jfif?: boolean;
  /** With the frame and the scans of a progressive file, which need no more than the squares' means. */
  readonly progressive?: boolean;
  /** A scan for each component instead of one for all. */
  readonly apart?: boolean;
  /** Put behind the file's first two bytes. */
  readonly segments?: readonly Uint8Array[];
}

const word = (value: number) => [value >> 8, value & 255];

export function segment(marker: number, content: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([0xff, marker, ...word(content.length + 2), ...Array.from(content)]);
}

const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

/** A file whose blocks are flat: of the transform's coefficients only the first is not zero. */
export function jpegOf(options: JpegOptions): Uint8Array {
  const { squares = [2, 2], samples, adobe, jfif = false, progressive = false } = options;
  const [across, down] = squares;
  const count = samples(0, 0).length;
  const { ids = Array.from({ length: count }, (_, i) => i + 1) } = options;
  const parts: Uint8Array[] = [Uint8Array.of(0xff, 0xd8), ...(options.segments ?? [])];
  if (jfif) parts.push(segment(0xe0, [...letters("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]));
  if (adobe !== undefined) {
    parts.push(segment(0xee, [...letters("Adobe"), 0, 100, 0, 0, 0, 0, adobe]));
  }
  // The first coefficient is eight times a flat block's value, so that quantised by 8 it is the value.
  parts.push(segment(0xdb, [0, ...Array.from({ length: 64 }, () => 8)]));
  const frame = [8, ...word(8 * down), ...word(8 * across), count];
  parts.push(segment(progressive ? 0xc2 : 0xc0, [...frame, ...ids.flatMap((id) => [id, 0x11, 0])]));
  // Nine categories of differences in four bits each; the end of a block in one.
  const categories = Array.from({ length: 9 }, (_, i) => i);
  const lengths = (of: Readonly<Record<number, number>>) =>
    Array.from({ length: 16 }, (_, i) => of[i + 1] ?? 0);
  parts.push(segment(0xc4, [0x00, ...lengths({ 4: 9 }), ...categories]));
  parts.push(segment(0xc4, [0x10, ...lengths({ 1: 1 }), 0]));
  const all = ids.map((_, i) => i);
  for (const scan of options.apart ? all.map((i) => [i]) : [all]) {
    const last = progressive ? 0 : 63;
    parts.push(segment(0xda, [scan.length, ...scan.flatMap((i) => [ids[i], 0]), 0, last, 0]));
    const bits = new Bits();
    const before = all.map(() => 0);
    for (let row = 0; row < down; row++) {
      for (let column = 0; column < across; column++) {
        for (const i of scan) {
          const value = samples(column, row)[i] - 128;
          bits.difference(value - before[i]);
          before[i] = value;
          if (!progressive) bits.push(0, 1);
        }
      }
    }
    parts.push(bits.bytes());
  }
  // That all other coefficients are zero; a block whose are unknown would be smoothed.
  for (const id of progressive ? ids : []) {
    parts.push(segment(0xda, [1, id, 0, 1, 63, 0]));
    const bits = new Bits();
    for (let block = 0; block < across * down; block++) bits.push(0, 1);
    parts.push(bits.bytes());
  }
  parts.push(Uint8Array.of(0xff, 0xd9));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Bits of a scan, the highest first. */
class Bits {
  private readonly bits: number[] = [];

  push(value: number, length: number): void {
    for (let i = length - 1; i >= 0; i--) this.bits.push((value >> i) & 1);
  }

  /** Its category, and which of the category's values it is. */
  difference(value: number): void {
    const category = 32 - Math.clz32(Math.abs(value));
    this.push(category, 4);
    this.push(value < 0 ? value + (1 << category) - 1 : value, category);
  }

  /** Filled up with ones; a zero behind each byte of ones. */
  bytes(): Uint8Array {
    while (this.bits.length % 8 !== 0) this.bits.push(1);
    const bytes: number[] = [];
    for (let i = 0; i < this.bits.length; i += 8) {
      const byte = Number.parseInt(this.bits.slice(i, i + 8).join(""), 2);
      bytes.push(byte);
      if (byte === 0xff) bytes.push(0);
    }
    return Uint8Array.from(bytes);
  }
}

/** What cameras keep beside a picture: a TIFF block whose first directory has one entry before the orientation. */
export function tiffBlock(orientation: number, little = true, type = 3): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + 24 + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(letters(little ? "II" : "MM"));
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 2, little);
  const entry = (at: number, tag: number, kind: number, value: number) => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, kind, little);
    view.setUint32(at + 4, 1, little);
    view.setUint16(at + 8, value, little);
  };
  entry(10, 0x0103, 3, 6);
  entry(22, 0x0112, type, orientation);
  return bytes;
}

/** The segment in which a JPEG file has such a block. */
export const exifSegment = (orientation: number, little = true) =>
  segment(0xe1, [...letters("Exif\0\0"), ...tiffBlock(orientation, little)]);
