/** The sheet to print, as it comes out of a printer: a pixel for each fifth of a millimetre. */
import { expect, it } from "vitest";
import { printSheet } from "../../src/node/print-sheet.ts";
import { openSvg, parseSvg } from "../../src/node/svg.ts";

const SCALE = 5;

it("has a stop sign 12 cm wide, and stickers as large on it as the paper's", async () => {
  const svg = await printSheet();
  await openSvg();
  expect(svg).toContain('width="180mm" height="240mm" viewBox="0 0 180 240"');
  const { pixels, width } = parseSvg(svg, {
    fitTo: { mode: "width", value: 180 * SCALE },
  }).render();
  expect(width).toBe(180 * SCALE);
  /** Width and height, in millimetres, of what has a colour in a part of the sheet. */
  const extent = (
    [x1, y1, x2, y2]: readonly number[],
    is: (red: number, green: number, blue: number) => boolean,
  ) => {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let y = y1 * SCALE; y < y2 * SCALE; y++) {
      for (let x = x1 * SCALE; x < x2 * SCALE; x++) {
        const at = 4 * (y * width + x);
        if (!is(pixels[at], pixels[at + 1], pixels[at + 2])) continue;
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
    }
    return [right - left + 1, bottom - top + 1].map((pixels) => pixels / SCALE);
  };
  // The artwork has a grey rim on its left, which is a part of the sign.
  const inked = (r: number, g: number, b: number) => Math.min(r, g, b) < 250;
  const [wide, high] = extent([20, 20, 170, 150], inked);
  expect(Math.abs(wide - 120)).toBeLessThan(0.5);
  expect(Math.abs(high - 120)).toBeLessThan(2);
  const yellow = (r: number, g: number, b: number) =>
    Math.abs(r - 116) + Math.abs(g - 100) + Math.abs(b - 50) < 9;
  const square = extent([0, 150, 34, 190], yellow);
  expect(square[0]).toBeCloseTo(0.1 * 120, 0);
  expect(square[1]).toBeCloseTo(0.1 * high, 0);
  // The small sign wears it in the same proportion.
  const [small] = extent([130, 150, 180, 210], inked);
  expect(small).toBeCloseTo(40, 0);
  expect(Math.abs(extent([130, 150, 180, 210], yellow)[0] - 4)).toBeLessThan(0.5);
});
