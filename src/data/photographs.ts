/** Photographs for a detector: fitted into one space, described for the GPU, split without leaks. */
import { clip, UserError } from "../errors.ts";
import { imageHeader, type ImageHeader } from "./image-header.ts";
import { Random, Stream } from "./random.ts";

/** A decoded picture: RGBA, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Pixels and bytes that a photograph may have; beyond that lies either a mistake or an attack. */
const MOST_PIXELS = 64_000_000;
const MOST_BYTES = 100_000_000;

/** @throws UserError when a file is too large to be read as a photograph */
export function checkPhotoBytes(bytes: number, name: string): void {
  if (bytes <= MOST_BYTES) return;
  throw new UserError(
    `${clip(name)} has ${Math.round(bytes / 1e6)} MB; at most ${MOST_BYTES / 1e6} are read.`,
  );
}

/**
 * Looks at a file's beginning, before anything is decoded.
 * @throws UserError for what is no picture, or has too many pixels
 */
export function checkPhoto(
  bytes: Uint8Array,
  name: string,
  formats: readonly ImageHeader["format"][],
): ImageHeader {
  const header = imageHeader(bytes);
  if (!header || !formats.includes(header.format)) {
    throw new UserError(`${clip(name)} is no picture: ${formats.join(", ")} are read.`);
  }
  const [width, height] = header.size ?? [0, 0];
  if (width * height > MOST_PIXELS) {
    throw new UserError(
      `${clip(name)} has ${width} x ${height} pixels; at most ${MOST_PIXELS / 1e6} million are read.`,
    );
  }
  return header;
}

/** Boxes of a photograph that the detector is given; more are left out, the smallest first. */
export const MAX_BOXES = 16;

interface Boxed {
  readonly box: readonly number[];
}

const areaOf = ({ box: [x1, y1, x2, y2] }: Boxed) => (x2 - x1) * (y2 - y1);
const bySize = (a: Boxed, b: Boxed) => areaOf(b) - areaOf(a);

/** The `most` largest of some boxes, in their order. */
export function largest<T extends Boxed>(boxes: readonly T[], most: number): T[] {
  const used = new Set([...boxes].sort(bySize).slice(0, most));
  return boxes.filter((one) => used.has(one));
}

/** A photograph with the signs of a set in it. */
export interface Photograph {
  /** For messages and lists, such as its path. */
  readonly name: string;
  readonly picture: Picture;
  /** What it looks like: see differenceHash. */
  readonly hash?: bigint;
  /** In pixels of the picture, class from 0. */
  readonly signs: readonly {
    readonly label: number;
    readonly box: readonly [number, number, number, number];
  }[];
}

/** Reduces a picture so that it fits into a square of `side`, each pixel the mean of what it covers. */
export function fitInto(picture: Picture, side: number): Picture {
  const scale = Math.max(1, picture.width / side, picture.height / side);
  if (scale === 1) return picture;
  const width = Math.max(1, Math.floor(picture.width / scale));
  const height = Math.max(1, Math.floor(picture.height / scale));
  const data = new Uint8Array(4 * width * height);
  // Whole source pixels between the rounded edges of each result pixel.
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * picture.height) / height);
    const end = Math.max(top + 1, Math.floor(((y + 1) * picture.height) / height));
    for (let x = 0; x < width; x++) {
      const left = Math.floor((x * picture.width) / width);
      const right = Math.max(left + 1, Math.floor(((x + 1) * picture.width) / width));
      const sums = [0, 0, 0];
      for (let row = top; row < end; row++) {
        for (let column = left; column < right; column++) {
          const at = 4 * (row * picture.width + column);
          for (let c = 0; c < 3; c++) sums[c] += picture.data[at + c];
        }
      }
      const count = (end - top) * (right - left);
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) data[at + c] = Math.round(sums[c] / count);
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

/**
 * Lays photographs out for the GPU, each in the upper left corner of a space of `side` x `side`.
 * @param most boxes of an image; more are left out, the smallest first
 */
