/** Pictures that look alike: a perceptual hash, groups of near-duplicates, and splits that keep groups whole. */
import type { Picture } from "./picture.ts";
import { Random, Stream } from "./random.ts";

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

/** Bits in which the hashes of two pictures of one scene may differ. */
const MAX_DISTANCE = 10;

/** How many of 32 bits are set. */
function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Every pair is compared, so the groups of a collection are kept for as long as its hashes are. */
const groupsOf = new WeakMap<readonly bigint[], readonly (readonly number[])[]>();

/** Groups of near-duplicates, linked directly or through others: numbers of pictures, in order. */
export function nearDuplicateGroups(hashes: readonly bigint[]): readonly (readonly number[])[] {
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
      if (popcount(high[i] ^ high[j]) + popcount(low[i] ^ low[j]) <= MAX_DISTANCE) {
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
export function groupSplit(
  hashes: readonly bigint[],
  share: number,
  seed: number,
): { train: number[]; test: number[] } {
  const groups = new Random(seed, Stream.shuffle, 0xfffffffe).shuffle([
    ...nearDuplicateGroups(hashes),
  ]);
  const train: number[] = [];
  const test: number[] = [];
  for (const group of groups) {
    const fits = train.length + group.length <= share * hashes.length + group.length / 2;
    (fits ? train : test).push(...group);
  }
  const ascending = (a: number, b: number) => a - b;
  return { train: train.sort(ascending), test: test.sort(ascending) };
}
