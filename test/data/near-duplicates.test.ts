/** Near-duplicates are found by their hashes, and stay on one side of a split. */
import { describe, expect, it } from "vitest";
import { differenceHash, groupSplit, nearDuplicateGroups } from "../../src/data/near-duplicates.ts";
import { picture } from "./pictures.ts";

/** The groups by their definition: whoever differs from a member in at most 10 bits is one as well. */
function groupsByDefinition(hashes: readonly bigint[]): number[][] {
  const bits = (value: bigint) => value.toString(2).replaceAll("0", "").length;
  const open = new Set(hashes.keys());
  const groups: number[][] = [];
  for (const first of open) {
    const group = [first];
    for (const member of group) {
      open.delete(member);
      for (const other of open) {
        if (bits(hashes[member] ^ hashes[other]) > 10) continue;
        open.delete(other);
        group.push(other);
      }
    }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

describe("pictures", () => {
  it("that look alike stay on one side of a split, whatever the seed", () => {
    const scenes = Array.from(
      { length: 12 },
      (_, i) => (x: number, y: number) =>
        128 + 120 * Math.sin((x * (1 + (i % 4)) + y * (i + 1)) / 17 + i),
    );
    // Three frames of each scene, a little brighter each time.
    const hashes = scenes.flatMap((scene) =>
      [0, 2, 4].map((more) => differenceHash(picture(72, 64, (x, y) => scene(x, y) * 0.95 + more))),
    );
    const groups = nearDuplicateGroups(hashes);
    expect(groups.length).toBeGreaterThanOrEqual(6);
    for (let scene = 0; scene < 12; scene++) {
      const group = groups.find((members) => members.includes(3 * scene))!;
      expect(group).toEqual(expect.arrayContaining([3 * scene + 1, 3 * scene + 2]));
    }
    for (const seed of [1, 2, 3]) {
      const { train, test } = groupSplit(hashes, 0.5, seed);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([...hashes.keys()]);
      for (const group of groups) {
        expect(new Set(group.map((i) => train.includes(i))).size).toBe(1);
      }
      expect(groupSplit(hashes, 0.5, seed).train).toEqual(train);
    }
  });

  it("are grouped by all 64 bits of their hashes, once for a list", () => {
    // A few scenes, each seen often with some bits turned, among them the outermost ones.
    let state = 1n;
    const next = () =>
      (state = (state * 6364136223846793005n + 1442695040888963407n) % (1n << 64n));
    const scenes = Array.from({ length: 12 }, () => next() ^ (next() >> 32n));
    const hashes = Array.from({ length: 120 }, (_, i) => {
      let hash = scenes[i % 12];
      for (let k = 0; k < i % 8; k++) hash ^= 1n << (next() >> 58n);
      return i % 3 === 0 ? hash ^ (1n << 63n) ^ (1n << 31n) ^ 1n : hash;
    });
    const groups = nearDuplicateGroups(hashes);
    expect(groups).toEqual(groupsByDefinition(hashes));
    expect(nearDuplicateGroups(hashes)).toBe(groups);
  });
});