export function packPhotographs(
  photographs: readonly Photograph[],
  side: number,
  most: number,
): {
  width: number;
  height: number;
  count: number;
  pixels: Uint8Array<ArrayBuffer>;
  facts: Float32Array<ArrayBuffer>;
} {
  const count = photographs.length;
  const pixels = new Uint8Array(count * side * side * 4);
  const rows = 1 + 2 * most;
  const facts = new Float32Array(count * rows * 4);
  photographs.forEach(({ picture, signs }, i) => {
    const fitted = fitInto(picture, side);
    const { width, height } = fitted;
    for (let y = 0; y < height; y++) {
      const row = fitted.data.subarray(4 * y * width, 4 * (y + 1) * width);
      pixels.set(row, 4 * (i * side + y) * side);
    }
    const used = [...signs].sort(bySize).slice(0, most);
    const first = 4 * i * rows;
    facts.set([width, height, used.length], first);
    used.forEach(({ label, box }, k) => {
      const [sx, sy] = [width / picture.width, height / picture.height];
      facts.set([box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy], first + 4 * (1 + k));
      facts[first + 4 * (1 + most + k)] = label + 1;
    });
  });
  return { width: side, height: side, count, pixels, facts };
}

/** A perceptual hash: whether each of 9 x 8 cells is brighter than its right neighbour, 64 bits. */
export function differenceHash(picture: Picture): bigint {
  const cell = (row: number, column: number) => {
    let sum = 0;
    let count = 0;
    const y0 = Math.floor((row * picture.height) / 8);
    const y1 = Math.max(y0 + 1, Math.floor(((row + 1) * picture.height) / 8));
    const x0 = Math.floor((column * picture.width) / 9);
    const x1 = Math.max(x0 + 1, Math.floor(((column + 1) * picture.width) / 9));
    for (let y = y0; y < Math.min(y1, picture.height); y++) {
      for (let x = x0; x < Math.min(x1, picture.width); x++) {
        const at = 4 * (y * picture.width + x);
        sum += picture.data[at] + 2 * picture.data[at + 1] + picture.data[at + 2];
        count++;
      }
    }
    return sum / count;
  };
  let hash = 0n;
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      hash = (hash << 1n) | (cell(row, column) > cell(row, column + 1) ? 1n : 0n);
    }
  }
  return hash;
}

/** Bits in which two pictures of one scene may differ. */
const ALIKE = 10;

/** How many bits of a word of 32 are set. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Every pair is compared, so the groups of a collection are kept for as long as its hashes are. */
const groupsOf = new WeakMap<readonly bigint[], readonly (readonly number[])[]>();

/** Groups of pictures that are alike, directly or through others: numbers of pictures, in order. */
export function alikeGroups(hashes: readonly bigint[]): readonly (readonly number[])[] {
  const known = groupsOf.get(hashes);
  if (known) return known;
  // Halves, as arithmetic on 64 bits takes a hundred times as long.
  const high = Int32Array.from(hashes, (hash) => Number(hash >> 32n) | 0);
  const low = Int32Array.from(hashes, (hash) => Number(hash & 0xffffffffn) | 0);
  const parent = hashes.map((_, i) => i);
  const rootOf = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  for (let i = 0; i < hashes.length; i++) {
    for (let j = 0; j < i; j++) {
      if (bitsOf(high[i] ^ high[j]) + bitsOf(low[i] ^ low[j]) <= ALIKE) {
        parent[rootOf(i)] = rootOf(j);
      }
    }
  }
  const byRoot = new Map<number, number[]>();
  for (const i of hashes.keys()) {
    const group = byRoot.get(rootOf(i));
    if (group) group.push(i);
    else byRoot.set(rootOf(i), [i]);
  }
  const groups = [...byRoot.values()];
  groupsOf.set(hashes, groups);
  return groups;
}

/** Splits pictures into a part to train on, of about `share`, and the rest; groups stay together. */
export function splitAlike(
  hashes: readonly bigint[],
  share: number,
  seed: number,
): { train: number[]; test: number[] } {
  const groups = new Random(seed, Stream.shuffle, 0xfffffffe).shuffle([...alikeGroups(hashes)]);
  const train: number[] = [];
  const test: number[] = [];
  for (const group of groups) {
    const fits = train.length + group.length <= share * hashes.length + group.length / 2;
    (fits ? train : test).push(...group);
  }
  const ascending = (a: number, b: number) => a - b;
  return { train: train.sort(ascending), test: test.sort(ascending) };
}
