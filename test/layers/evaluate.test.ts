/** The confusion matrix on the GPU against the naive loops. */
import { describe, expect, it } from "vitest";
import { NO_IMAGE } from "../../src/data/order.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { evaluateSpec } from "../../src/layers/evaluate.ts";
import { place, run, useGpu } from "../gpu.ts";
import * as reference from "../reference/evaluate.ts";
import { argmax } from "../reference/softmax-cross-entropy.ts";
import { fill } from "../reference/numeric.ts";

/** One batch's count, over a confusion matrix that holds `before` everywhere. */
function prepare(gpu: Gpu, N: number, z: ArrayLike<number>, labels: number[], before = 0) {
  const B = labels.length;
  const confusion = place(gpu, "confusion", [N, N], new Uint32Array(N * N).fill(before), "u32");
  const progress = place(gpu, "progress", [4], [5, 6, 7, 8], "u32");
  const none = new Uint32Array(10 * B).fill(NO_IMAGE);
  const prediction = place(gpu, "prediction", [10, B], none, "u32");
  const spec = evaluateSpec({
    logits: place(gpu, "z", [B, N], z),
    labels: place(gpu, "label", [B], labels, "u32"),
    confusion,
    progress,
    prediction,
  });
  return { confusion, progress, prediction, spec };
}

describe("evaluate", () => {
  const context = useGpu();

  it.each([
    { B: 1, N: 10 },
    { B: 3, N: 2 },
    { B: 33, N: 5 },
    { B: 17, N: 1 },
    { B: 1000, N: 43 },
  ])("agrees with the reference: $B images, $N classes", async ({ B, N }) => {
    const { gpu } = context;
    // Few levels, so that equal logits are common and the first of them must win.
    const z = fill(B * N, 1, 3).map(Math.round);
    const labels = Array.from({ length: B }, (_, b) => (b * 5 + 2) % N);
    const { confusion, progress, prediction, spec } = prepare(gpu, N, z, labels);
    await run(gpu, [spec]);
    const expected = reference.evaluate({ B, N }, z, labels);
    const classes = Array.from({ length: B }, (_, b) => argmax(N, z, b));
    // Five batches were done before this one.
    const before = Array<number>(5 * B).fill(NO_IMAGE);
    const written = [...(await gpu.readU32(prediction))];
    expect(written.slice(0, 6 * B)).toEqual([...before, ...classes]);
    expect(new Set(written.slice(6 * B))).toEqual(new Set([NO_IMAGE]));
    expect([...(await gpu.readU32(confusion))]).toEqual([...expected.confusion]);
    expect([...(await gpu.readU32(progress))]).toEqual([6, 6, 7, 8]);
  });

  it("predicts the lowest of equal classes", async () => {
    const { gpu } = context;
    const { confusion, spec } = prepare(gpu, 3, [0, 0, 0, -1, 4, 4, -2, -3, -2], [2, 2, 1]);
    await run(gpu, [spec]);
    expect([...(await gpu.readU32(confusion))]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0]);
  });

  it("counts no image whose label is no class", async () => {
    const { gpu } = context;
    const z = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0];
    const { confusion, progress, spec } = prepare(gpu, 3, z, [NO_IMAGE, 1, NO_IMAGE, 3]);
    await run(gpu, [spec]);
    expect([...(await gpu.readU32(confusion))]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect((await gpu.readU32(progress))[0]).toBe(6);
  });

  it("adds to what earlier batches counted, and counts the batches", async () => {
    const { gpu } = context;
    const { confusion, progress, spec } = prepare(gpu, 2, [0, 1, 1, 0, 0, 1], [1, 1, 1], 10);
    await run(gpu, [spec], 4);
    expect([...(await gpu.readU32(confusion))]).toEqual([10, 10, 14, 18]);
    expect((await gpu.readU32(progress))[0]).toBe(9);
  });
});
