/** Values as colours, and their range in words. */
import { fixed } from "../../../src/format.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  colourIndex,
  colourTables,
  rangeOf,
  rangeText,
  short,
} from "../../../src/ui/elements/colour-scale.ts";

/** Sum of a pixel's colours. */
const brightness = (pixel: number) => (pixel & 255) + ((pixel >> 8) & 255) + ((pixel >> 16) & 255);

describe("colours", () => {
  it("grow brighter with the amount, in both directions of the double ramp", () => {
    const one = colourTables.sequential.slice(0, 256).map(brightness);
    for (let i = 8; i < 256; i += 8) expect(one[i]).toBeGreaterThan(one[i - 8]);
    const two = colourTables.diverging.slice(0, 256).map(brightness);
    for (let i = 136; i < 256; i += 8) expect(two[i]).toBeGreaterThan(two[i - 8]);
    for (let i = 8; i < 120; i += 8) expect(two[i]).toBeLessThan(two[i - 8]);
  });

  it("stay in their table whatever the value, and tell what is no number", () => {
    fc.assert(
      fc.property(fc.double(), fc.double({ min: 0, noNaN: true }), (value, max) => {
        for (const ramp of ["sequential", "diverging"] as const) {
          const index = colourIndex(value, { ramp, max });
          if (Number.isNaN(value)) expect(index).toBe(256);
          else expect(index >= 0 && index <= 255).toBe(true);
        }
      }),
    );
  });

  it("have zero at the dark end, or in the dark middle", () => {
    expect(colourIndex(0, { ramp: "sequential", max: 3 })).toBe(0);
    expect(colourIndex(3, { ramp: "sequential", max: 3 })).toBe(255);
    expect(colourIndex(0, { ramp: "diverging", max: 3 })).toBe(128);
    expect(colourIndex(-3, { ramp: "diverging", max: 3 })).toBe(0);
  });

  it("range over what is finite, and say so in three digits", () => {
    const values = Float32Array.of(0.5, -4, Infinity, Number.NaN, 2);
    expect(rangeOf("sequential", values)).toEqual({ ramp: "sequential", max: 2 });
    expect(rangeOf("diverging", values)).toEqual({ ramp: "diverging", max: 4 });
    expect(rangeText(rangeOf("diverging", values))).toBe("±4.00");
    // A true minus sign, and none before what rounds to nothing.
    expect([-0.5, -12345, -0.0012].map(short)).toEqual(["−0.50", "−1.2e+4", "−0.001"]);
    expect([-0.004, -0.006, 0].map((value) => fixed(value, 2))).toEqual(["0.00", "−0.01", "0.00"]);
    expect([0, 0.0123, 0.5, 12.34, 999, 12345, Number.NaN].map(short)).toEqual([
      "0",
      "0.012",
      "0.50",
      "12.3",
      "999",
      "1.2e+4",
      "no number",
    ]);
  });
});
