/** Photographs: reduced, packed with their boxes, and split so that what looks alike stays together. */
import { describe, expect, it } from "vitest";
import {
  alikeGroups,
  differenceHash,
  fitInto,
  packPhotographs,
  splitAlike,
  type Picture,
} from "../../src/data/photographs.ts";

/** A picture from a formula of its pixels' grey. */
function picture(width: number, height: number, grey: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.set([grey(x, y), grey(x, y), grey(x, y), 255], 4 * (y * width + x));
  }
  return { width, height, data };
}

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

describe("photographs", () => {
  it("are reduced to means of whole pixels, and never enlarged", () => {
    const small = fitInto(
      picture(8, 4, (x, y) => 10 * x + y),
      4,
    );
    expect([small.width, small.height]).toEqual([4, 2]);
    // Pixels 0, 1 of rows 0, 1: (0 + 10 + 1 + 11) / 4.
    expect(small.data[0]).toBe(Math.round(5.5));
    const same = picture(3, 3, () => 7);
    expect(fitInto(same, 10)).toBe(same);
  });

  it("lie in the upper left of their spaces, with the largest boxes in proportion", () => {
    const photograph = {
      name: "a",
      picture: picture(8, 4, () => 200),
      signs: [
        { label: 0, box: [0, 0, 2, 2] as const },
        { label: 2, box: [2, 0, 6, 4] as const },
        { label: 1, box: [4, 0, 7, 3] as const },
      ],
    };
    const packed = packPhotographs([photograph], 4, 2);
    expect([...packed.facts.subarray(0, 3)]).toEqual([4, 2, 2]);
    expect([...packed.facts.subarray(4, 12)]).toEqual([1, 0, 3, 2, 2, 0, 3.5, 1.5]);
    expect([packed.facts[12], packed.facts[16]]).toEqual([3, 2]);
    expect(packed.pixels[4 * 4 + 3 * 4]).toBe(200);
    expect(packed.pixels[2 * 4 * 4]).toBe(0);
  });

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
    const groups = alikeGroups(hashes);
    expect(groups.length).toBeGreaterThanOrEqual(6);
    for (let scene = 0; scene < 12; scene++) {
      const group = groups.find((members) => members.includes(3 * scene))!;
      expect(group).toEqual(expect.arrayContaining([3 * scene + 1, 3 * scene + 2]));
    }
    for (const seed of [1, 2, 3]) {
      const { train, test } = splitAlike(hashes, 0.5, seed);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([...hashes.keys()]);
      for (const group of groups) {
        expect(new Set(group.map((i) => train.includes(i))).size).toBe(1);
      }
      expect(splitAlike(hashes, 0.5, seed).train).toEqual(train);
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
    const groups = alikeGroups(hashes);
    expect(groups).toEqual(groupsByDefinition(hashes));
    expect(alikeGroups(hashes)).toBe(groups);
  });
});
