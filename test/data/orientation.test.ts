/** Exif orientations: read from the block that cameras write, and pixels turned by all eight of them. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orientationIn, upright, type Orientation } from "../../src/data/orientation.ts";
import { decodePicture } from "../../src/node/pictures.ts";
import { exifSegment, jpegOf, tiffBlock } from "./jpeg-samples.ts";

const all: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** A photograph, red in its upper left quarter as stored. */
const photo = (orientation: number) =>
  jpegOf({
    squares: [8, 4],
    samples: (column, row) => (column < 4 && row < 2 ? [220, 0, 0] : [0, 0, 220]),
    adobe: 0,
    segments: [exifSegment(orientation)],
  });

describe("the orientation of a photograph", () => {
  it("is read in both byte orders, and is upright where there is none that exists", () => {
    for (const little of [true, false]) {
      expect(all.map((one) => orientationIn(tiffBlock(one, little)))).toEqual(all);
    }
    expect(orientationIn(tiffBlock(0))).toBe(1);
    expect(orientationIn(tiffBlock(9))).toBe(1);
    // A long number is none of the two bytes that the tag has.
    expect(orientationIn(tiffBlock(6, true, 4))).toBe(1);
  });

  it("never fails on anybody's bytes", () => {
    const whole = tiffBlock(6);
    fc.assert(
      fc.property(fc.nat(40), fc.nat(37), fc.nat(255), (length, at, value) => {
        const bytes = whole.slice(0, length);
        bytes[at] = value;
        orientationIn(bytes);
      }),
    );
  });

  it("turns and mirrors the pixels, each of the eight in its way", () => {
    // The letters as they are to be seen, and as each orientation stores them.
    const seen = ["abc", "def"];
    const stored: Record<Orientation, string[]> = {
      1: ["abc", "def"],
      2: ["cba", "fed"],
      3: ["fed", "cba"],
      4: ["def", "abc"],
      5: ["ad", "be", "cf"],
      6: ["cf", "be", "ad"],
      7: ["fc", "eb", "da"],
      8: ["da", "eb", "fc"],
    };
    for (const one of all) {
      const rows = stored[one];
      const data = Uint8Array.from(rows.join(""), (letter) => letter.charCodeAt(0));
      const {
        width,
        height,
        data: turned,
      } = upright({ width: rows[0].length, height: rows.length, data: quadrupled(data) }, one);
      expect([width, height]).toEqual([3, 2]);
      const letters = String.fromCharCode(...turned.filter((_, i) => i % 4 === 0));
      expect([letters.slice(0, 3), letters.slice(3)]).toEqual(seen);
    }
  });

  it("is followed when a file is decoded", async () => {
    const corners = async (orientation: number) => {
      const { width, height, data } = await decodePicture(photo(orientation), "a.jpg");
      const redAt = (x: number, y: number) => data[4 * (y * width + x)] > 128;
      const right = width - 5;
      const bottom = height - 5;
      const red = [redAt(5, 5), redAt(right, 5), redAt(5, bottom), redAt(right, bottom)];
      return `${width} x ${height}: ${["upper left", "upper right", "lower left", "lower right"].find((_, i) => red[i])}`;
    };
    expect(await Promise.all(all.map(corners))).toEqual([
      "64 x 32: upper left",
      "64 x 32: upper right",
      "64 x 32: lower right",
      "64 x 32: lower left",
      "32 x 64: upper left",
      "32 x 64: upper right",
      "32 x 64: lower right",
      "32 x 64: lower left",
    ]);
  });
});

function quadrupled(data: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 4 * data.length }, (_, i) => data[i >> 2]);
}
