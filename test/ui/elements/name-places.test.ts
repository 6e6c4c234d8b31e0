/** Names of boxes stay within the picture and off each other. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Box } from "../../../src/training/detection.ts";
import { placeNames, type Corner, type Size } from "../../../src/ui/elements/name-places.ts";

const PICTURE = { width: 200, height: 100 };
const NAME = { width: 60, height: 16 };
const place = (...boxes: Box[]) =>
  placeNames(
    boxes,
    boxes.map(() => NAME),
    PICTURE,
  );

describe("the place of a name", () => {
  it("is above its box, flush left", () => {
    expect(place([20, 30, 100, 80])).toEqual([{ left: 20, top: 14 }]);
  });

  it("is below it where there is no room above", () => {
    expect(place([20, 10, 100, 60])).toEqual([{ left: 20, top: 60 }]);
  });

  it("is inside a box that leaves room neither above nor below", () => {
    expect(place([20, 5, 100, 95])).toEqual([{ left: 20, top: 5 }]);
  });

  it("is moved into the picture at its right edge", () => {
    expect(place([180, 30, 198, 80])).toEqual([{ left: 140, top: 14 }]);
  });

  it("avoids the name of a neighbour", () => {
    const [first, second] = place([20, 40, 45, 70], [50, 40, 75, 70]);
    expect(first).toEqual({ left: 20, top: 24 });
    // Flush left it would lie on the first one, flush right as well: below.
    expect(second).toEqual({ left: 50, top: 70 });
  });

  it("avoids another box, where that costs nothing else", () => {
    const [name] = place([20, 40, 90, 60], [0, 10, 60, 38]);
    // Above and flush left it would lie on the other box; flush right it does so less, below not.
    expect(name).toEqual({ left: 20, top: 60 });
  });

  it("is never outside a picture that is large enough, and never on a name when two boxes lie apart", () => {
    const box = fc
      .tuple(fc.nat(170), fc.nat(70), fc.integer({ min: 5, max: 30 }))
      .map(([x, y, side]): Box => [x, y, x + side, y + side]);
    fc.assert(
      fc.property(fc.array(box, { maxLength: 8 }), (boxes) => {
        for (const { left, top } of place(...boxes)) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(left + NAME.width).toBeLessThanOrEqual(PICTURE.width);
          expect(top + NAME.height).toBeLessThanOrEqual(PICTURE.height);
        }
      }),
    );
    fc.assert(
      fc.property(box, box, (a, b) => {
        const [one, other] = place(a, b);
        expect(meet(one, other, NAME)).toBe(false);
      }),
    );
  });
});

const meet = (a: Corner, b: Corner, { width, height }: Size) =>
  Math.abs(a.left - b.left) < width && Math.abs(a.top - b.top) < height;
