/** What the first bytes of a picture file say: its format and its size, before anything decodes it. */
import { isFrame, segmentsOf } from "./jpeg.ts";
import { isPpm, ppmHeader } from "./ppm.ts";

/** Formats that are told by their beginning, whether or not anything here reads them. */
export type ImageFormat =
  | "PNG"
  | "JPEG"
  | "WebP"
  | "PPM"
  | "GIF"
  | "BMP"
  | "TIFF"
  | "HEIC"
  | "AVIF"
  | "JPEG XL"
  | "JPEG 2000";

/** Formats that photographs are read in, on the page and in Node. */
export const PHOTO_FORMATS = ["JPEG", "PNG", "WebP", "PPM"] as const satisfies ImageFormat[];

export interface ImageHeader {
  readonly format: ImageFormat;
  /** In pixels; null where a header is damaged, and of formats that are not read. */
  readonly size: readonly [width: number, height: number] | null;
}

/** How files of formats begin that are known by name only; a type of an ISO container stands at 4. */
const BEGINNINGS: readonly (readonly [ImageFormat, at: number, text: string])[] = [
  ["GIF", 0, "GIF87a"],
  ["GIF", 0, "GIF89a"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["TIFF", 0, "II+\0"],
  ["TIFF", 0, "MM\0+"],
  ["AVIF", 4, "ftypavif"],
  ["AVIF", 4, "ftypavis"],
  ...["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"].map(
    (brand) => ["HEIC", 4, `ftyp${brand}`] as const,
  ),
  ["JPEG XL", 0, "\xff\x0a"],
  ["JPEG XL", 4, "JXL \r\n"],
  ["JPEG 2000", 4, "jP  \r\n"],
];

/** Recognises a picture file by its content; null for anything else. */
export function imageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (starts(bytes, 0, "\x89PNG\r\n\x1a\n")) {
    const whole = bytes.length >= 24 && starts(bytes, 12, "IHDR");
    return { format: "PNG", size: whole ? [view.getUint32(16), view.getUint32(20)] : null };
  }
  if (starts(bytes, 0, "\xff\xd8\xff")) return { format: "JPEG", size: jpegSize(bytes) };
  if (starts(bytes, 0, "RIFF") && starts(bytes, 8, "WEBP")) {
    return { format: "WebP", size: webpSize(bytes, view) };
  }
  if (isPpm(bytes)) {
    const header = ppmHeader(bytes);
    return { format: "PPM", size: header && [header.width, header.height] };
  }
  // Two letters alone may begin any text: the length that follows them has to be the file's, or none.
  const isBmp = starts(bytes, 0, "BM") && bytes.length >= 26 && view.getUint32(6, true) === 0;
  const format = isBmp ? "BMP" : BEGINNINGS.find(([, at, text]) => starts(bytes, at, text))?.[0];
  return format ? { format, size: null } : null;
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  return Array.from(text, (letter) => letter.charCodeAt(0)).every(
    (code, i) => bytes[at + i] === code,
  );
}

/** Of the first frame. */
function jpegSize(bytes: Uint8Array): readonly [number, number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (!isFrame(marker)) continue;
    return end - start >= 5 ? [view.getUint16(start + 3), view.getUint16(start + 1)] : null;
  }
  return null;
}

/** The three kinds of WebP: lossy, lossless, extended. */
function webpSize(bytes: Uint8Array, view: DataView): readonly [number, number] | null {
  if (bytes.length < 30) return null;
  if (starts(bytes, 12, "VP8 ")) {
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  }
  if (starts(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  }
  if (!starts(bytes, 12, "VP8X")) return null;
  const three = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
  return [three(24), three(27)];
}
