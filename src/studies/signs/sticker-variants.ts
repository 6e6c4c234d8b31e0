/** A sticker at many places and of many sizes, and what was measured of each: plain data. */
import type { StickerPlace } from "../../data/sticker.ts";
import { csvTable } from "../../text/csv.ts";

/** A sticker as one cell of a sweep has it. */
export interface StickerVariant {
  /** Width and height as a share of the sign's. */
  readonly size: number;
  /** Of its centre in the sign's box; null: a random one. */
  readonly place: StickerPlace | null;
}

export interface SweepCell extends StickerVariant {
  /** See meanConfidence and scoreAttack. */
  readonly confidence: number;
  readonly success: number;
}

export interface Sweep {
  /** Signs that each cell was measured on; without any there are no cells. */
  readonly signs: number;
  /** In the order that they were asked for in. */
  readonly cells: readonly SweepCell[];
}

const sizes: readonly number[] = Array.from({ length: 8 }, (_, i) => (i + 1) / 20);

/** The sticker at the middles of the cells of a grid over the sign's box, row by row. */
export function overPlaces(grid: number, { size }: StickerVariant): StickerVariant[] {
  return Array.from({ length: grid ** 2 }, (_, i) => ({
    size,
    place: [((i % grid) + 0.5) / grid, (Math.floor(i / grid) + 0.5) / grid] as const,
  }));
}

/** The sticker in sizes from 0.05 to 0.4 of the sign, where it is. */
export function overSizes({ place }: StickerVariant): StickerVariant[] {
  return sizes.map((size) => ({ size, place }));
}

/** A line for each cell; a random place has none. */
export function sweepCsv({ signs, cells }: Sweep): string {
  const head = ["size", "across", "down", "confidence", "attack_success", "signs"];
  const rows = cells.map(({ size, place, confidence, success }) => [
    size,
    ...(place ?? [null, null]),
    confidence,
    success,
    signs,
  ]);
  return csvTable([head, ...rows]);
}
