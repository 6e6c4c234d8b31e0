/** Pictures decoded in Node: colours, orientation and size as worked out by hand, and as Chromium has them. */
import { deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Picture } from "../../src/data/picture.ts";
import { launchChromium } from "../../src/node/packaged-browser.ts";
import { decodePicture, encodePng } from "../../src/node/pictures.ts";
import { exifSegment, jpegOf, tiffBlock } from "../data/jpeg-samples.ts";
import { chunk, pngOf, rgbRows } from "../data/png-samples.ts";

/** Colours of four squares, those that a wrong transform changes most among them. */
const colours = [
  [220, 30, 30],
  [20, 90, 200],
  [250, 240, 10],
  [128, 128, 128],
] as const;
const squareOf = (column: number, row: number) => colours[2 * row + column];

/** JFIF's matrix, and what it comes from. */
const toYcc = ([r, g, b]: readonly number[]) => [
  Math.round(0.299 * r + 0.587 * g + 0.114 * b),
  Math.round(-0.168736 * r - 0.331264 * g + 0.5 * b + 128),
  Math.round(0.5 * r - 0.418688 * g - 0.081312 * b + 128),
];
const ycc = (column: number, row: number) => toYcc(squareOf(column, row));

/** Red, green and blue in the middle of each square of 8 x 8. */
const middles = ({ width, height, data }: Picture) =>
  Array.from({ length: (width * height) / 64 }, (_, i) => {
    const [x, y] = [8 * (i % (width / 8)) + 4, 8 * Math.floor(i / (width / 8)) + 4];
    return [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  });

function expectColours(picture: Picture, expected: readonly (readonly number[])[], within: number) {
  const found = middles(picture);
  expect(found).toHaveLength(expected.length);
  found.flat().forEach((value, i) => {
    expect(Math.abs(value - expected.flat()[i]), `sample ${i}`).toBeLessThanOrEqual(within);
  });
}

const rgbIds = [0x52, 0x47, 0x42];
/** Without and with the inversion that Adobe's programs write, ink is what is missing of 255. */
const inked = (column: number, row: number) => [...squareOf(column, row), 200];
const yccInked = (column: number, row: number) => [
  ...toYcc(squareOf(column, row).map((value) => 255 - value)),
  200,
];
const underBlack = colours.map((one) => one.map((value) => (value * 200) / 255));

/** Each kind of JPEG with how far its colours may be rounded: its own transform's, or none. */
const jpegs: Readonly<
  Record<string, readonly [Uint8Array, readonly (readonly number[])[], number]>
> = {
  "YCbCr by JFIF": [jpegOf({ samples: ycc, jfif: true }), colours, 2],
  "YCbCr by Adobe": [jpegOf({ samples: ycc, adobe: 1 }), colours, 2],
  "YCbCr without a word": [jpegOf({ samples: ycc }), colours, 2],
  "RGB by Adobe": [jpegOf({ samples: squareOf, adobe: 0 }), colours, 0],
  "RGB by its identifiers": [jpegOf({ samples: squareOf, ids: rgbIds }), colours, 0],
  "RGB by its identifiers, progressive": [
    jpegOf({ samples: squareOf, ids: rgbIds, progressive: true }),
    colours,
    0,
  ],
  "RGB by Adobe, a scan for each": [
    jpegOf({ samples: squareOf, adobe: 0, apart: true }),
    colours,
    0,
  ],
  "JFIF before identifiers": [jpegOf({ samples: ycc, ids: rgbIds, jfif: true }), colours, 2],
  grey: [
    jpegOf({ samples: (column, row) => [60 * (2 * row + column)] }),
    [0, 60, 120, 180].map((v) => [v, v, v]),
    0,
  ],
  "CMYK by Adobe": [jpegOf({ samples: inked, adobe: 0 }), underBlack, 1],
  "CMYK without a word": [jpegOf({ samples: inked }), underBlack, 1],
  "YCCK by Adobe": [jpegOf({ samples: yccInked, adobe: 2 }), underBlack, 3],
};

const shade = (x: number, y: number) => [8 * x, 16 * y, 100];
const plainPng = { width: 16, height: 8, rows: rgbRows(16, 8, shade) };
const behind = (text: string | Uint8Array) =>
  pngOf({ ...plainPng, behind: typeof text === "string" ? Buffer.from(text) : text });

/** Pictures that are read, of every kind: what Node makes of them has to be what Chromium does. */
const samples: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(Object.entries(jpegs).map(([name, [bytes]]) => [name, bytes])),
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8].flatMap((one) => [
      [`JPEG turned ${one}`, jpegOf({ samples: ycc, segments: [exifSegment(one, one % 2 === 0)] })],
      [
        `PNG turned ${one}`,
        pngOf({ ...plainPng, before: [chunk("eXIf", tiffBlock(one, one % 2 === 0))] }),
      ],
    ]),
  ),
  "PNG turned as nothing is": pngOf({ ...plainPng, before: [chunk("eXIf", tiffBlock(9))] }),
  "PNG turned behind its pixels": pngOf({ ...plainPng, after: [chunk("eXIf", tiffBlock(6))] }),
  "PNG with zeros behind": behind(new Uint8Array(600)),
  "PNG with text behind": behind("more"),
  "PNG with another behind": behind(pngOf(plainPng)),
  "PNG in pieces": pngOf({ ...plainPng, pieces: 7 }),
  "PNG with gamma": pngOf({ ...plainPng, before: [chunk("gAMA", [0, 1, 0x86, 0xa0])] }),
  "PNG with a palette": pngOf({
    width: 8,
    height: 1,
    colour: 3,
    depth: 1,
    rows: Uint8Array.of(0, 0b10110010),
    before: [chunk("PLTE", [220, 30, 30, 20, 90, 200]), chunk("tRNS", [255, 128])],
  }),
  "PNG of 16 bits": pngOf({
    width: 2,
    height: 1,
    depth: 16,
    rows: Uint8Array.of(0, 200, 7, 100, 9, 50, 255, 1, 2, 3, 4, 5, 6),
  }),
  "PNG with alpha": pngOf({
    width: 4,
    height: 1,
    colour: 6,
    rows: Uint8Array.of(0, 200, 100, 50, 128, 10, 20, 30, 0, 255, 0, 255, 7, 9, 8, 7, 255),
  }),
  "grey PNG with alpha, interlaced": pngOf({
    width: 1,
    height: 1,
    colour: 4,
    interlaced: true,
    rows: Uint8Array.of(0, 77, 255),
  }),
  "PNG with filters": pngOf({
    width: 3,
    height: 2,
    packed: deflateSync(
      Uint8Array.of(1, 10, 20, 30, 5, 5, 5, 250, 1, 2, 4, 3, 2, 1, 0, 255, 9, 8, 7, 6),
    ),
  }),
};

