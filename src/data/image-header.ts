/** What the first bytes of a picture file say: its format and its size, before anything decodes it. */
import { isPpm, ppmHeader } from "./ppm.ts";

export interface ImageHeader {
  readonly format: "PNG" | "JPEG" | "WebP" | "PPM";
  /** In pixels; null where a header is damaged. */
  readonly size: readonly [width: number, height: number] | null;
}

/** Recognises a PNG, JPEG, WebP or binary PPM file by its content; null for anything else. */
export function imageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (starts(bytes, 0, "\x89PNG\r\n\x1a\n")) {
    const whole = bytes.length >= 24 && starts(bytes, 12, "IHDR");
    return { format: "PNG", size: whole ? [view.getUint32(16), view.getUint32(20)] : null };
  }
  if (starts(bytes, 0, "\xff\xd8\xff")) return { format: "JPEG", size: jpegSize(view) };
  if (starts(bytes, 0, "RIFF") && starts(bytes, 8, "WEBP")) {
    return { format: "WebP", size: webpSize(bytes, view) };
  }
  if (isPpm(bytes)) {
    const header = ppmHeader(bytes);
    return { format: "PPM", size: header && [header.width, header.height] };
  }
  return null;
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  return Array.from(text, (letter) => letter.charCodeAt(0)).every(
    (code, i) => bytes[at + i] === code,
  );
}

/** Walks the segments to the start of frame, which holds the size. */
function jpegSize(view: DataView): readonly [number, number] | null {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    // C4, C8 and CC lie among the frames' markers and are none.
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    // A fill byte stands alone; every other marker here has a length.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
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
