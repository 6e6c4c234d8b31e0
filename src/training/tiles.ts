/** A photograph read in pieces as large as the detector's input, so that its small signs are found, too. */
import type { Picture } from "../data/picture.ts";
import { intersectionOverUnion, type Box, type Detection } from "./detection.ts";
import type { DetectorTrainer } from "./detector-trainer.ts";

/** A square of a photograph that is read at once, in the photograph's pixels; it may reach over its edges. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Height of a sign in the photograph that is to be read, and the height that it needs in the input, in pixels. */
const SIGN = 20;
const READABLE = 15;

/** Longest side that a photograph is read at where nobody says another: what takes seconds on a CPU. */
export const MOST_DETAIL = 960;
/** Longest side that may be asked for. */
export const GREATEST_DETAIL = 2688;

/** From one level of detail to the next at most: a sign that a tile's edge cuts is whole in a coarser one. */
const STEP = 3;
/** Pixels of the input that two neighbours share. A sign of so many is 16 in the next coarser level. */
const OVERLAP = 48;

/** The longest side at which a photograph's signs of 20 pixels are large enough to be read. */
export function detailFor({ width, height }: Pick<Picture, "width" | "height">): number {
  return Math.min(MOST_DETAIL, Math.round((Math.max(width, height) * READABLE) / SIGN));
}

/**
 * The squares in which a photograph is read: the whole of it, then finer ones.
 * @param input of the detector: pixels of its sides
 * @param detail pixels of the photograph's longest side at the finest; up to `input`, the whole is all
 */
export function tilesOf(
  { width, height }: Pick<Picture, "width" | "height">,
  input: number,
  detail: number,
): Tile[] {
  const longest = Math.max(width, height);
  const levels = Math.ceil(Math.log(Math.max(1, detail / input)) / Math.log(STEP) - 1e-9);
  const finer = Array.from({ length: levels }, (_, i) => {
    const side = longest / (detail / input) ** ((i + 1) / levels);
    const shared = (side * OVERLAP) / input;
    return cornersAlong(height, side, shared).flatMap((y) =>
      cornersAlong(width, side, shared).map((x) => ({ x, y, side })),
    );
  });
  const whole = { x: (width - longest) / 2, y: (height - longest) / 2, side: longest };
  return [whole, ...finer.flat()];
}

/** Where tiles begin along one axis: spread evenly, so that neighbours share `shared` or more. */
function cornersAlong(extent: number, side: number, shared: number): number[] {
  if (extent <= side) return [(extent - side) / 2];
  const count = Math.ceil((extent - shared) / (side - shared) - 1e-9);
  return Array.from({ length: count }, (_, i) => (i * (extent - side)) / (count - 1));
}

/** What of a photograph lies in a tile, and where its upper left corner is. */
export function cut(
  picture: Picture,
  { x, y, side }: Tile,
): { x: number; y: number; picture: Picture } {
  const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
  const width = Math.min(picture.width, Math.round(x + side)) - left;
  const height = Math.min(picture.height, Math.round(y + side)) - top;
  if (width === picture.width && height === picture.height) return { x: 0, y: 0, picture };
  const data = new Uint8Array(4 * width * height);
  for (let row = 0; row < height; row++) {
    const begin = 4 * ((top + row) * picture.width + left);
    data.set(picture.data.subarray(begin, begin + 4 * width), 4 * row * width);
  }
  return { x: left, y: top, picture: { width, height, data } };
}

export const shifted = ([x1, y1, x2, y2]: Box, x: number, y: number): Box => [
  x1 + x,
  y1 + y,
  x2 + x,
  y2 + y,
];

/** What was found in one tile, in pixels of the photograph. */
export interface TileFinds {
  readonly tile: Tile;
  readonly found: readonly Detection[];
}

/** Of a tile's side: a box that ends so near its edge is of a sign that the edge cuts. */
const AT_EDGE = 0.01;

/**
 * What was found in all tiles together: of detections of one class that overlap by more than `most`, the best.
 * What the edge between two tiles cuts is left out, as it is whole in another tile.
 * @returns best first
 */
export function joinFinds(
  tiles: readonly TileFinds[],
  size: Pick<Picture, "width" | "height">,
  most: number,
): Detection[] {
  const whole = tiles.flatMap(({ tile, found }) =>
    found.filter(({ box }) => !isCut(box, tile, size)),
  );
  const kept: Detection[] = [];
  for (const one of whole.sort((a, b) => b.score - a.score)) {
    const again = kept.some(
      ({ label, box }) => label === one.label && intersectionOverUnion(box, one.box) > most,
    );
    if (!again) kept.push(one);
  }
  return kept;
}

/** Whether a box ends at an edge of its tile beyond which the photograph goes on. */
function isCut(
  [x1, y1, x2, y2]: Box,
  { x, y, side }: Tile,
  { width, height }: Pick<Picture, "width" | "height">,
): boolean {
  const near = AT_EDGE * side;
  return (
    (x > 0 && x1 < x + near) ||
    (y > 0 && y1 < y + near) ||
    (x + side < width && x2 > x + side - near) ||
    (y + side < height && y2 > y + side - near)
  );
}

/** What is found in a photograph once one tile of it was read anew. @returns best first */
export function readAnew(
  before: readonly Detection[],
  anew: TileFinds,
  size: Pick<Picture, "width" | "height">,
): Detection[] {
  const { x, y, side } = anew.tile;
  const within = ({ box: [x1, y1, x2, y2] }: Detection) =>
    x1 >= x && y1 >= y && x2 <= x + side && y2 <= y + side;
  const now = anew.found.filter(({ box }) => !isCut(box, anew.tile, size));
  return [...before.filter((one) => !within(one)), ...now].sort((a, b) => b.score - a.score);
}

/** The square in which a sign of the photograph is read alone: it takes a fifth of it, some of its street around it. */
export function tileAround([x1, y1, x2, y2]: Box): Tile {
  const side = 5 * Math.max(x2 - x1, y2 - y1);
  return { x: (x1 + x2 - side) / 2, y: (y1 + y2 - side) / 2, side };
}

/**
 * Detects in tiles of a user's photograph.
 * @param between told after each batch how many tiles are done; may throw to end it
 * @returns what was found, in pixels of the photograph, best first
 */
export async function detectInTiles(
  trainer: DetectorTrainer,
  picture: Picture,
  tiles: readonly Tile[],
  between?: (done: number) => void,
): Promise<Detection[]> {
  const { preset } = trainer.plan;
  const { images } = trainer.detector;
  const finds: TileFinds[] = [];
  while (finds.length < tiles.length) {
    const batch = tiles.slice(finds.length, finds.length + images);
    const pieces = batch.map((tile) => cut(picture, tile));
    const found = await trainer.detectIn(pieces.map((piece) => piece.picture));
    for (const [i, tile] of batch.entries()) {
      const { x, y } = pieces[i];
      const moved = found[i].map((one) => ({ ...one, box: shifted(one.box, x, y) }));
      finds.push({ tile, found: moved });
    }
    between?.(finds.length);
  }
  return joinFinds(finds, picture, preset.use.iouThreshold);
}
