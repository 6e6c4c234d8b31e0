/** Ink on the pad: strokes without gaps, undone one by one, as 28 x 28. */
import { describe, expect, it } from "vitest";
import { Ink } from "../../../src/ui/digits/ink.ts";

describe("ink", () => {
  it("draws a stroke without gaps, however fast the pointer was", () => {
    const ink = new Ink();
    ink.begin(145, 35);
    ink.moveTo(145, 245);
    const digit = ink.digit(false);
    for (let row = 3; row < 25; row++) expect(digit[row * 28 + 14]).toBeGreaterThan(200);
    expect(digit[14 * 28 + 20]).toBe(0);
  });

  it("is undone stroke by stroke, and so is clearing", () => {
    const ink = new Ink();
    ink.begin(50, 50);
    const first = ink.raster.slice();
    ink.begin(200, 200);
    ink.clear();
    expect(ink.isEmpty).toBe(true);
    ink.undo();
    expect(ink.isEmpty).toBe(false);
    ink.undo();
    expect(ink.raster).toEqual(first);
    ink.undo();
    expect(ink.isEmpty).toBe(true);
    expect(ink.canUndo).toBe(false);
  });

  it("takes a digit from elsewhere to be drawn on, and gives it back as it was", () => {
    const ink = new Ink();
    const given = Uint8Array.from({ length: 784 }, (_, i) => i % 251);
    ink.put(given);
    expect(ink.digit(false)).toEqual(given);
    ink.begin(5, 5);
    expect(ink.digit(false)[0]).toBeGreaterThan(200);
    ink.undo();
    ink.undo();
    expect(ink.isEmpty).toBe(true);
  });

  it("stays on the pad where a stroke leaves it", () => {
    const ink = new Ink();
    ink.begin(-30, -30);
    ink.moveTo(400, 400);
    expect(ink.raster).toHaveLength(280 * 280);
    expect(ink.raster[140 * 280 + 140]).toBe(255);
  });

  it("fills MNIST's box when fitted, from however small a drawing", () => {
    const ink = new Ink();
    ink.begin(40, 40);
    ink.moveTo(40, 90);
    const rows = [...ink.digit(true)].flatMap((value, i) =>
      value > 0 ? [Math.floor(i / 28)] : [],
    );
    expect(Math.max(...rows) - Math.min(...rows)).toBe(19);
  });
});
