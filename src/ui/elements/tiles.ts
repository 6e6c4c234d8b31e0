/** Small maps side by side on one canvas: where each lies, which one is under a point, and their pixels. */
import { colourIndex, colourTables, type ColourRange } from "./colour-scale.ts";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Maps of equal size one behind the other, [count, height, width]. */
export interface Maps {
  readonly values: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** A grid of tiles, filled row by row; lengths in pixels. */
export interface Grid {
  readonly columns: number;
  readonly count: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly gap: number;
}

export function rowsOf({ columns, count }: Grid): number {
  return Math.ceil(count / columns);
}

export function gridSize(grid: Grid): { width: number; height: number } {
  const { columns, tileWidth, tileHeight, gap } = grid;
  return {
    width: columns * (tileWidth + gap) - gap,
    height: rowsOf(grid) * (tileHeight + gap) - gap,
  };
}

/** A tile's place within its grid. */
export function tileRect({ columns, tileWidth, tileHeight, gap }: Grid, index: number): Rect {
  return {
    x: (index % columns) * (tileWidth + gap),
    y: Math.floor(index / columns) * (tileHeight + gap),
    width: tileWidth,
    height: tileHeight,
  };
}

/** The tile under a point, a gap belonging to the tile before it; null outside. */
export function tileAt(grid: Grid, x: number, y: number): number | null {
  const { columns, count, tileWidth, tileHeight, gap } = grid;
  const column = Math.floor(x / (tileWidth + gap));
  const row = Math.floor(y / (tileHeight + gap));
  const index = row * columns + column;
  const inside = column >= 0 && column < columns && row >= 0 && index < count;
  return inside ? index : null;
}

/** A grid of a single tile. @param scale pixels for each value */
export function oneTile(width: number, height: number, scale: number): Grid {
  return { columns: 1, count: 1, tileWidth: width * scale, tileHeight: height * scale, gap: 0 };
}

/** The tile that an arrow key, Home or End leads to; the same one at the edge, null for other keys. */
export function tileBeside(grid: Grid, index: number, key: string): number | null {
  const { columns, count } = grid;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: index % columns > 0 ? -1 : 0,
    ArrowRight: index % columns < columns - 1 ? 1 : 0,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -index,
    End: count - 1 - index,
  };
  if (!(key in steps)) return null;
  const next = index + steps[key];
  return next >= 0 && next < count ? next : index;
}

/**
 * Fills pixels with the maps, one a tile, each value a block of equal colour.
 * @param pixels as a canvas holds them, of the grid's size
 */
export function paintTiles(pixels: Uint32Array, grid: Grid, maps: Maps, range: ColourRange): void {
  const colours = colourTables[range.ramp];
  const { width: line } = gridSize(grid);
  const { tileWidth, tileHeight, count } = grid;
  const columnOf = Uint16Array.from({ length: tileWidth }, (_, x) =>
    Math.floor(((x + 0.5) * maps.width) / tileWidth),
  );
  const row = new Uint32Array(maps.width);
  for (let index = 0; index < Math.min(count, maps.count); index++) {
    const box = tileRect(grid, index);
    let drawn = -1;
    for (let y = 0; y < tileHeight; y++) {
      const from = Math.floor(((y + 0.5) * maps.height) / tileHeight);
      if (from !== drawn) {
        const start = (index * maps.height + from) * maps.width;
        for (let x = 0; x < maps.width; x++) {
          row[x] = colours[colourIndex(maps.values[start + x], range)];
        }
        drawn = from;
      }
      const start = (box.y + y) * line + box.x;
      for (let x = 0; x < tileWidth; x++) pixels[start + x] = row[columnOf[x]];
    }
  }
}
