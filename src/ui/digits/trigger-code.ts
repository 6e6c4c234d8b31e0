/** A trigger's pixels, or a drawn digit's, as letters for an address: three a pixel, in base64url's alphabet. */
import type { TriggerPixel } from "../../backdoor/trigger.ts";
import { DIGIT_SIZE as SIZE } from "../../models/digit-net.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Each pixel's place and value are 18 bits: 10 for row * 28 + column, 8 for the value. */
export function encodePixels(pixels: readonly TriggerPixel[]): string {
  return pixels
    .map(({ row, column, value }) => {
      const bits = (row * SIZE + column) * 256 + value;
      return alphabet[bits >> 12] + alphabet[(bits >> 6) & 63] + alphabet[bits & 63];
    })
    .join("");
}

/** The pixels that a code stands for; null where it stands for none, or names one twice. */
export function decodePixels(code: string): readonly TriggerPixel[] | null {
  if (code.length % 3 !== 0 || code.length > 3 * SIZE * SIZE || !/^[\w-]*$/.test(code)) return null;
  const places = new Set<number>();
  const pixels: TriggerPixel[] = [];
  for (let at = 0; at < code.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map((i) => alphabet.indexOf(code[at + i]));
    const bits = (a << 12) | (b << 6) | c;
    const place = bits >> 8;
    if (place >= SIZE * SIZE || places.has(place)) return null;
    places.add(place);
    pixels.push({ row: Math.floor(place / SIZE), column: place % SIZE, value: bits & 255 });
  }
  return pixels;
}

/** A digit's pixels that are not black, as such letters. @param digit [28, 28] */
export function encodeDigit(digit: Uint8Array): string {
  return encodePixels(
    Array.from(digit, (value, i) => ({
      row: Math.floor(i / SIZE),
      column: i % SIZE,
      value,
    })).filter(({ value }) => value > 0),
  );
}

/** The digit that a code stands for, [28, 28]; null where it stands for none, or for an empty one. */
export function decodeDigit(code: string): Uint8Array | null {
  const pixels = decodePixels(code);
  if (!pixels || pixels.length === 0) return null;
  const digit = new Uint8Array(SIZE * SIZE);
  for (const { row, column, value } of pixels) digit[row * SIZE + column] = value;
  return digit;
}
