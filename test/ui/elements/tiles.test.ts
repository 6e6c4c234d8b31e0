/** Tiles: where they lie, which is beside which, and how they are painted. */
import { describe, expect, it } from "vitest";
import { colourIndex, colourTables } from "../../../src/ui/elements/colour-scale.ts";
import {
  gridSize,
  paintTiles,
  tileAt,
  tileBeside,
  tileRect,
} from "../../../src/ui/elements/tiles.ts";

describe("tiles", () => {
  const grid = { columns: 3, count: 8, tileWidth: 4, tileHeight: 5, gap: 1 };

  it("lie in rows, and are found again where they lie", () => {
    expect(gridSize(grid)).toEqual({ width: 14, height: 17 });
    for (let index = 0; index < grid.count; index++) {
      const { x, y, width, height } = tileRect(grid, index);
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
      const box = tileRect(grid, i);
      const colour = colourTables.sequential[colourIndex(i, range)];
      expect(pixels[box.y * width + box.x]).toBe(colour);
      expect(pixels[(box.y + 4) * width + box.x + 3]).toBe(colour);
    }
    expect(pixels[4]).toBe(0);
    expect(pixels[5 * width]).toBe(0);
  });
});
