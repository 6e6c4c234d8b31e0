/** Pictures, reduced. */
import { describe, expect, it } from "vitest";
import { fitInto } from "../../src/data/picture.ts";
import { picture } from "./pictures.ts";

describe("pictures", () => {
  it("are reduced to means of whole pixels, and never enlarged", () => {
    const small = fitInto(
      picture(8, 4, (x, y) => 10 * x + y),
      4,
    );
    expect([small.width, small.height]).toEqual([4, 2]);
    // Pixels 0, 1 of rows 0, 1: (0 + 10 + 1 + 11) / 4.
    expect(small.data[0]).toBe(Math.round(5.5));
    const same = picture(3, 3, () => 7);
    expect(fitInto(same, 10)).toBe(same);
  });
});
