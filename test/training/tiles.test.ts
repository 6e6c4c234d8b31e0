/** Photographs in tiles: every sign is whole in one that shows it large enough, and what tiles find is joined. */
import { assert, double, integer, pre, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Picture } from "../../src/data/picture.ts";
import type { Box, Detection } from "../../src/training/detection.ts";
import {
  cut,
  detailFor,
  joinFinds,
  readAnew,
  tileAround,
  tilesOf,
} from "../../src/training/tiles.ts";

const INPUT = 224;

const found = (box: Box, score: number, label = 0): Detection => ({ label, score, box });

describe("tiles of a photograph", () => {
  it("begin with the whole, which is all where the detail is no more than the input's", () => {
    const size = { width: 400, height: 300 };
    expect(tilesOf(size, INPUT, 224)).toEqual([{ x: 0, y: -50, side: 400 }]);
    expect(tilesOf(size, INPUT, 100)).toHaveLength(1);
  });

  it("hold every sign whole, and as large as 15 pixels of the input, where it is 20 of the photograph", () => {
    const sizes = integer({ min: 240, max: 1280 });
    const share = double({ min: 0, max: 1, noNaN: true });
    const height = integer({ min: 20, max: 300 });
    assert(
      property(sizes, sizes, height, share, share, (width, rows, sign, right, down) => {
        pre(sign <= Math.min(width, rows));
        const size = { width, height: rows };
        const x = right * (width - sign);
        const y = down * (rows - sign);
        const shows = tilesOf(size, INPUT, detailFor(size)).some((tile) => {
          const pixels = (sign * INPUT) / tile.side;
          const inside =
            x >= tile.x &&
            y >= tile.y &&
            x + sign <= tile.x + tile.side &&
            y + sign <= tile.y + tile.side;
          // What a whole photograph shows at all, it shows as large as it can.
          return inside && pixels >= 14.9;
        });
        expect(shows).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("cover the photograph evenly, neighbours sharing 48 pixels of the input or more", () => {
    const size = { width: 1280, height: 720 };
    const tiles = tilesOf(size, INPUT, 960).filter(({ side }) => side < 300);
    const columns = [...new Set(tiles.map(({ x }) => x))];
    expect(columns[0]).toBe(0);
    expect(columns.at(-1)! + tiles[0].side).toBeCloseTo(1280, 9);
    for (const [i, x] of columns.entries()) {
      if (i === 0) continue;
      const shared = columns[i - 1] + tiles[0].side - x;
      expect((shared * INPUT) / tiles[0].side).toBeGreaterThanOrEqual(48 - 1e-9);
    }
  });

  it("are cut out pixel by pixel, as far as the photograph reaches", () => {
    const data = Uint8Array.from({ length: 4 * 6 * 5 }, (_, i) => i);
    const picture: Picture = { width: 6, height: 5, data };
    const inner = cut(picture, { x: 2, y: 1, side: 3 });
    expect([inner.x, inner.y, inner.picture.width, inner.picture.height]).toEqual([2, 1, 3, 3]);
    expect([...inner.picture.data.subarray(0, 4)]).toEqual([...data.subarray(32, 36)]);
    const corner = cut(picture, { x: -2, y: 3, side: 4 });
    expect([corner.x, corner.y, corner.picture.width, corner.picture.height]).toEqual([0, 3, 2, 2]);
    expect(cut(picture, { x: 0, y: -0.5, side: 6 }).picture).toBe(picture);
  });
});

describe("what tiles find", () => {
  const size = { width: 200, height: 100 };
  const left = { x: 0, y: 0, side: 100 };
  const right = { x: 60, y: 0, side: 100 };

  it("is joined: the best of those of one class that overlap", () => {
    const joined = joinFinds(
      [
        { tile: left, found: [found([65, 10, 90, 40], 0.6)] },
        { tile: right, found: [found([66, 10, 91, 40], 0.9), found([66, 10, 91, 40], 0.7, 1)] },
      ],
      size,
      0.3,
    );
    expect(joined.map(({ label, score }) => [label, score])).toEqual([
      [0, 0.9],
      [1, 0.7],
    ]);
  });

  it("is left out where the edge between tiles cuts it, and kept at the photograph's own edge", () => {
    const cutOff = found([80, 10, 100, 40], 0.9);
    const atEdge = found([0, 0, 20, 100], 0.8);
    expect(joinFinds([{ tile: left, found: [cutOff, atEdge] }], size, 0.3)).toEqual([atEdge]);
  });

  it("replaces what was found before within one tile that is read anew", () => {
    const sign: Box = [80, 40, 90, 50];
    const tile = tileAround(sign);
    expect(tile).toEqual({ x: 60, y: 20, side: 50 });
    const before = [found(sign, 0.9, 0), found([5, 5, 25, 25], 0.8, 0)];
    const after = readAnew(before, { tile, found: [found(sign, 0.7, 1)] }, size);
    expect(after).toEqual([before[1], found(sign, 0.7, 1)]);
  });
});
