/** Picture files are told by their first bytes, with their size. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageHeader } from "../../src/data/image-header.ts";

const bytes = (text: string, ...rest: number[]) =>
  Uint8Array.from([...Array.from(text, (letter) => letter.charCodeAt(0)), ...rest]);
const zeros = (n: number) => Array.from({ length: n }, () => 0);

const PNG = "\x89PNG\r\n\x1a\n";

describe("the header of a picture file", () => {
  it("is read from a PNG", () => {
    const file = bytes(`${PNG}\0\0\0\x0dIHDR`, 0, 0, 2, 0, 0, 0, 1, 3);
    expect(imageHeader(file)).toEqual({ format: "PNG", size: [512, 259] });
  });

  it("is found in a JPEG behind other segments and fill bytes", () => {
    const app = bytes("\xff\xd8\xff\xe0\0\x06abcd\xff");
    const frame = bytes("\xff\xc2\0\x11\x08", 0, 9, 1, 2, 3, 0, 0);
    expect(imageHeader(Uint8Array.from([...app, ...frame]))).toEqual({
      format: "JPEG",
      size: [258, 9],
    });
  });

  it("is read from all three kinds of WebP", () => {
    const riff = (kind: string) => `RIFF\0\0\0\0WEBP${kind}\0\0\0\0`;
    const lossy = bytes(riff("VP8 "), 0, 0, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xf0, 0);
    expect(imageHeader(lossy)?.size).toEqual([320, 240]);
    const lossless = bytes(riff("VP8L"), 0x2f, 0x3f, 0xc1, 0x3b, 0, ...zeros(6));
    expect(imageHeader(lossless)?.size).toEqual([320, 240]);
    const extended = bytes(riff("VP8X"), 0, 0, 0, 0, 0x3f, 1, 0, 0xef, 0, 0);
    expect(imageHeader(extended)?.size).toEqual([320, 240]);
  });

  it("has no size where it is cut short, and is null for other files", () => {
    expect(imageHeader(bytes(PNG))).toEqual({ format: "PNG", size: null });
    expect(imageHeader(bytes("\xff\xd8\xff\xe0"))).toEqual({ format: "JPEG", size: null });
    expect(imageHeader(bytes("GIF89a"))).toEqual({ format: "GIF", size: null });
    expect(imageHeader(bytes("GIF88a"))).toBeNull();
    expect(imageHeader(new Uint8Array(0))).toBeNull();
  });

  it("never fails on anybody's bytes", () => {
    const start = fc.constantFrom("", PNG, "\xff\xd8\xff", "RIFF\0\0\0\0WEBPVP8L");
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
        imageHeader(bytes(head, ...tail));
      }),
    );
  });
});
