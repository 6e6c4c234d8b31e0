/** Images in other sizes are means of their pixels. */
import { describe, expect, it } from "vitest";
import { resample } from "../../src/data/resample.ts";

describe("an image in another size", () => {
  it("is the same in its own size, and as bright everywhere where it is flat", () => {
    const image = Float32Array.from({ length: 6 * 4 }, (_, i) => (i * 7) % 11);
    expect(resample(image, [6, 4], [6, 4])).toEqual(image);
    for (const size of [
      [5, 7],
      [3, 2],
      [1, 1],
      [41, 29],
    ] as const) {
      const flat = resample(new Float32Array(36 * 25).fill(200), [36, 25], size);
      expect(flat).toHaveLength(size[0] * size[1]);
      for (const value of flat) expect(value).toBeCloseTo(200, 3);
    }
  });

  it("has of a half the mean of four pixels, those in the middle three times as much", () => {
    // Weights 1, 3, 3, 1 of 8; at the ends what is beyond is left out: 3, 3, 1 of 7.
    const half = resample(Float32Array.of(7, 14, 28, 56, 0, 8), [6, 1], [3, 1]);
    [(21 + 42 + 28) / 7, (14 + 84 + 168 + 0) / 8, (56 + 0 + 24) / 7].forEach((value, i) =>
      expect(half[i]).toBeCloseTo(value, 4),
    );
  });
});
