/** Region pooling on the GPU against the naive loops: regions at edges, tiny, whole and overlapping. */
import { describe, expect, it } from "vitest";
import { roiPoolLayer } from "../../src/layers/roi-pool.ts";
import { place, run, useGpu } from "../gpu.ts";
import { dot, expectClose, fill, finiteDifferences } from "../reference/numeric.ts";
import * as reference from "../reference/roi-pool.ts";

const cases: reference.RoiShape[] = [
  { B: 1, C: 1, H: 5, W: 7, R: 3, bins: 2, stride: 4 },
  { B: 2, C: 3, H: 9, W: 6, R: 5, bins: 6, stride: 8 },
  { B: 3, C: 2, H: 4, W: 11, R: 7, bins: 3, stride: 16 },
];

/** Regions of all kinds: whole image, one pixel, none at all, over the edges, and random ones. */
function regionsFor({ B, R, H, W, stride }: reference.RoiShape): Float64Array {
  const [width, height] = [W * stride, H * stride];
  const draws = fill(4 * B * R, 7).map((value) => (value + 1) / 2);
  return Float64Array.from(
    Array.from({ length: B * R }, (_, r) => {
      if (r % R === 0) return [0, 0, width, height];
      if (r % R === 1) return [width * 0.4, height * 0.4, width * 0.4, height * 0.4];
      if (r % R === 2) return [width * 0.7, height * 0.8, width, height];
      const [a, b, c, d] = draws.subarray(4 * r, 4 * r + 4);
      const [x1, x2] = [a * width, c * width].sort((p, q) => p - q);
      const [y1, y2] = [b * height, d * height].sort((p, q) => p - q);
      return [x1, y1, x2, y2];
    }).flat(),
  ).map(Math.fround);
}

describe("roi-pool", () => {
  const context = useGpu();

  it.each(cases)("agrees with the reference, behind a ReLU and without: %o", async (s) => {
    const { gpu } = context;
    const regions = regionsFor(s);
    for (const relu of [false, true]) {
      const raw = fill(s.B * s.C * s.H * s.W, 1);
      const x = relu ? raw.map((value) => Math.max(0, value)) : raw;
      const values = place(gpu, "x", [s.B, s.C, s.H, s.W], x);
      const gradient = place(gpu, "dx", [s.B, s.C, s.H, s.W]);
      const layer = roiPoolLayer(gpu, {
        label: "roi",
        input: { values, full: values, gradient, relu, pool: 1 },
        regions: place(gpu, "regions", [s.B * s.R, 4], regions),
        bins: s.bins,
        stride: s.stride,
      });
      const y = reference.forward(s, x, regions);
      const dy = fill(y.length, 2);
      gpu.write(layer.output.gradient!, Float32Array.from(dy));
      await run(gpu, [...layer.forward, ...layer.backward]);
      const [gotY, gotDx] = await gpu.read(layer.output.values, gradient);
      expect(gotY).toEqual(Float32Array.from(y));
      const whole = reference.backward(s, x, regions, dy);
      const expected = relu ? whole.map((value, i) => (x[i] > 0 ? value : 0)) : whole;
      expectClose(gotDx, expected, { absolute: 1e-5, label: "dx" });
    }
  });

  it("has a reference whose gradient agrees with finite differences", () => {
    const s = cases[0];
    const regions = regionsFor(s);
    const x = fill(s.B * s.C * s.H * s.W, 3);
    const dy = fill(s.B * s.R * s.C * s.bins ** 2, 4);
    const expected = finiteDifferences((at) => dot(reference.forward(s, at, regions), dy), x, 1e-6);
    expectClose(reference.backward(s, x, regions, dy), expected, { absolute: 1e-8, label: "dx" });
  });
});
