/** Statistics of activations on the GPU against two plain passes, over one batch and over many. */
import { describe, expect, it } from "vitest";
import { NO_IMAGE } from "../../src/data/order.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { readSummary, statisticsSpec, type ChannelSummary } from "../../src/layers/statistics.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as reference from "../reference/statistics.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

/** Runs over the batches in turn, into one summary that begins as zeros. */
async function summarise(
  gpu: Gpu,
  shape: number[],
  batches: { x: Float64Array; labels?: number[] }[],
): Promise<ChannelSummary[]> {
  const [B, C] = shape;
  const tensors = {
    values: place(gpu, "values", shape),
    labels: place(gpu, "label", [B], new Uint32Array(B), "u32"),
    summary: place(gpu, "summary", [C, 6], new Float32Array(C * 6)),
  };
  const spec = statisticsSpec({ label: "conv1", ...tensors });
  for (const { x, labels } of batches) {
    gpu.write(tensors.values, new Float32Array(x));
    gpu.write(tensors.labels, Uint32Array.from(labels ?? Array.from({ length: B }, () => 0)));
    await run(gpu, [spec]);
  }
  return readSummary(await values(gpu, tensors.summary));
}

/** Compares every field with two passes over all images at once, [images, C, N]. */
function expectSummary(
  got: ChannelSummary[],
  s: reference.StatisticsShape,
  x: Float64Array,
  { absolute, relative } = tolerance,
) {
  const expected = reference.statistics(s, x);
  const column = (field: keyof ChannelSummary) => Float64Array.from(got, (c) => c[field]);
  expect(column("count")).toEqual(expected.count);
  expect(column("least")).toEqual(expected.min);
  expect(column("largest")).toEqual(expected.max);
  expectClose(column("positiveShare"), expected.positiveShare, { relative: 1e-6, label: "share" });
  expectClose(column("mean"), expected.mean, { absolute, relative, label: "mean" });
  expectClose(column("variance"), expected.variance, { absolute, relative, label: "variance" });
}

describe("statistics", () => {
  const context = useGpu();

  it.each([
    [[1, 1]],
    [[3, 5]],
    [[17, 3, 5, 7]],
    [[33, 1, 2, 2]],
    [[1, 70, 3, 3]],
    [[260, 4, 6, 6]],
  ])("agrees with the reference: %j", async (shape) => {
    const { gpu } = context;
    const [B, C, H = 1, W = 1] = shape;
    const s = { B, C, N: H * W };
    // Shifted, so that channels are mostly negative; with zeros, which are not positive.
    const x = fill(B * C * H * W, 1, 3).map((v, i) => (i % 4 === 1 ? 0 : Math.fround(v - 1)));
    expectSummary(await summarise(gpu, shape, [{ x }]), s, x);
  });

  it("several batches give what one large batch would", async () => {
    const { gpu } = context;
    const [B, C, N] = [7, 3, 20];
    const x = fill(3 * B * C * N, 2);
    // Batches that differ in level, which a mean of means would get right and a variance would not.
    for (let i = 0; i < x.length; i++) x[i] = Math.fround(x[i] + Math.floor(i / (B * C * N)));
    const batches = [0, 1, 2].map((k) => ({ x: x.slice(k * B * C * N, (k + 1) * B * C * N) }));
    expectSummary(await summarise(gpu, [B, C, 4, 5], batches), { B: 3 * B, C, N }, x);
  });

  it("leaves out what is no image", async () => {
    const { gpu } = context;
    const [B, C, N] = [5, 3, 30];
    const x = fill(B * C * N, 3);
    const labels = [NO_IMAGE, 4, NO_IMAGE, 0, 9];
    const kept = [1, 3, 4].flatMap((b) => Array.from(x.subarray(b * C * N, (b + 1) * C * N)));
    // Large enough to be noticed in every field.
    for (const b of [0, 2]) x.fill(1e6, b * C * N, (b + 1) * C * N);
    const none = { x, labels: Array.from({ length: B }, () => NO_IMAGE) };
    const got = await summarise(gpu, [B, C, N], [none, { x, labels }, none]);
    expectSummary(got, { B: 3, C, N }, Float64Array.from(kept));
  });

  it("says zero of everything where there was no image at all", async () => {
    const { gpu } = context;
    const [only] = await summarise(gpu, [1, 1], [{ x: fill(1, 1), labels: [NO_IMAGE] }]);
    const zero = { count: 0, mean: 0, variance: 0, least: 0, largest: 0, positiveShare: 0 };
    expect(only).toEqual(zero);
  });

  it("stays accurate where a small variance sits on a large mean", async () => {
    const { gpu } = context;
    const [B, C, N] = [20, 2, 100];
    const x = fill(B * C * N, 4, 0.5).map((v) => Math.fround(1000 + v));
    const got = await summarise(gpu, [B, C, N], [{ x }, { x }, { x }]);
    const three = Float64Array.from([...x, ...x, ...x]);
    // Neighbouring f32 are 6e-5 apart at 1000, so that the running mean is off by some 1e-4 against
    // deviations of 0.3. Squares of the values, a million, would leave nothing of a variance of 0.08.
    expectSummary(got, { B: 3 * B, C, N }, three, { absolute: 0, relative: 2e-3 });
  });

  it("refuses a summary of the wrong size", () => {
    const { gpu } = context;
    const values = gpu.tensor("values", [2, 3, 4]);
    const labels = gpu.tensor("label", [2], "u32");
    const summary = gpu.tensor("summary", [2, 6]);
    expect(() => statisticsSpec({ label: "conv1", values, labels, summary })).toThrow(
      "conv1: the summary is [2, 6], expected [3, 6]",
    );
  });
});
