/** Where the digit network's parts lie in a box of a given width: left to right, or downwards in a narrow one. */
import { gridSize, type Rect, type Grid } from "../elements/tiles.ts";

export interface LayerBox extends Rect {
  readonly label: string;
  readonly grid: Grid;
}

export interface NetworkLayout {
  readonly width: number;
  readonly height: number;
  readonly downwards: boolean;
  /** The switch of the trigger. */
  readonly toggle: Rect;
  readonly image: Rect;
  /** Tiles of every layer but the last; each has HEAD pixels for its title above it. */
  readonly layers: readonly LayerBox[];
  /** One row a class. */
  readonly output: LayerBox;
  /** The selected channel, large. */
  readonly detail: Rect;
}

/** Room above a layer for its name, its range and its colours. */
export const HEAD = 28;
/** Room above the output's bars for what is read. */
export const READING = 64;
/** The selected channel needs this much. */
export const DETAIL = { width: 324, height: 112 } as const;

const TOGGLE = 46;
const DENSE_COLUMNS = 16;
const CLASSES = 10;

/** How large each part is drawn; whole numbers of pixels, so that all of a map's cells are equal. */
interface Sizes {
  readonly image: number;
  readonly conv1: { readonly columns: number; readonly scale: number };
  readonly conv2: { readonly columns: number; readonly scale: number };
  readonly fc1: { readonly columns: number; readonly cell: number };
  readonly output: { readonly width: number; readonly row: number };
}

const wide: readonly (Sizes & { readonly least: number })[] = [
  {
    least: 960,
    image: 6,
    conv1: { columns: 4, scale: 3 },
    conv2: { columns: 4, scale: 5 },
    fc1: { columns: DENSE_COLUMNS, cell: 9 },
    output: { width: 130, row: 27 },
  },
  {
    least: 720,
    image: 4,
    conv1: { columns: 4, scale: 2 },
    conv2: { columns: 4, scale: 4 },
    fc1: { columns: DENSE_COLUMNS, cell: 7 },
    output: { width: 100, row: 23 },
  },
  {
    least: 560,
    image: 4,
    conv1: { columns: 2, scale: 2 },
    conv2: { columns: 4, scale: 4 },
    fc1: { columns: DENSE_COLUMNS, cell: 6 },
    output: { width: 76, row: 23 },
  },
  // Beside both other columns on a projector of 1280 x 720.
  {
    least: 440,
    image: 3,
    conv1: { columns: 2, scale: 2 },
    conv2: { columns: 4, scale: 3 },
    fc1: { columns: DENSE_COLUMNS, cell: 5 },
    output: { width: 76, row: 23 },
  },
];

function grids({ conv1, conv2, fc1 }: Sizes): { label: string; grid: Grid }[] {
  const maps = (columns: number, count: number, tile: number) => ({
    columns,
    count,
    tileWidth: tile,
    tileHeight: tile,
    gap: 2,
  });
  return [
    { label: "conv1", grid: maps(conv1.columns, 16, 24 * conv1.scale) },
    { label: "conv2", grid: maps(conv2.columns, 32, 8 * conv2.scale) },
    { label: "fc1", grid: { ...maps(fc1.columns, 512, fc1.cell - 1), gap: 1 } },
  ];
}

function outputBox(x: number, y: number, { width, row }: Sizes["output"]): LayerBox {
  const grid = { columns: 1, count: CLASSES, tileWidth: width, tileHeight: row, gap: 0 };
  return { label: "fc2", x, y, ...gridSize(grid), grid };
}

function leftToRight(width: number, sizes: Sizes): NetworkLayout {
  const side = 28 * sizes.image;
  const sized = grids(sizes).map((one) => ({ ...one, ...gridSize(one.grid) }));
  const used = side + sizes.output.width + sized.reduce((sum, one) => sum + one.width, 0);
  const gap = (width - used) / (sized.length + 1);
  let x = side;
  const layers = sized.map((one) => {
    const box = { ...one, x: Math.round(x + gap), y: HEAD };
    x = box.x + box.width;
    return box;
  });
  const output = outputBox(width - sizes.output.width, READING, sizes.output);
  const bottom = (box: Rect) => box.y + box.height;
  // In a slim box the detail takes the room beside the tallest column, the first layer's.
  const [first, ...others] = layers;
  const beside = others[0].x;
  const underOthers = Math.max(...others.map(bottom), bottom(output)) + 12;
  const fits = width - beside >= DETAIL.width && bottom(first) - underOthers > DETAIL.height / 3;
  const image = { x: 0, y: TOGGLE + 10, width: side, height: side };
  const under = Math.max(bottom(first), underOthers - 12, bottom(image)) + 14;
  const detail = fits
    ? { x: beside, y: underOthers, width: width - beside, height: DETAIL.height }
    : { x: 0, y: under, width, height: DETAIL.height };
  return {
    width,
    height: Math.max(bottom(detail), bottom(first)),
    downwards: false,
    toggle: { x: 0, y: 0, width: side, height: TOGGLE },
    image,
    layers,
    output,
    detail,
  };
}