describe("a JPEG", () => {
  it("is decoded up to 64 million pixels", async () => {
    const [width, height] = [8000, 7900];
    const { data } = jpeg.encode({ width, height, data: new Uint8Array(4 * width * height) }, 50);
    const picture = await decodePicture(new Uint8Array(data), "large.jpg");
    expect([picture.width, picture.height]).toEqual([width, height]);
  });

  it.each(Object.keys(jpegs))("has the colours that its components stand for: %s", async (name) => {
    const [bytes, expected, within] = jpegs[name];
    expectColours(await decodePicture(bytes, name), expected, within);
  });
});

describe("a PNG", () => {
  it("is turned as its eXIf chunk says", async () => {
    const bytes = pngOf({ ...plainPng, before: [chunk("eXIf", tiffBlock(6))] });
    const { width, height, data } = await decodePicture(bytes, "a.png");
    expect([width, height]).toEqual([8, 16]);
    // A quarter turn clockwise: what is seen at the upper right is stored at the upper left.
    expect([...data.subarray(4 * 7, 4 * 7 + 3)]).toEqual(shade(0, 0));
    expect([...data.subarray(0, 3)]).toEqual(shade(0, 7));
  });

  it("is read whatever stands behind its end", async () => {
    const expected = await decodePicture(pngOf(plainPng), "a.png");
    expect([...expected.data.subarray(4 * 17, 4 * 17 + 4)]).toEqual([...shade(1, 1), 255]);
    for (const tail of ["\0\0\0", "more", pngOf(plainPng)]) {
      expect(await decodePicture(behind(tail), "a.png")).toEqual(expected);
    }
  });

  it("is written as it is read", async () => {
    const picture = await decodePicture(pngOf(plainPng), "a.png");
    expect(await decodePicture(await encodePng(picture), "b.png")).toEqual(picture);
  });
});

describe("Node and Chromium", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(async () => await browser?.close());

  /** Drawn onto a canvas with nothing else on it, as the page does. */
  const inChromium = async (bytes: Uint8Array): Promise<Picture | string> =>
    (await page.evaluate(
      async (values) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(values)])).catch(String);
        if (typeof bitmap === "string") return bitmap;
        const { width, height } = bitmap;
        const context = new OffscreenCanvas(width, height).getContext("2d")!;
        context.drawImage(bitmap, 0, 0);
        return { width, height, data: [...context.getImageData(0, 0, width, height).data] };
      },
      [...bytes],
    )) as Picture | string;

  it.each(Object.keys(samples))("see the same: %s", async (name) => {
    const theirs = await inChromium(samples[name]);
    if (typeof theirs === "string") throw new Error(theirs);
    const ours = await decodePicture(samples[name], name);
    expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
    const apart = [...ours.data].map((value, i) => Math.abs(value - theirs.data[i]));
    expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  });

  it("see the same: WebP, as it is stored", async () => {
    const plain = await page.evaluate(async () => {
      const context = new OffscreenCanvas(24, 16).getContext("2d")!;
      context.fillStyle = "rgb(200 60 20)";
      context.fillRect(0, 0, 24, 16);
      context.fillStyle = "rgb(20 90 220)";
      context.fillRect(0, 0, 12, 8);
      const blob = await context.canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    });
    const part = (kind: string, content: ArrayLike<number>) => {
      const head = Buffer.from(`${kind}\0\0\0\0`, "latin1");
      head.writeUInt32LE(content.length, 4);
      return Buffer.concat([head, Uint8Array.from(content), Buffer.alloc(content.length % 2)]);
    };
    // The same pixels with the block that cameras write behind them.
    const extended = part("VP8X", [8, 0, 0, 0, 23, 0, 0, 15, 0, 0]);
    const pixels = Buffer.from(plain).subarray(Buffer.from(plain).indexOf("VP8 "));
    const parts = [extended, pixels, part("EXIF", tiffBlock(6))];
    const turned = part("RIFF", Buffer.concat([Buffer.from("WEBP"), ...parts]));
    for (const bytes of [Uint8Array.from(plain), new Uint8Array(turned)]) {
      const ours = await decodePicture(bytes, "a.webp");
      const theirs = (await inChromium(bytes)) as Picture;
      expect([ours.width, ours.height, theirs.width, theirs.height]).toEqual([24, 16, 24, 16]);
      const apart = [...ours.data].map((value, k) => Math.abs(value - theirs.data[k]));
      expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    }
  });
});
