/** What the head says of regions, on the GPU against the naive loops. */
import { describe, expect, it } from "vitest";
import { detectionSpec } from "../../src/layers/detections.ts";
import { place, run, useGpu } from "../gpu.ts";
import { detect } from "../reference/detections.ts";
import { expectClose, fill } from "../reference/numeric.ts";

describe("detections", () => {
  const context = useGpu();

  it.each([
    { B: 1, R: 1, C: 2, leastScore: 0 },
    { B: 2, R: 70, C: 4, leastScore: 0.05 },
    { B: 3, R: 9, C: 11, leastScore: 0.2 },
  ])("have the reference's scores and boxes: %o", async ({ B, R, C, leastScore }) => {
    const { gpu } = context;
    const [height, width] = [60, 83];
    const scores = fill(B * R * C, 1, 3);
    const deltas = fill(B * R * C * 4, 2, 4);
    const draws = fill(4 * B * R, 3).map((value) => (value + 1) / 2);
    const regions = Array.from({ length: B * R }, (_, i) => {
      // Each seventh place holds no region.
      if (i % 7 === 6) return [0, 0, 0, 0];
      const [x, y, w, h] = draws.subarray(4 * i, 4 * i + 4);
      return [70 * x, 50 * y, 70 * x + 3 + 20 * w, 50 * y + 3 + 20 * h].map(Math.fround);
    });
    const spec = detectionSpec(gpu, {
      label: "detections",
      images: B,
      scores: place(gpu, "scores", [B * R, C], scores),
      deltas: place(gpu, "deltas", [B * R, 4 * C], deltas),
      regions: place(gpu, "regions", [B * R, 4], regions.flat()),
      size: [height, width],
      leastScore,
    }).spec;
    const keys = place(gpu, "keys", [B * (C - 1), R]);
    const boxes = place(gpu, "boxes", [B * (C - 1), R, 4]);
    await run(gpu, [{ ...spec, writes: { keys, boxes } }]);
    const [gotScores, gotBoxes] = await gpu.read(keys, boxes);
    for (let b = 0; b < B; b++) {
      const expected = detect(
        { R, C, height, width },
        scores.subarray(b * R * C, (b + 1) * R * C),
        deltas.subarray(4 * b * R * C, 4 * (b + 1) * R * C),
        regions.slice(b * R, (b + 1) * R),
      );
      for (const [i, ofClass] of expected.entries()) {
        for (const [r, { score, box }] of ofClass.entries()) {
          const at = (b * (C - 1) + i) * R + r;
          const label = `class ${i + 1} of region ${b * R + r}`;
          expectClose(gotBoxes.subarray(4 * at, 4 * at + 4), box, { absolute: 1e-3, label });
          // So close to the least score, it may be on either side.
          if (Math.abs(score - leastScore) < 1e-6) continue;
          const counts = score >= leastScore && regions[b * R + r].some((value) => value > 0);
          expect(Math.abs(gotScores[at] - (counts ? score : 0))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it("give no score to what is not a number", async () => {
    const { gpu } = context;
    const made = detectionSpec(gpu, {
      label: "detections",
      images: 1,
      scores: place(gpu, "scores", [2, 2], [Number.NaN, 1, 0, Number.NaN]),
      deltas: place(gpu, "deltas", [2, 8], fill(16, 1)),
      regions: place(gpu, "regions", [2, 4], [0, 0, 9, 9, 0, 0, 9, 9]),
      size: [20, 20],
      leastScore: 0,
    });
    await run(gpu, [made.spec]);
    expect(await gpu.readU32(made.keys)).toEqual(Uint32Array.of(0, 0));
  });
});