function downwards(width: number): NetworkLayout {
  const sizes: Sizes = {
    image: 4,
    conv1: { columns: Math.max(4, Math.min(8, Math.floor((width + 2) / 50))), scale: 2 },
    conv2: { columns: 8, scale: width >= 334 ? 5 : width >= 270 ? 4 : 3 },
    fc1: { columns: 32, cell: Math.max(6, Math.min(12, Math.floor(width / 32))) },
    output: { width, row: 20 },
  };
  const side = 28 * sizes.image;
  let y = side;
  const layers = grids(sizes).map((one) => {
    const box = { ...one, ...gridSize(one.grid), x: 0, y: y + 22 + HEAD };
    y = box.y + box.height;
    return box;
  });
  const output = outputBox(0, y + 22 + READING, sizes.output);
  const under = output.y + output.height + 14;
  return {
    width,
    height: under + DETAIL.height,
    downwards: true,
    toggle: { x: side + 16, y: 0, width: Math.min(160, width - side - 16), height: TOGGLE },
    image: { x: 0, y: 0, width: side, height: side },
    layers,
    output,
    detail: { x: 0, y: under, width, height: DETAIL.height },
  };
}

/** Tiles of a layer that are drawn at most: of a larger one the first. */
const MOST_TILES = 512;

/** A layer of any network. */
export interface LayerShape {
  readonly label: string;
  readonly kind: "conv" | "dense";
  /** [channels, height, width] */
  readonly shape: readonly [number, number, number];
}

/** Any chain of layers, downwards. */
function chain(width: number, layers: readonly LayerShape[]): NetworkLayout {
  const side = 28 * 4;
  let y = side;
  const boxes = layers.slice(0, -1).map(({ label, kind, shape: [channels, rows, columns] }) => {
    const tile = Math.max(1, Math.round(48 / Math.max(rows, columns)));
    const size = kind === "conv" ? [tile * columns, tile * rows] : [9, 9];
    const gap = kind === "conv" ? 2 : 1;
    const count = Math.min(channels, MOST_TILES);
    const most = Math.max(1, Math.floor((width + gap) / (size[0] + gap)));
    const grid = {
      columns: Math.min(count, kind === "conv" ? most : Math.min(most, 64)),
      count,
      tileWidth: size[0],
      tileHeight: size[1],
      gap,
    };
    const box = { label, grid, ...gridSize(grid), x: 0, y: y + 22 + HEAD };
    y = box.y + box.height;
    return box;
  });
  const sizes = { width: Math.min(width, 480), row: 20 };
  const output = { ...outputBox(0, y + 22 + READING, sizes), label: layers.at(-1)!.label };
  const under = output.y + output.height + 14;
  return {
    width,
    height: under + DETAIL.height,
    downwards: true,
    toggle: { x: side + 16, y: 0, width: Math.min(160, width - side - 16), height: TOGGLE },
    image: { x: 0, y: 0, width: side, height: side },
    layers: boxes,
    output,
    detail: { x: 0, y: under, width, height: DETAIL.height },
  };
}

/** The layers that the digit network's own layout is for. */
const ownLayers = ["conv1 16,24,24", "conv2 32,8,8", "fc1 512,1,1", "fc2 10,1,1"].join();

/**
 * @param width of the box, in pixels
 * @param layers of the network on view; null: the digit network's
 */
export function layOutNetwork(
  width: number,
  layers: readonly LayerShape[] | null = null,
): NetworkLayout {
  const key = layers?.map(({ label, shape }) => `${label} ${shape.join()}`).join();
  if (layers && key !== ownLayers) return chain(Math.floor(width), layers);
  const sizes = wide.find(({ least }) => width >= least);
  return sizes ? leftToRight(Math.floor(width), sizes) : downwards(Math.floor(width));
}
