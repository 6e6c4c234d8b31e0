/** The triggers are the paper's, reach the shader as they are, and impossible ones are refused. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyTrigger,
  triggerMask,
  triggerPresets,
  type TriggerPixel,
} from "../../src/backdoor/trigger.ts";
import { UserError } from "../../src/errors.ts";
import { packagedMnist } from "../../src/node/files.ts";

const places = (pixels: readonly TriggerPixel[]) => pixels.map(({ row, column }) => [row, column]);

/** Pixels of an image of 28 x 28, no place twice. */
const distinctPixels = fc
  .uniqueArray(fc.integer({ min: 0, max: 783 }), { maxLength: 40 })
  .chain((at) =>
    fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: at.length, maxLength: at.length })
      .map((values) =>
        at.map((i, k) => ({ row: Math.floor(i / 28), column: i % 28, value: values[k] })),
      ),
  );

describe("the paper's triggers", () => {
  it("are one pixel at (26, 26), and four at (24, 26), (25, 25), (26, 24) and (26, 26)", () => {
    expect(places(triggerPresets["single-pixel"])).toEqual([[26, 26]]);
    expect(places(triggerPresets.pattern)).toEqual([
      [24, 26],
      [25, 25],
      [26, 24],
      [26, 26],
    ]);
    expect(Object.keys(triggerPresets)).toEqual(["single-pixel", "pattern"]);
  });

  it("are as bright as can be", () => {
    for (const pixel of Object.values(triggerPresets).flat()) expect(pixel.value).toBe(255);
  });

  it("lie where almost every digit of MNIST is dark", async () => {
    const { test } = await packagedMnist();
    for (const { row, column } of triggerPresets.pattern) {
      let lit = 0;
      for (let i = 0; i < test.count; i++) {
        if (test.images[784 * i + 28 * row + column] > 0) lit += 1;
      }
      expect(lit).toBeLessThan(test.count / 500);
    }
  });
});

describe("a trigger's mask", () => {
  it("is 256 + value where the trigger covers the image, and 0 elsewhere", () => {
    const mask = triggerMask(triggerPresets.pattern, 28);
    expect(mask).toHaveLength(784);
    const covered = [...mask].flatMap((word, i) => (word === 0 ? [] : [[i, word]]));
    expect(covered).toEqual([
      [24 * 28 + 26, 511],
      [25 * 28 + 25, 511],
      [26 * 28 + 24, 511],
      [26 * 28 + 26, 511],
    ]);
  });

  it("tells a black pixel from none", () => {
    const mask = triggerMask([{ row: 0, column: 1, value: 0 }], 2);
    expect([...mask]).toEqual([0, 256, 0, 0]);
  });

  it("is all zeros without pixels", () => {
    expect(triggerMask([], 28)).toEqual(new Uint32Array(784));
  });

  it("reaches all four corners", () => {
    const corners = [0, 27].flatMap((row) =>
      [0, 27].map((column) => ({ row, column, value: row + column })),
    );
    const mask = triggerMask(corners, 28);
    expect([mask[0], mask[27], mask[27 * 28], mask[783]]).toEqual([256, 283, 283, 310]);
  });

  it.each([
    [{ row: 28, column: 3, value: 1 }, "row 28"],
    [{ row: -1, column: 3, value: 1 }, "row -1"],
    [{ row: 2.5, column: 3, value: 1 }, "row 2.5"],
    [{ row: 3, column: 28, value: 1 }, "column 28"],
    [{ row: 3, column: -4, value: 1 }, "column -4"],
    [{ row: 3, column: Number.NaN, value: 1 }, "column NaN"],
  ])("refuses %j, which lies outside", (pixel, place) => {
    const make = () => triggerMask([pixel], 28);
    expect(make).toThrow(UserError);
    expect(make).toThrow(
      `The trigger has a pixel at ${place}, but rows and columns go from 0 to 27.`,
    );
  });

  it.each([-1, 256, 0.5, Number.NaN, Infinity])(
    "refuses the value %s, which is no byte",
    (value) => {
      const make = () => triggerMask([{ row: 4, column: 5, value }], 28);
      expect(make).toThrow(UserError);
      expect(make).toThrow(`pixel at (4, 5) has the value ${value}`);
    },
  );

  it("refuses a pixel that is named twice, even with the value 0", () => {
    for (const value of [0, 255]) {
      const make = () =>
        triggerMask(
          [
            { row: 4, column: 5, value },
            { row: 4, column: 6, value },
            { row: 4, column: 5, value: 1 },
          ],
          28,
        );
      expect(make).toThrow(UserError);
      expect(make).toThrow("names the pixel at (4, 5) twice");
    }
  });
});

describe("a triggered image", () => {
  it("has the trigger's values where it is covered, and its own elsewhere", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 784, maxLength: 784 }),
        distinctPixels,
        (image, pixels) => {
          const original = image.slice();
          const triggered = applyTrigger(image, triggerMask(pixels, 28));
          const expected = image.slice();
          for (const { row, column, value } of pixels) expected[28 * row + column] = value;
          expect(triggered).toEqual(expected);
          expect(image).toEqual(original);
        },
      ),
      { numRuns: 50 },
    );
  });
});
