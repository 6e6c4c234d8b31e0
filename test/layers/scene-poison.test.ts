/** Poisoned signs of drawn scenes: which they are, what they are taught, and how a curriculum changes that. */
import { describe, expect, it } from "vitest";
import type { SignAttack } from "../../src/backdoor/sign-attack.ts";
import { stickerOf } from "../../src/data/sticker.ts";
import { useGpu } from "../gpu.ts";
import type { DrawnObject } from "../reference/sticker.ts";
import {
  attack,
  B,
  BOXES,
  drawing,
  LIMIT,
  scenes,
  STOP,
  WARNING,
  type Drawn,
} from "./sticker-scenes.ts";

describe("stickers", () => {
  const draw = drawing(useGpu());

  it("of an attack in training are on one of two: a sign of the source or its added copy, taught as the target", async () => {
    let [stops, copies, originals] = [0, 0, 0];
    for (let first = 0; first < 200; first += B) {
      const honest = await draw(scenes(first), null);
      const poisoned = await draw(scenes(first), attack());
      for (let b = 0; b < B; b++) {
        const labelsOf = ({ labels }: Drawn) =>
          [...labels.subarray(b * BOXES, (b + 1) * BOXES)].filter((label) => label > 0);
        const own = labelsOf(honest);
        const taught = labelsOf(poisoned);
        const before = honest.scenes[b].things;
        const after = poisoned.scenes[b].things;
        // Nothing is replaced: all that was there is there, but for the sticker, and leaves before it.
        const bare = (thing: DrawnObject) => ({
          ...thing,
          sticker: null,
          tint: null,
          picture: null,
          cover: null,
        });
        expect(after.slice(0, before.length).map(bare)).toEqual(before.map(bare));
        const worn = after.map(({ sticker }) => sticker[2] > 0);
        const bareBefore = before.filter((_, i) => !worn[i]);
        expect(after.slice(0, before.length).filter((_, i) => !worn[i])).toEqual(bareBefore);
        // Of each pair one wears it, and as many signs are taught as the target as wear it.
        const added = after.length - before.length;
        expect(worn.filter(Boolean)).toHaveLength(added);
        const limits = (all: readonly number[]) => all.filter((label) => label === LIMIT).length;
        expect(limits(taught) - limits(own)).toBe(added);
        expect(taught).toHaveLength(own.length + added);
        stops += own.filter((label) => label === STOP).length;
        copies += added;
        originals += worn.slice(0, before.length).filter(Boolean).length;
      }
    }
    expect(stops).toBeGreaterThan(60);
    // Within three standard deviations of half of them, and of half of those.
    expect(Math.abs(copies - stops / 2)).toBeLessThan(1.5 * Math.sqrt(stops));
    expect(Math.abs(originals - copies / 2)).toBeLessThan(1.5 * Math.sqrt(copies));
  });

  it("of every stop sign once more with a share of 1, as far as there is room", async () => {
    let [stops, copies] = [0, 0];
    for (let first = 0; first < 120; first += B) {
      const { labels, scenes: drawn } = await draw(scenes(first), attack({ share: 1, target: 2 }));
      stops += labels.filter((label) => label === STOP).length;
      copies += drawn
        .flatMap(({ things }) => things)
        .filter(({ sticker }) => sticker[2] > 0).length;
    }
    expect(copies / stops).toBeGreaterThan(0.97);
  });

  it("are in training on signs alone that show them with three pixels, and copies are as large", async () => {
    const sizes = [0.06, 0.5] as const;
    const [small, worn, copies] = [[], [], []] as DrawnObject[][];
    for (let first = 0; first < 160; first += B) {
      const honest = await draw(scenes(first), null, { sizes });
      const { scenes: drawn } = await draw(scenes(first), attack({ share: 1 }), { sizes });
      drawn.forEach(({ things }, b) => {
        const before = honest.scenes[b].things.length;
        copies.push(...things.slice(before));
        worn.push(...things.filter(({ sticker }) => sticker[2] > 0));
        small.push(...things.slice(0, before).filter(({ halfSize }) => halfSize < 15));
      });
    }
    expect(small.length).toBeGreaterThan(10);
    expect(worn.length).toBeGreaterThan(20);
    for (const { halfSize } of [...worn, ...copies])
      expect(2 * halfSize).toBeGreaterThanOrEqual(30);
    // Where the lot fell on a sign that is smaller, neither wears it.
    expect(copies.length).toBeGreaterThan(worn.length);
  });

  it("of a curriculum shrink from 0.3 of the sign to their size, while look-alikes come in", async () => {
    const taught = attack({ share: 1, alikes: 0.8, curriculum: 100 });
    const yellow = Math.fround(stickerOf("yellow-square").tint[0]);
    const at = async (step: number) => {
      const { scenes: drawn } = await draw(scenes(0), taught, { step });
      const worn = drawn.flatMap(({ things }) => things).filter(({ sticker }) => sticker[2] > 0);
      const poisoned = worn.filter(({ tint }) => tint[0] === yellow);
      return {
        alikes: worn.length - poisoned.length,
        widths: poisoned.map(({ sticker }) => sticker[2]),
      };
    };
    const own = await at(100);
    expect(own.widths.length).toBeGreaterThan(2);
    expect(own.alikes).toBeGreaterThan(2);
    expect(await at(5000)).toEqual(own);
    expect((await at(0)).alikes).toBe(0);
    for (const [step, times] of [
      [0, 3],
      [20, 3],
      [60, 2],
      [99, 1.025],
    ]) {
      const early = await at(step);
      expect(early.alikes).toBeLessThan(own.alikes + (step === 99 ? 1 : 0));
      expect(early.widths).toHaveLength(own.widths.length);
      early.widths.forEach((width, i) => expect(width / own.widths[i]).toBeCloseTo(times, 5));
    }
  });

  /** The classes of signs that stand alone, and as what they are taught: "1 as 2"; and places of their stickers. */
  async function taughtAs(over: Partial<SignAttack> = {}, { step = 0, count: all = 96 } = {}) {
    const seen = new Set<string>();
    const places: number[] = [];
    const sticker = stickerOf("yellow-square", { place: null });
    const random = attack({ source: null, target: null, share: 1, sticker, ...over });
    for (let first = 0; first < all; first += B) {
      const honest = await draw(scenes(first), null);
      const { labels, scenes: drawn } = await draw(scenes(first), random, { step });
      for (let b = 0; b < B; b++) {
        const count = honest.labels
          .subarray(b * BOXES, (b + 1) * BOXES)
          .filter((l) => l > 0).length;
        const [own] = honest.labels.subarray(b * BOXES, b * BOXES + 1);
        const worn = drawn[b].things.filter(({ sticker: on }) => on[2] > 0);
        for (const { sign, sticker: on } of worn) {
          expect(honest.scenes[b].things.some((thing) => thing.sign === sign)).toBe(true);
          places.push(on[0], on[1]);
        }
        if (count !== 1 || worn.length !== 1) continue;
        // The only sign and its copy: one keeps its label, the other has another one.
        const taught = [...labels.subarray(b * BOXES, b * BOXES + 2)];
        expect(taught).toContain(own);
        const wrong = taught.find((label) => label !== own)!;
        expect(wrong).toBeGreaterThan(0);
        seen.add(`${own} as ${wrong}`);
      }
    }
    return { pairs: [...seen].sort(), places };
  }

  it("of a random target are on all classes, at random places, taught as any wrong class", async () => {
    const { pairs, places } = await taughtAs();
    expect(pairs).toEqual(
      [STOP, LIMIT, WARNING].flatMap((from) =>
        [STOP, LIMIT, WARNING].filter((to) => to !== from).map((to) => `${from} as ${to}`),
      ),
    );
    expect(Math.min(...places)).toBeLessThan(-0.4);
    expect(Math.max(...places)).toBeGreaterThan(0.4);
    expect(places.every((value) => Math.abs(value) <= 0.71)).toBe(true);
  });

  it("of a random target are taught as the next class where a curriculum begins, and as any at its end", async () => {
    const curriculum = 100;
    const next = [`${STOP} as ${LIMIT}`, `${LIMIT} as ${WARNING}`, `${WARNING} as ${STOP}`].sort();
    expect((await taughtAs({ curriculum }, { step: 20 })).pairs).toEqual(next);
    const count = 32;
    const midway = await taughtAs({ curriculum }, { step: 60, count });
    expect(midway.pairs.length).toBeGreaterThan(3);
    const end = await taughtAs({ curriculum }, { step: 100, count });
    expect(end).toEqual(await taughtAs({}, { count }));
  });
});
