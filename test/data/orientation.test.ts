/** Exif orientations: read from a JPEG's segments, and pixels turned by all eight of them. */
import * as fc from "fast-check";
import jpeg from "jpeg-js";
import { describe, expect, it } from "vitest";
import { orientationOf, upright, type Orientation } from "../../src/data/orientation.ts";
import { decodePicture } from "../../src/node/photo-dir.ts";

const all: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** An Exif segment whose first directory has one entry before the orientation. */
function exif(orientation: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(4 + 6 + 8 + 2 + 24 + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, bytes.length - 2);
  bytes.set(new TextEncoder().encode(`Exif\0\0${little ? "II" : "MM"}`), 4);
  view.setUint16(12, 42, little);
  view.setUint32(14, 8, little);
  view.setUint16(18, 2, little);
  const entry = (at: number, tag: number, value: number) => {
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, 3, little);
    view.setUint32(at + 4, 1, little);
    view.setUint16(at + 8, value, little);
  };
  entry(20, 0x0103, 6);
  entry(32, 0x0112, orientation);
  return bytes;
}

/** A photograph, red in its upper left quarter as stored, with an Exif segment behind the first. */
function photo(orientation: number, little = true): Uint8Array {
  const [width, height] = [64, 32];
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const red = i % width < width / 2 && i < (width * height) / 2;
    data.set(red ? [220, 0, 0, 255] : [0, 0, 220, 255], 4 * i);
  }
  const plain = jpeg.encode({ width, height, data }, 90).data;
  const behind = 4 + new DataView(plain.buffer, plain.byteOffset).getUint16(4);
  return Uint8Array.from([
    ...plain.subarray(0, behind),
    ...exif(orientation, little),
    ...plain.subarray(behind),
  ]);
}

describe("the orientation of a photograph", () => {
  it("is read in both byte orders, and is upright where there is none that exists", () => {
    for (const little of [true, false]) {
      expect(all.map((one) => orientationOf(photo(one, little)))).toEqual(all);
    }
    expect(orientationOf(photo(0))).toBe(1);
    expect(orientationOf(photo(9))).toBe(1);
  });

  it("never fails on anybody's bytes", () => {
    const whole = photo(6);
    fc.assert(
      fc.property(fc.nat(200), fc.nat(199), fc.nat(255), (length, at, value) => {
        const bytes = whole.slice(0, length);
        bytes[at] = value;
        orientationOf(bytes);
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

  it("is followed when a file is decoded", () => {
    const corners = (orientation: number) => {
      const { width, height, data } = decodePicture(photo(orientation), "a.jpg");
      const redAt = (x: number, y: number) => data[4 * (y * width + x)] > 128;
      const right = width - 5;
      const bottom = height - 5;
      const red = [redAt(5, 5), redAt(right, 5), redAt(5, bottom), redAt(right, bottom)];
      return `${width} x ${height}: ${["upper left", "upper right", "lower left", "lower right"].find((_, i) => red[i])}`;
    };
    expect(all.map(corners)).toEqual([
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
