/** Anchors and suppression against others' work: Faster R-CNN's published anchors, and TensorFlow.js. */
import { describe, expect, it } from "vitest";
import { layAnchors } from "../../src/layers/anchors.ts";
import { rankSpecs } from "../../src/layers/select.ts";
import { nmsSpecs } from "../../src/layers/nms.ts";
import { presets } from "../../src/models/detector-presets.ts";
import { place, run, useGpu } from "../gpu.ts";
import { readGolden, scoredBoxes, suppressions } from "../reference/golden.ts";

/**
 * Anchors of the ZF network at its first cell, as the authors of Faster R-CNN published them
 * (generate_anchors.py): first and last pixel, counted from 1, three sizes of three shapes.
 */
const published = [
  [-83, -39, 100, 56],
  [-175, -87, 192, 104],
  [-359, -183, 376, 200],
  [-55, -55, 72, 72],
  [-119, -119, 136, 136],
  [-247, -247, 264, 264],
  [-35, -79, 52, 96],
  [-79, -167, 96, 184],
  [-167, -343, 184, 360],
] as const;

it("the paper's anchors are those that Faster R-CNN published, but for their rounding", () => {
  const [height, width] = [38, 50];
  const anchors = layAnchors(presets.paper.anchors, [height, width], 16);
  for (const [i, [x1, y1, x2, y2]] of published.entries()) {
    const first = 4 * i * height * width;
    const [left, top, right, bottom] = anchors.subarray(first, first + 4);
    // Pixels 1 to 16 of the first cell reach from 0 to 16.
    expect((left + right) / 2).toBeCloseTo((x1 - 1 + x2) / 2, 3);
    expect((top + bottom) / 2).toBeCloseTo((y1 - 1 + y2) / 2, 3);
    // They round the sides of a cell's anchor of 16 pixels, one after the other, before they scale it.
    const scale = [8, 16, 32][i % 3];
    expect(Math.abs(right - left - (x2 - x1 + 1))).toBeLessThanOrEqual(0.75 * scale);
    expect(Math.abs(bottom - top - (y2 - y1 + 1))).toBeLessThanOrEqual(0.75 * scale);
  }
});

describe("nms", () => {
  const context = useGpu();

  it.each(suppressions)("keeps what TensorFlow.js keeps: %o", async (suppression) => {
    const { gpu } = context;
    const { N, iouThreshold, most } = suppression;
    const { boxes, scores } = scoredBoxes(N);
    const bits = [...new Uint32Array(scores.buffer)];
    const keys = place(gpu, "keys", [1, N], bits, "u32");
    const placed = place(gpu, "boxes", [1, N, 4], boxes.flat());
    const ranked = rankSpecs(gpu, { label: "top", keys, boxes: placed, keep: N });
    const kept = nmsSpecs(gpu, { label: "nms", ranked, keep: most, iouThreshold });
    await run(gpu, [...ranked.specs, ...kept.specs]);
    const order = await gpu.readU32(ranked.order);
    const places = [...(await gpu.readU32(kept.kept))].filter((at) => at !== 0xffffffff);

    const theirs = (await readGolden())(`kept/${suppressions.indexOf(suppression)}`);
    expect(places.map((at) => order[at])).toEqual([...theirs]);
    expect(places.length).toBeGreaterThan(10);
    expect(places.length).toBeLessThan(N);
  });
});
