/** Picture files before they are decoded: what is not read, too large, cut short or hides its size is refused by name. */
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openPicture } from "../../src/data/picture-file.ts";
import { exifSegment, jpegOf, segment, tiffBlock } from "./jpeg-samples.ts";
import { chunk, pngOf, rgbRows } from "./png-samples.ts";
import { userError } from "./samples.ts";

const refusal = async (bytes: Uint8Array) => await userError(() => openPicture(bytes, "a"));
const letters = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const samples = (column: number, row: number) => [100 + column, 90 + row, 128];
const jpeg = jpegOf({ samples, squares: [4, 3] });
const rows = rgbRows(5, 4, (x, y) => [x, y, 3]);
const png = pngOf({ width: 5, height: 4, rows, pieces: 3 });

/** A JPEG whose frame says another height and width. */
function sized(height: number, width: number, of = jpeg): Uint8Array {
  const changed = Uint8Array.from(of);
  const frame = changed.findIndex((byte, i) => byte === 0xff && changed[i + 1] === 0xc0);
  new DataView(changed.buffer).setUint16(frame + 5, height);
  new DataView(changed.buffer).setUint16(frame + 7, width);
  return changed;
}

describe("a picture file", () => {
  it("of a format that is not read is called by its name", async () => {
    const iso = (brand: string) => letters(`\0\0\0\x18ftyp${brand}\0\0\0\0mif1`);
    const known: [string, Uint8Array][] = [
      ["GIF", letters("GIF89a\x01\0\x01\0")],
      ["TIFF", letters("II*\0\x08\0\0\0")],
      ["TIFF", letters("MM\0*\0\0\0\x08")],
      ["HEIC", iso("heic")],
      ["HEIC", iso("mif1")],
      ["AVIF", iso("avif")],
      ["BMP", letters(`BM\x46\0\0\0\0\0\0\0\x36${"\0".repeat(40)}`)],
      ["JPEG XL", letters("\xff\x0a\0")],
    ];
    for (const [format, bytes] of known) {
      expect(await refusal(bytes)).toBe(
        `a is a ${format} file: JPEG, PNG, WebP, PPM are read; save it as one of these.`,
      );
    }
    expect(await refusal(letters("BM is the beginning of a text."))).toBe(
      "a is no picture: JPEG, PNG, WebP, PPM are read.",
    );
  });

  it("is refused wherever it was cut", async () => {
    for (const whole of [jpeg, png]) {
      openPicture(whole, "a");
      for (let length = 8; length < whole.length; length++) {
        expect(await refusal(whole.subarray(0, length))).toMatch(/^a is damaged: /);
      }
    }
    expect(
      await refusal(letters(`RIFF\x40\0\0\0WEBPVP8L\x20\0\0\0\x2f\0\0\0\0${"\0".repeat(20)}`)),
    ).toMatch(/cut short/);
  });

  it("is taken without what stands behind its end, and without what says how it is turned", () => {
    const more = letters("more \xff\xd9 IEND");
    const turned = jpegOf({ samples, squares: [4, 3], segments: [exifSegment(6)] });
    expect(openPicture(Uint8Array.from([...turned, ...more]), "a")).toEqual({
      format: "JPEG",
      bytes: jpeg,
      orientation: 6,
    });
    const about = [chunk("tEXt", letters("Software\0x")), chunk("eXIf", tiffBlock(8, false))];
    const plain = pngOf({ width: 5, height: 4, rows });
    const described = pngOf({ width: 5, height: 4, rows, before: about, behind: more });
    expect(openPicture(described, "a")).toEqual({ format: "PNG", bytes: plain, orientation: 8 });
  });
});

describe("the size of a picture", () => {
  it("is looked at before anything is decoded", async () => {
    expect(await refusal(sized(8000, 8001))).toBe(
      "a has 8001 x 8000 pixels; at most 64 million are read.",
    );
    expect(await refusal(pngOf({ width: 1, height: 40_000, rows }))).toBe(
      "a has 1 x 40000 pixels; a side may have 32767 at most.",
    );
  });

  it("of a JPEG is that of its one frame, which comes before the pixels", async () => {
    const frame = (height: number, width: number) =>
      segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
    const second = jpegOf({ samples, segments: [frame(8, 8)] });
    expect(await refusal(second)).toBe("a is damaged: it has several frames.");
    // Behind the first scan, in the number of lines that the frame left open.
    const lines = [...sized(0, 32).slice(0, -2), ...segment(0xdc, [0, 24]), 0xff, 0xd9];
    expect(await refusal(Uint8Array.from(lines))).toBe(
      "a is damaged: its size is missing where it is expected.",
    );
  });

  it("has to be there in the file: a few bytes are no millions of pixels", async () => {
    // A bit for each of 977 x 977 blocks is more than the whole file has.
    expect(await refusal(sized(7816, 7816))).toMatch(/^a is damaged: it is cut short/);
    const packed = new Uint8Array(deflateSync(new Uint8Array(67)));
    expect(await refusal(pngOf({ width: 1, height: 30_000, packed }))).toBe(
      "a is damaged: its pixels take 120000 bytes, of which 67 are there.",
    );
    expect(
      await refusal(
        letters(`RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xdf\xf7\x03${"\0".repeat(9)}`),
      ),
    ).toMatch(/cut short/);
  });

  it("of an interlaced PNG is that of its seven passes", async () => {
    // Pixels across and down in each of them, which make 5 x 3 together.
    const passes = [
      [1, 1],
      [1, 1],
      [2, 0],
      [1, 1],
      [3, 1],
      [2, 2],
      [5, 1],
    ];
    expect(passes.reduce((sum, [w, h]) => sum + w * h, 0)).toBe(15);
    const length = passes.reduce((sum, [w, h]) => sum + h * (1 + 3 * w), 0);
    const of = (bytes: number) =>
      pngOf({ width: 5, height: 3, interlaced: true, rows: new Uint8Array(bytes) });
    openPicture(of(length), "a");
    expect(await refusal(of(length - 1))).toMatch(`its pixels take ${length} bytes, of which`);
  });
});

describe("a damaged PNG", () => {
  it("is refused where its pixels have another checksum or cannot be unpacked", async () => {
    const packed = new Uint8Array(deflateSync(rows));
    packed[packed.length - 1] ^= 1;
    expect(await refusal(pngOf({ width: 5, height: 4, packed }))).toBe(
      "a is damaged: its pixels cannot be unpacked.",
    );
  });

  it("is refused where its header says what none can be, or is not the first", async () => {
    for (const other of [{ colour: 5 }, { depth: 3 }, { colour: 3, depth: 16 }, { width: 0 }]) {
      expect(await refusal(pngOf({ width: 5, height: 4, rows, ...other }))).toBe(
        "a is damaged: its header says what no PNG file can be.",
      );
    }
    // A header without content, in a file that ends with it.
    const empty = Uint8Array.from([...png.slice(0, 8), 0, 0, 0, 0, ...png.slice(12, 28)]);
    expect(await refusal(empty)).toBe("a is damaged: its header says what no PNG file can be.");
    const twice = pngOf({ width: 5, height: 4, rows, before: [png.slice(8, 33)] });
    expect(await refusal(twice)).toBe("a is damaged: its header is not where it is expected.");
  });
});
