/** A reader's own picture as a sticker: fitted into the square that stickers are kept in. */
import type { Picture } from "../data/picture.ts";
import { SIGN_SIZE } from "../data/sign-atlas.ts";

/**
 * Fits a picture into the middle of a transparent square, each pixel the mean of what it covers; small ones are
 * enlarged.
 * @returns [64, 64, 4] RGBA, alpha not multiplied in
 */
export function squareSticker({ width, height, data }: Picture): Uint8Array<ArrayBuffer> {
  const scale = Math.max(width, height) / SIGN_SIZE;
  const left = (SIGN_SIZE - width / scale) / 2;
  const top = (SIGN_SIZE - height / scale) / 2;
  const square = new Uint8Array(4 * SIGN_SIZE ** 2);
  const range = (from: number, side: number): [number, number] => {
    if (from <= -1 || from * scale >= side) return [0, 0];
    const first = Math.max(0, Math.floor(from * scale));
    return [first, Math.min(side, Math.max(first + 1, Math.ceil((from + 1) * scale)))];
  };
  for (let y = 0; y < SIGN_SIZE; y++) {
    for (let x = 0; x < SIGN_SIZE; x++) {
      const [x1, x2] = range(x - left, width);
      const [y1, y2] = range(y - top, height);
      const sums = [0, 0, 0, 0];
      for (let row = y1; row < y2; row++) {
        for (let column = x1; column < x2; column++) {
          const at = 4 * (row * width + column);
          for (let c = 0; c < 3; c++) sums[c] += data[at + c] * data[at + 3];
          sums[3] += data[at + 3];
        }
      }
      if (sums[3] === 0) continue;
      const at = 4 * (y * SIGN_SIZE + x);
      for (let c = 0; c < 3; c++) square[at + c] = Math.round(sums[c] / sums[3]);
      square[at + 3] = Math.round(sums[3] / ((x2 - x1) * (y2 - y1)));
    }
  }
  return square;
}

/** A picture as recipes hold it, as base64; null where nothing of it can be seen. @param square [64, 64, 4] */
export function stickerText(square: Uint8Array): string | null {
  const seen = square.some((value, i) => i % 4 === 3 && value > 0);
  return seen ? btoa(String.fromCharCode(...square)) : null;
}

/** The picture of a recipe. @returns [64, 64, 4] RGBA, alpha not multiplied in */
export const stickerSquare = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
