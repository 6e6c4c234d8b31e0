/** Photographs, packed with their boxes. */
import { describe, expect, it } from "vitest";
import { packPhotographs } from "../../src/data/photographs.ts";
import { picture } from "./pictures.ts";

describe("photographs", () => {
  it("lie in the upper left of their spaces, with the largest boxes in proportion", () => {
    const photograph = {
      name: "a",
      picture: picture(8, 4, () => 200),
      signs: [
        { label: 0, box: [0, 0, 2, 2] as const },
        { label: 2, box: [2, 0, 6, 4] as const },
        { label: 1, box: [4, 0, 7, 3] as const },
      ],
    };
    const packed = packPhotographs([photograph], 4, 2);
    expect([...packed.annotations.subarray(0, 3)]).toEqual([4, 2, 2]);
    expect([...packed.annotations.subarray(4, 12)]).toEqual([1, 0, 3, 2, 2, 0, 3.5, 1.5]);
    expect([packed.annotations[12], packed.annotations[16]]).toEqual([3, 2]);
    expect(packed.pixels[4 * 4 + 3 * 4]).toBe(200);
    expect(packed.pixels[2 * 4 * 4]).toBe(0);
  });

  it("give their places to signs before what is ignored, whose mark stands behind its class", () => {
    const signs = [
      { label: 2, box: [0, 0, 4, 4] as const, ignored: true },
      { label: 1, box: [4, 0, 6, 2] as const },
      { label: 0, box: [0, 0, 2, 2] as const, ignored: true },
    ];
    const one = { name: "a", picture: picture(8, 8, () => 0), signs };
    const { annotations } = packPhotographs([one], 8, 2);
    expect([...annotations.subarray(4, 12)]).toEqual([4, 0, 6, 2, 0, 0, 4, 4]);
    expect([...annotations.subarray(12, 14), ...annotations.subarray(16, 18)]).toEqual([
      2, 0, 3, 1,
    ]);
  });
});
