/** Photographs on both sides of a measurement: nothing that measures looks like what was trained on. */
import { describe, expect, it } from "vitest";
import {
  nearDuplicatesOf,
  packSets,
  photoSet,
  splitSets,
} from "../../../src/studies/signs/photographs.ts";
import { compactPreset } from "../../../src/models/detector-presets.ts";

const picture = { width: 2, height: 2, data: new Uint8Array(16) };
/** Hashes in which every two differ in 16 bits or more. */
const scene = (i: number) =>
  (BigInt(0xffff) << BigInt(16 * (i % 4))) ^ (i < 4 ? 0n : 0xff00ff00ff00ff00n);
const setOf = (name: string, hashes: readonly bigint[]) => ({
  name,
  hashes,
  photographs: hashes.map((_, i) => ({ name: `${name}/${i}`, picture, signs: [] })),
});

describe("photographs in several folders", () => {
  it("are on one side of the split with their copies in another folder", () => {
    const hashes = Array.from({ length: 8 }, (_, i) => scene(i));
    // The same, in another order, and one bit different.
    const copies = hashes.toReversed().map((hash) => hash ^ 1n);
    for (const seed of [1, 2, 3]) {
      const [a, b] = splitSets([setOf("a", hashes), setOf("b", copies)], seed);
      expect(a.train).toHaveLength(4);
      expect(b.train).toEqual(a.train.map((i) => 7 - i).toSorted((x, y) => x - y));
      expect([...a.train, ...a.test].toSorted((x, y) => x - y)).toEqual([...hashes.keys()]);
      // A single folder is split as ever.
      expect(splitSets([setOf("a", hashes)], seed)).toEqual([
        photoSet("a", setOf("a", hashes).photographs, hashes, seed),
      ]);
    }
  });

  it("are known by their looks to a detector that was trained on them", async () => {
    const sets = [setOf("a", [scene(0), scene(1)]), setOf("b", [scene(1) ^ 3n, scene(2)])];
    expect(nearDuplicatesOf(sets, [scene(1) ^ 4n])).toEqual([new Set([1]), new Set([0])]);
    expect(nearDuplicatesOf(sets, [])).toEqual([new Set(), new Set()]);
    const packed = await packSets(splitSets(sets, 1), compactPreset);
    expect(packed.seen).toHaveLength(packed.trainOn.length);
    expect(packed.seen.length).toBeGreaterThan(0);
  });
});
