/** PPM files: read with any header that the format allows, and refused where something is missing. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageHeader } from "../../src/data/image-header.ts";
import { decodePpm } from "../../src/data/ppm.ts";
import { decodePicture as onThePage } from "../../src/studies/signs/decode-picture.ts";
import { decodePicture } from "../../src/node/pictures.ts";
import { onlyUserErrors, userError } from "./samples.ts";

const ppm = (header: string, ...pixels: number[]) =>
  Uint8Array.from([...new TextEncoder().encode(header), ...pixels]);
const two = [10, 20, 30, 35, 10, 32];

describe("a PPM file", () => {
  it("is told by its first bytes, and decoded to RGBA", async () => {
    const file = ppm("P6\n2 1\n255\n", ...two);
    expect(imageHeader(file)).toEqual({ format: "PPM", size: [2, 1] });
    expect(await decodePicture(file, "00000.ppm")).toEqual({
      width: 2,
      height: 1,
      data: Uint8Array.from([10, 20, 30, 255, 35, 10, 32, 255]),
    });
  });

  it("is decoded on the page as well, where no browser can", async () => {
    const { width, data } = await onThePage(ppm("P6 2 1 255\n", ...two), "a.ppm");
    expect([width, ...data]).toEqual([2, 10, 20, 30, 255, 35, 10, 32, 255]);
  });

  it("may have comments, spaces of any kind, and more after its pixels", () => {
    for (const header of ["P6 # by hand 3 3\n# 9\n 2\t1 #x\r\n255 ", "P6#\n2\r\n1\n\n255\r"]) {
      expect([...decodePpm(ppm(header, ...two, 7, 7), "a.ppm").data]).toEqual([
        10, 20, 30, 255, 35, 10, 32, 255,
      ]);
    }
  });

  it("is refused where it is cut short, damaged, too large or of another depth", async () => {
    const message = async (file: Uint8Array) =>
      await userError(async () => await decodePicture(file, "a.ppm"));
    expect(await message(ppm("P6 2 1 255\n", ...two.slice(1)))).toBe(
      "a.ppm is cut short: 2 x 1 pixels take 6 bytes, it has 5.",
    );
    expect(await message(ppm("P6 2 1"))).toMatch(/a\.ppm is damaged: "P6", width, height/);
    expect(await message(ppm("P6 0 1 255\n"))).toMatch(/a\.ppm is damaged/);
    expect(await message(ppm("P6 2 1 65535\n", ...two, ...two))).toMatch(
      /has 65535 for full brightness; .* save it with 8 bits a colour/,
    );
    expect(await message(ppm("P6 20000 20000 255\n"))).toMatch(/20000 x 20000 pixels; at most 64/);
    expect(await message(ppm("P3 2 1 255\n1 2 3"))).toMatch(
      /is no picture: JPEG, PNG, WebP, PPM are read/,
    );
  });

  it("gives a picture or says what is wrong, whatever the bytes", async () => {
    const start = fc.constantFrom("P6 ", "P6 2 2 255\n", "P6#", "P6\n9 9");
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 40 }), async (head, tail) => {
        await onlyUserErrors(async () => await decodePicture(ppm(head, ...tail), "a.ppm"));
      }),
    );
  });
});
