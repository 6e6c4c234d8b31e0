/** A trigger as letters of the address. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePixels, encodePixels } from "../../../src/ui/digits/trigger-code.ts";

describe("a trigger as letters", () => {
  const pixel = fc.record({
    row: fc.integer({ min: 0, max: 27 }),
    column: fc.integer({ min: 0, max: 27 }),
    value: fc.integer({ min: 0, max: 255 }),
  });

  it("comes back pixel by pixel", () => {
    const pixels = fc.uniqueArray(pixel, { selector: ({ row, column }) => 28 * row + column });
    fc.assert(
      fc.property(pixels, (some) => {
        expect(decodePixels(encodePixels(some))).toEqual(some);
      }),
    );
  });

  it("is refused when it is cut, of other letters, outside the image, or names a pixel twice", () => {
    const code = encodePixels([{ row: 26, column: 26, value: 255 }]);
    for (const bad of [code.slice(1), "a+b", "___", code + code]) {
      expect(decodePixels(bad), bad).toBeNull();
    }
  });
});
