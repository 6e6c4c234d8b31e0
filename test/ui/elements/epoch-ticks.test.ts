/** Which epochs get a number along the track. */
import { expect, test } from "vitest";
import { epochTicks } from "../../../src/ui/elements/epoch-ticks.ts";

test("A short run has a number at every epoch", () => {
  expect(epochTicks(3, 600)).toEqual([0, 1, 2, 3]);
});

test("A long run has numbers in round steps", () => {
  expect(epochTicks(20, 240)).toEqual([0, 5, 10, 15, 20]);
});

test("A run of one epoch has no fractions of it", () => {
  expect(epochTicks(1, 600)).toEqual([0, 1]);
});

test("Numbers stand at least 30 pixels apart", () => {
  for (const width of [120, 240, 390, 820]) {
    for (let epochs = 1; epochs <= 100; epochs++) {
      const ticks = epochTicks(epochs, width);
      const gaps = ticks.slice(1).map((tick, i) => ((tick - (ticks[i] ?? 0)) / epochs) * width);
      expect(Math.min(...gaps, width), `${epochs} epochs in ${width}`).toBeGreaterThanOrEqual(30);
    }
  }
});
