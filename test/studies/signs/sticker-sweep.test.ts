/** A sticker at many places, on a detector whose answers follow from where the sticker is. */
import { describe, expect, it } from "vitest";
import { stickerOf, type Sticker } from "../../../src/data/sticker.ts";
import { pictureEntry, wearing } from "../../../src/layers/scene.ts";
import { curveCounts } from "../../../src/studies/signs/sticker-questions.ts";
import { sweepSticker } from "../../../src/studies/signs/sticker-sweep.ts";
import { overPlaces, overSizes, sweepCsv } from "../../../src/studies/signs/sticker-variants.ts";
import type { Judged } from "../../../src/training/detection.ts";

const box = [10, 10, 40, 40] as const;

/**
 * Every third scene has a sign of class 0. With the sticker it is read as class 1, as surely as the sticker lies to
 * the right, and as class 0 with 0.5.
 */
function fake() {
  const asked: number[][] = [];
  let worn: Sticker;
  return {
    asked,
    wear: (sticker: Sticker) => {
      worn = sticker;
    },
    detect: async (entries: readonly number[], between?: (done: number) => boolean) => {
      asked.push([...entries]);
      between?.(entries.length);
      return await Promise.resolve(
        entries.map((entry): Judged => {
          const label = (entry % 2 ** 28) % 3 === 0 ? 0 : 2;
          const found = [
            { label: 1, score: worn?.place?.[0] ?? 0, box },
            { label: 0, score: 0.5, box },
          ];
          return { truth: [{ label, box }], found: found.sort((a, b) => b.score - a.score) };
        }),
      );
    },
  };
}

describe("a sweep of a sticker", () => {
  const sticker = stickerOf("bomb");
  const goal = { source: 0, target: 1 };

  it("measures each place on the same scenes with a sign of the source, and tells how far it is", async () => {
    const detector = fake();
    const progress: [number, number][] = [];
    const variants = overPlaces(2, sticker);
    const sweep = await sweepSticker(
      detector,
      { sticker, goal, variants, scenes: 4 },
      (done, of) => done > 0 && progress.push([done, of]),
    );
    expect(sweep.signs).toBe(4);
    expect(
      sweep.cells.map(({ place, confidence, success }) => [place, confidence, success]),
    ).toEqual([
      [[0.25, 0.25], 0.25, 0],
      [[0.75, 0.25], 0.75, 1],
      [[0.25, 0.75], 0.25, 0],
      [[0.75, 0.75], 0.75, 1],
    ]);
    const entries = [0, 3, 6, 9].map((i) => wearing(pictureEntry("scene", i), "sticker"));
    expect(detector.asked.slice(-4)).toEqual(Array.from({ length: 4 }, () => entries));
    expect(progress).toEqual([4, 8, 12, 16].map((done) => [done, 16]));
    expect(sweepCsv(sweep).split("\n").slice(0, 2)).toEqual([
      "size,across,down,confidence,attack_success,signs",
      "0.16,0.25,0.25,0.25,0,4",
    ]);
  });

  it("has sizes from 0.05 to 0.4 where the sticker lies", () => {
    const sizes = overSizes(sticker);
    expect(sizes.map(({ size }) => size)).toEqual([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4]);
    expect(sizes.every(({ place }) => place === sticker.place)).toBe(true);
  });

  it("has no cells where no scene has such a sign, and ends when told to", async () => {
    const options = { sticker, variants: overPlaces(2, sticker), scenes: 2 };
    const none = await sweepSticker(
      fake(),
      { ...options, goal: { source: 1, target: 0 } },
      () => {},
    );
    expect(none).toEqual({ signs: 0, cells: [] });
    const ended = sweepSticker(fake(), { ...options, goal }, (done) => {
      if (done > 0) throw new Error("ended");
    });
    await expect(ended).rejects.toThrow("ended");
  });
});

describe("a curve over channels", () => {
  it("begins with none, is dense at first, and ends with all", () => {
    expect(curveCounts(64)).toEqual([0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]);
    expect(curveCounts(2)).toEqual([0, 1, 2]);
  });
});
