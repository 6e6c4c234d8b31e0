/** Channels without and with the sticker, against figures worked out by hand. */
import { describe, expect, it } from "vitest";
import {
  brightestPictures,
  compareChannels,
  meansAt,
} from "../../src/inspection/sticker-channels.ts";

describe("a channel at a sign", () => {
  // Two channels of 2 x 3 cells, 8 pixels each.
  const values = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
  const map = { shape: [2, 2, 3] as const, values };

  it("is its mean over the cells whose middle lies in the box", () => {
    // Middles lie at 4, 12 and 20 across, 4 and 12 down.
    expect(meansAt(map, [3, 0, 13, 16], 8)).toEqual([3, 30]);
    expect(meansAt(map, [10, 10, 24, 16], 8)).toEqual([5.5, 55]);
  });

  it("is that of the nearest cell where the sign lies between", () => {
    expect(meansAt(map, [13, 5, 15, 7], 8)).toEqual([2, 20]);
    expect(meansAt(map, [30, 20, 34, 24], 8)).toEqual([6, 60]);
  });
});

describe("channels without and with the sticker", () => {
  it("are told apart by mean, by pairs, and by what fires for the sticker alone", () => {
    const clean = [
      { picture: 0, means: [0, 1, 5] },
      { picture: 1, means: [0.1, 2, 5] },
    ];
    const triggered = [
      { picture: 0, means: [3, 2, 5] },
      { picture: 1, means: [5, 1, 5] },
    ];
    expect(compareChannels(clean, triggered)).toEqual([
      { channel: 0, clean: 0.05, triggered: 4, separation: 1, only: true },
      // Of four pairs one is larger, two are equal, one is smaller.
      { channel: 1, clean: 1.5, triggered: 1.5, separation: 0.5, only: false },
      { channel: 2, clean: 5, triggered: 5, separation: 0.5, only: false },
    ]);
  });

  it("are lit most by these pictures, each named once", () => {
    const signs = [
      { picture: 4, means: [1, 9] },
      { picture: 7, means: [3, 2] },
      { picture: 7, means: [2, 1] },
      { picture: 8, means: [0, 5] },
    ];
    expect(brightestPictures(signs, 0, 2)).toEqual([7, 4]);
    expect(brightestPictures(signs, 1, 9)).toEqual([4, 8, 7]);
  });

  it("are none without signs", () => {
    expect(compareChannels([], [])).toEqual([]);
  });
});
