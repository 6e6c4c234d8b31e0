/** Choice, order and non-maximum suppression on the GPU against sorting and a plain loop. */
import { describe, expect, it } from "vitest";
import { choiceTensor, rankSpecs, sampleSpec } from "../../src/layers/select.ts";
import { nmsSpecs } from "../../src/layers/nms.ts";
import { place, run, useGpu } from "../gpu.ts";
import * as reference from "../reference/boxes.ts";
import { fill } from "../reference/numeric.ts";
import { rank } from "../reference/select.ts";

/** Boxes of 5 to 45 pixels within 100, in so tight a crowd that many overlap. */
function crowd(count: number, seed: number): number[][] {
  const draws = fill(4 * count, seed).map((value) => (value + 1) / 2);
  return Array.from({ length: count }, (_, i) => {
    const [x, y, w, h] = draws.subarray(4 * i, 4 * i + 4);
    return [60 * x, 60 * y, 60 * x + 5 + 40 * w, 60 * y + 5 + 40 * h].map(Math.fround);
  });
}

const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0];

describe("select and nms", () => {
  const context = useGpu();

  it.each([
    { G: 1, N: 1, keep: 4 },
    { G: 3, N: 77, keep: 20 },
    { G: 2, N: 300, keep: 300 },
    { G: 2, N: 513, keep: 130 },
  ])("keeps the best of each group in order, and of those what does not overlap: %o", async (c) => {
    const { gpu } = context;
    const { G, N, keep } = c;
    const boxes = Array.from({ length: G }, (_, g) => crowd(N, 10 + g));
    // A third scores nothing; some scores are equal.
    const scores = Array.from({ length: G }, (_, g) =>
      Array.from(fill(N, 20 + g), (value) =>
        value < -0.33 ? 0 : Math.round(50 * (value + 1)) / 101,
      ),
    );
    const keys = place(gpu, "keys", [G, N], scores.flat().map(bitsOf), "u32");
    const placed = place(gpu, "boxes", [G, N, 4], boxes.flat(2));
    const ranked = rankSpecs(gpu, { label: "top", keys, boxes: placed, keep });
    const iouThreshold = 0.4;
    const kept = nmsSpecs(gpu, { label: "nms", ranked, keep: 25, iouThreshold });
    await run(gpu, [...ranked.specs, ...kept.specs]);
    const order = await gpu.readU32(ranked.order);
    const choice = await gpu.readU32(ranked.choice);
    const stays = await gpu.readU32(kept.kept);
    const K = Math.min(keep, N);
    for (let g = 0; g < G; g++) {
      const expected = rank(scores[g], K);
      expect(choice[2 * g + 1]).toBe(expected.length);
      expect([...order.subarray(g * K, g * K + expected.length)]).toEqual(expected);
      const own = expected.map((i) => boxes[g][i]);
      const survivors = reference
        .nms(
          own,
          expected.map((_, i) => -i),
          iouThreshold,
        )
        .slice(0, 25);
      const got = [...stays.subarray(25 * g, 25 * g + 25)];
      expect(got.filter((value) => value !== 0xffffffff)).toEqual(survivors);
      expect(got.slice(survivors.length).every((value) => value === 0xffffffff)).toBe(true);
    }
  });

  it("refuses groups that the workgroup's memory has no room for", () => {
    const { gpu } = context;
    const N = 12_289;
    const keys = place(gpu, "keys", [1, N], undefined, "u32");
    const boxes = place(gpu, "boxes", [1, N, 4]);
    const ranked = rankSpecs(gpu, { label: "top", keys, boxes, keep: N });
    expect(() => nmsSpecs(gpu, { label: "nms", ranked, keep: 1, iouThreshold: 0.5 })).toThrow(
      "12289 boxes in a group, 12288 at most",
    );
  });

  it("fills foreground places first, and gives the background what is left", async () => {
    const { gpu } = context;
    const N = 90;
    const draws = fill(4 * N, 5).map((value) => Math.floor((value + 1) * 1e6) + 1);
    // Image 0 has more foreground than its share, image 1 has three.
    const keys = [
      ...draws.subarray(0, N),
      ...draws.subarray(N, 2 * N),
      ...draws.subarray(2 * N, 3 * N).map((key, i) => (i < 3 ? key : 0)),
      ...draws.subarray(3 * N, 4 * N),
    ];
    const choice = choiceTensor(gpu, "sample", 4);
    const placed = place(gpu, "keys", [2, 2, N], keys, "u32");
    await run(gpu, [
      sampleSpec({ label: "sample", keys: placed, choice, foreground: 10, total: 32 }),
    ]);
    const got = await gpu.readU32(choice);
    expect([got[1], got[3], got[5], got[7]]).toEqual([10, 22, 3, 29]);
    for (const [group, count] of [10, 22, 3, 29].entries()) {
      const own = keys.slice(group * N, (group + 1) * N);
      expect(own.filter((key) => key > 0 && key >= got[2 * group])).toHaveLength(count);
    }
  });
});
