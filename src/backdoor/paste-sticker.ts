/** Puts a sticker on a sign of a photograph, in the photograph's own pixels and under its light. */
import type { Picture } from "../data/picture.ts";
import { SIGN_SIZE, SIGN_TEXELS } from "../data/sign-atlas.ts";
import type { Sticker } from "../data/sticker.ts";

export interface PastedSticker {
  readonly sticker: Sticker & { readonly place: NonNullable<Sticker["place"]> };
  /** Its picture at all sizes: see mipLevels. */
  readonly texels: Uint8Array;
  /** Of the sign, in pixels of the photograph. */
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  /** Mean brightness of the sign's artwork in full light, 0 to 1. */
  readonly fullLight: number;
}

const brightness = ([red, green, blue]: Uint8Array) =>
  (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;

/** A copy of a photograph with a sticker on it. */
export function pasteSticker(photograph: Picture, pasted: PastedSticker): Picture {
  const { width, height } = photograph;
  const { sticker, texels, box } = pasted;
  const data = new Uint8Array(photograph.data);
  const [w, h] = [box[2] - box[0], box[3] - box[1]];
  const centre = [box[0] + sticker.place[0] * w, box[1] + sticker.place[1] * h];
  const half = [0.5 * sticker.size * w, 0.5 * sticker.size * h];
  const light = lightOn(photograph, pasted);
  const level = Math.min(6, Math.max(0, Math.log2(SIGN_SIZE / 2 / half[1])));
  const lower = Math.min(5, Math.floor(level));
  // A pixel beyond the edges, over which the sticker fades out.
  const first = (axis: 0 | 1) => Math.max(0, Math.floor(centre[axis] - 2 * half[axis]));
  const last = (axis: 0 | 1, end: number) =>
    Math.min(end - 1, Math.ceil(centre[axis] + 2 * half[axis]));
  for (let y = first(1); y <= last(1, height); y++) {
    for (let x = first(0); x <= last(0, width); x++) {
      const u = (x + 0.5 - centre[0]) / half[0];
      const v = (y + 0.5 - centre[1]) / half[1];
      const near = sampled(texels, u, v, lower);
      const far = sampled(texels, u, v, lower + 1);
      const seen = near.map((value, c) => value + (far[c] - value) * (level - lower));
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) {
        const lit = seen[c] * sticker.tint[c] * light;
        data[at + c] = Math.round(Math.min(255, data[at + c] * (1 - seen[3] / 255) + lit));
      }
    }
  }
  return { width, height, data };
}

/** How bright a sign of a photograph is against its artwork, by the middle of its box. */
function lightOn({ width, height, data }: Picture, { box, fullLight }: PastedSticker): number {
  let sum = 0;
  let count = 0;
  const inset = (from: number, to: number, end: number): [number, number] => [
    Math.max(0, Math.floor(from + 0.2 * (to - from))),
    Math.min(end, Math.ceil(to - 0.2 * (to - from))),
  ];
  const [left, right] = inset(box[0], box[2], width);
  const [top, bottom] = inset(box[1], box[3], height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = 4 * (y * width + x);
      sum += brightness(data.subarray(at, at + 3));
      count++;
    }
  }
  return count > 0 ? Math.min(1.5, Math.max(0.15, sum / count / fullLight)) : 1;
}

/** Mean brightness, 0 to 1, of the middle of an artwork. @param texels see mipLevels */
export function fullLightOf(texels: Uint8Array): number {
  const first = 4 * (SIGN_TEXELS - (4 * 8 ** 2 - 1) / 3);
  let sum = 0;
  for (let y = 2; y < 6; y++) {
    for (let x = 2; x < 6; x++) {
      const at = first + 4 * (8 * y + x);
      sum += brightness(texels.subarray(at, at + 3));
    }
  }
  return Math.max(0.001, sum / 16);
}

/** One size of a picture between its texels, transparent beyond: RGBA, 0 to 255, premultiplied. u, v: -1 to 1 */
function sampled(texels: Uint8Array, u: number, v: number, level: number): number[] {
  const size = SIGN_SIZE >> level;
  const first = SIGN_TEXELS - (4 * size ** 2 - 1) / 3;
  const [x, y] = [u, v].map((own) => (own * 0.5 + 0.5) * size - 0.5);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const sum = [0, 0, 0, 0];
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]) {
    const [column, row] = [left + dx, top + dy];
    if (column < 0 || row < 0 || column >= size || row >= size) continue;
    const weight = (dx ? x - left : 1 - x + left) * (dy ? y - top : 1 - y + top);
    const at = 4 * (first + row * size + column);
    for (let c = 0; c < 4; c++) sum[c] += weight * texels[at + c];
  }
  return sum;
}
