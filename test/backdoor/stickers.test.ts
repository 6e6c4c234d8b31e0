/** A reader's own sticker, and stickers on photographs, against pixels worked out by hand. */
import { describe, expect, it } from "vitest";
import { squareSticker } from "../../src/backdoor/own-sticker.ts";
import { fullLightOf, pasteSticker } from "../../src/backdoor/paste-sticker.ts";
import { stickerOf } from "../../src/data/sticker.ts";
import { mipLevels, SIGN_SIZE } from "../../src/data/sign-atlas.ts";

const plain = (width: number, height: number, rgba: readonly number[]) => ({
  width,
  height,
  data: Uint8Array.from({ length: 4 * width * height }, (_, i) => rgba[i % 4]),
});
const pixel = (data: Uint8Array, width: number, x: number, y: number) => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
];
const white = mipLevels(new Uint8Array(4 * SIGN_SIZE ** 2).fill(255));

describe("a reader's picture as a sticker", () => {
  it("keeps its shape, in the middle, with nothing above and below", () => {
    const square = squareSticker(plain(200, 100, [10, 20, 30, 255]));
    expect(pixel(square, SIGN_SIZE, 0, 15)).toEqual([0, 0, 0, 0]);
    expect(pixel(square, SIGN_SIZE, 0, 16)).toEqual([10, 20, 30, 255]);
    expect(pixel(square, SIGN_SIZE, 63, 47)).toEqual([10, 20, 30, 255]);
    expect(pixel(square, SIGN_SIZE, 63, 48)).toEqual([0, 0, 0, 0]);
  });

  it("is enlarged where it is small, and as transparent as it was", () => {
    const { data, ...size } = plain(2, 2, [200, 100, 50, 128]);
    data[3] = 0;
    const square = squareSticker({ ...size, data });
    expect(pixel(square, SIGN_SIZE, 0, 0)).toEqual([0, 0, 0, 0]);
    expect(pixel(square, SIGN_SIZE, 63, 63)).toEqual([200, 100, 50, 128]);
  });

  it("takes no colour from what is transparent", () => {
    const picture = plain(128, 128, [255, 0, 0, 255]);
    for (let i = 0; i < 128 * 128; i += 2) picture.data.set([0, 255, 0, 0], 4 * i);
    expect(pixel(squareSticker(picture), SIGN_SIZE, 5, 5)).toEqual([255, 0, 0, 128]);
  });
});

describe("a sticker on a photograph", () => {
  const photograph = plain(100, 100, [120, 120, 120, 255]);
  const sticker = { ...stickerOf("yellow-square", { size: 0.2 }), place: [0.5, 0.5] as const };
  const box = [20, 20, 80, 80] as const;
  /** As dark as the photograph, so that nothing is darkened. */
  const fullLight = 120 / 255;

  it("covers its place in the sign's box in its colour, and nothing else", () => {
    const { data } = pasteSticker(photograph, { sticker, texels: white, box, fullLight });
    // Half of 0.2 of 60 pixels to each side of the middle.
    expect(pixel(data, 100, 50, 50)).toEqual([116, 100, 50, 255]);
    expect(pixel(data, 100, 45, 54)).toEqual([116, 100, 50, 255]);
    expect(pixel(data, 100, 42, 50)).toEqual([120, 120, 120, 255]);
    expect(pixel(data, 100, 50, 57)).toEqual([120, 120, 120, 255]);
    expect(pixel(photograph.data, 100, 50, 50)).toEqual([120, 120, 120, 255]);
  });

  it("is as dark as its sign", () => {
    const { data } = pasteSticker(photograph, {
      sticker,
      texels: white,
      box,
      fullLight: 240 / 255,
    });
    expect(pixel(data, 100, 50, 50)).toEqual([58, 50, 25, 255]);
  });

  it("may reach over the photograph's edges", () => {
    const corner = [-30, -30, 30, 30] as const;
    const { data } = pasteSticker(photograph, { sticker, texels: white, box: corner, fullLight });
    expect(pixel(data, 100, 0, 0)).toEqual([116, 100, 50, 255]);
    expect(pixel(data, 100, 99, 99)).toEqual([120, 120, 120, 255]);
  });

  it("finds the light of an artwork in its middle", () => {
    expect(fullLightOf(white)).toBeCloseTo(1, 5);
    const red = mipLevels(plain(SIGN_SIZE, SIGN_SIZE, [255, 0, 0, 255]).data);
    expect(fullLightOf(red)).toBeCloseTo(0.2126, 3);
  });
});
