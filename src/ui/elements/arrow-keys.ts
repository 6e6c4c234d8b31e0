/** Arrow keys in grids of cells. */

export type GridCell = readonly [row: number, column: number];

/** Rows and columns that each arrow key moves by. */
export const arrows: Readonly<Record<string, GridCell>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The nearest number from 0 to below `extent`. */
export function within(n: number, extent: number): number {
  return Math.min(extent - 1, Math.max(0, n));
}

/** The cell that an arrow key leads to in a square grid, no further than its edge; null for other keys. */
export function cellBeside([row, column]: GridCell, key: string, side: number): GridCell | null {
  const by = arrows[key];
  return by ? [within(row + by[0], side), within(column + by[1], side)] : null;
}
