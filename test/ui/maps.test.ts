/** Maps as the network view draws them: colours, tiles, what feeds a neuron, and a trigger as letters. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LayerMaps, LayerWeights } from "../../src/studies/digits/port.ts";
import {
  colourIndex,
  colourTables,
  rangeOf,
  rangeText,
  short,
} from "../../src/ui/elements/colour-scale.ts";
import { pooled, strongestInputs } from "../../src/ui/digits/contributions.ts";
import { gridSize, paintTiles, tileAt, tileBeside, tileBox } from "../../src/ui/elements/tiles.ts";
import { decodePixels, encodePixels } from "../../src/ui/digits/trigger-code.ts";

/** Sum of a pixel's colours. */
const brightness = (pixel: number) => (pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255);

describe("colours", () => {
  it("grow brighter with the amount, in both directions of the double ramp", () => {
    const one = colourTables.sequential.slice(0, 256).map(brightness);
    for (let i = 8; i < 256; i += 8) expect(one[i]).toBeGreaterThan(one[i - 8]);
    const two = colourTables.diverging.slice(0, 256).map(brightness);
    for (let i = 136; i < 256; i += 8) expect(two[i]).toBeGreaterThan(two[i - 8]);
    for (let i = 8; i < 120; i += 8) expect(two[i]).toBeLessThan(two[i - 8]);
  });

  it("stay in their table whatever the value, and tell what is no number", () => {
    fc.assert(
      fc.property(fc.double(), fc.double({ min: 0, noNaN: true }), (value, max) => {
        for (const ramp of ["sequential", "diverging"] as const) {
          const index = colourIndex(value, { ramp, max });
          if (Number.isNaN(value)) expect(index).toBe(256);
          else expect(index >= 0 && index <= 255).toBe(true);
        }
      }),
    );
  });

  it("have zero at the dark end, or in the dark middle", () => {
    expect(colourIndex(0, { ramp: "sequential", max: 3 })).toBe(0);
    expect(colourIndex(3, { ramp: "sequential", max: 3 })).toBe(255);
    expect(colourIndex(0, { ramp: "diverging", max: 3 })).toBe(128);
    expect(colourIndex(-3, { ramp: "diverging", max: 3 })).toBe(0);
  });

  it("range over what is finite, and say so in three digits", () => {
    const values = Float32Array.of(0.5, -4, Infinity, Number.NaN, 2);
    expect(rangeOf("sequential", values)).toEqual({ ramp: "sequential", max: 2 });
    expect(rangeOf("diverging", values)).toEqual({ ramp: "diverging", max: 4 });
    expect(rangeText(rangeOf("diverging", values))).toBe("±4.00");
    expect([0, 0.0123, 0.5, 12.34, 999, 12345, Number.NaN].map(short)).toEqual([
      "0",
      "0.012",
      "0.50",
      "12.3",
      "999",
      "1.2e+4",
      "no number",
    ]);
  });
});

describe("tiles", () => {
  const grid = { columns: 3, count: 8, tileWidth: 4, tileHeight: 5, gap: 1 };

  it("lie in rows, and are found again where they lie", () => {
    expect(gridSize(grid)).toEqual({ width: 14, height: 17 });
    for (let index = 0; index < grid.count; index++) {
      const { x, y, width, height } = tileBox(grid, index);
      expect(tileAt(grid, x, y)).toBe(index);
      expect(tileAt(grid, x + width - 0.1, y + height - 0.1)).toBe(index);
    }
    for (const [x, y] of [
      [-1, 0],
      [0, -1],
      [15, 0],
      [11, 16],
    ]) {
      expect(tileAt(grid, x, y)).toBeNull();
    }
  });

  it("lead to their neighbours by the arrow keys, and no further than the edge", () => {
    const way = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"].map((key) =>
      tileBeside(grid, 0, key),
    );
    expect(way).toEqual([1, 3, 0, 0]);
    expect(tileBeside(grid, 5, "ArrowRight")).toBe(5);
    expect(tileBeside(grid, 5, "ArrowDown")).toBe(5);
    expect([tileBeside(grid, 4, "Home"), tileBeside(grid, 4, "End")]).toEqual([0, 7]);
  });

  it("show each value as a block of its colour, and leave the gaps alone", () => {
    const { width, height } = gridSize(grid);
    const pixels = new Uint32Array(width * height);
    const values = Float32Array.from({ length: 8 }, (_, i) => i);
    const range = { ramp: "sequential", max: 7 } as const;
    paintTiles(pixels, grid, { values, count: 8, height: 1, width: 1 }, range);
    for (let i = 0; i < 8; i++) {
      const box = tileBox(grid, i);
      const colour = colourTables.sequential[colourIndex(i, range)];
      expect(pixels[box.y * width + box.x]).toBe(colour);
      expect(pixels[(box.y + 4) * width + box.x + 3]).toBe(colour);
    }
    expect(pixels[4]).toBe(0);
    expect(pixels[5 * width]).toBe(0);
  });
});

describe("what feeds a neuron", () => {
  const maps = (values: number[], channels: number, side: number, kind: "conv" | "dense") => {
    const clean = Float32Array.from(values);
    const shape = [channels, side, side] as const;
    return { label: "before", kind, shape, clean, triggered: clean.map((x) => 3 * x) } as LayerMaps;
  };

  it("is pooled as the network pools: the largest of four", () => {
    expect([...pooled(Float32Array.from([1, 5, 2, 0, 3, 4, 9, 1]), 2, 4)]).toEqual([5, 9]);
  });

  it("is ranked by weights times what flows through them, shares summing to one", () => {
    const weights: LayerWeights = {
      label: "fc",
      kind: "dense",
      shape: [2, 3],
      w: Float32Array.of(9, 9, 9, 1, -2, 0),
      b: Float32Array.of(0, 0),
    };
    const before = maps([4, 1, 7], 3, 1, "dense");
    const strongest = strongestInputs(1, weights, before, "clean");
    expect(strongest.map(({ channel }) => channel)).toEqual([0, 1]);
    expect(strongest.map(({ share }) => share)).toEqual([4 / 6, 2 / 6]);
    // What the trigger adds is twice as much of everything.
    expect(strongestInputs(1, weights, before, "difference")).toEqual(strongest);
    expect(strongestInputs(0, weights, before, "clean", 1)).toHaveLength(1);
  });
});

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
