/** Average pooling on the GPU against the naive loops: overlaps, gaps, padding that counts or not, global means. */
import { describe, expect, it } from "vitest";
import { averagePoolLayer } from "../../src/layers/average-pool.ts";
import { place, run, useGpu } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as reference from "../reference/pool.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

const cases: reference.PoolShape[] = [
  { B: 1, C: 1, H: 1, W: 1, K: 1, stride: 1 },
  { B: 3, C: 2, H: 7, W: 9, K: 2, stride: 2 },
  { B: 17, C: 1, H: 5, W: 6, K: 3, stride: 1 },
  { B: 1, C: 7, H: 13, W: 11, K: 3, stride: 5 },
  { B: 2, C: 3, H: 7, W: 8, K: 3, stride: 2, pad: 1 },
  { B: 2, C: 3, H: 7, W: 8, K: 3, stride: 2, pad: 1, counted: 1 },
  { B: 2, C: 3, H: 6, W: 8, K: 3, stride: 2, pad: 0, padEnd: 1 },
  { B: 1, C: 2, H: 5, W: 6, K: 3, stride: 2, pad: 1, padEnd: 2, counted: 1 },
  // The mean of a whole plane that is no square.
  { B: 5, C: 4, H: 5, W: 3, K: 5, stride: 5, pad: 0, padEnd: 2 },
];

const title = (s: reference.PoolShape) =>
  Object.entries(s)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

describe("average-pool", () => {
  const context = useGpu();

  /** Runs both passes over tensors filled with NaN. @param relu x came out of one */
  async function pool(s: reference.PoolShape, x: Float64Array, dy: Float64Array, relu: boolean) {
    const { gpu } = context;
    const { B, C, H, W, K: kernel, stride, pad = 0, padEnd = pad, counted = 0 } = s;
    const values = place(gpu, "x", [B, C, H, W], x);
    const gradient = place(gpu, "dx", [B, C, H, W]);
    const input = { values, full: values, gradient, relu, pool: 1 } as const;
    const window = { kernel, stride, pad, padEnd, counted };
    const layer = averagePoolLayer(gpu, { label: "pool", input, ...window });
    const small = layer.output.values.shape;
    const y = place(gpu, "y", small);
    const [forward] = layer.forward;
    const [backward] = layer.backward;
    await run(gpu, [
      { ...forward, writes: { y } },
      { ...backward, reads: { dy: place(gpu, "dy", small, dy), below: values } },
    ]);
    const [gotY, gotDx] = await gpu.read(y, gradient);
    return { y: gotY, dx: gotDx };
  }

  it.each(cases.map((s) => [title(s), s] as const))(
    "agrees with the reference: %s",
    async (_, s) => {
      const x = fill(s.B * s.C * s.H * s.W, 1);
      const expected = reference.forwardAverage(s, x);
      const dy = fill(expected.length, 2);
      const { y, dx } = await pool(s, x, dy, false);
      expectClose(y, expected, { ...tolerance, label: "y" });
      expectClose(dx, reference.backwardAverage(s, dy), { ...tolerance, label: "dx" });
    },
  );

  it("hands nothing to what a ReLU had cut off", async () => {
    const s = { B: 2, C: 3, H: 7, W: 6, K: 3, stride: 2, pad: 1 };
    const x = fill(s.B * s.C * s.H * s.W, 3).map((value) => Math.max(0, value));
    const dy = fill(reference.forwardAverage(s, x).length, 4);
    const { dx } = await pool(s, x, dy, true);
    const expected = reference.backwardAverage(s, dy).map((value, i) => (x[i] > 0 ? value : 0));
    expectClose(dx, expected, { ...tolerance, label: "dx" });
  });

  it("refuses a window larger than the padded input", () => {
    const { gpu } = context;
    const values = gpu.tensor("x", [1, 1, 3, 3]);
    const input = { values, full: values, gradient: values, relu: false, pool: 1 } as const;
    const options = { label: "pool1", input, kernel: 4, stride: 1, pad: 0 };
    expect(() => averagePoolLayer(gpu, options)).toThrow(
      "pool1: a 4 x 4 window does not fit 3 x 3",
    );
  });
});
