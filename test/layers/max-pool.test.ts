/** Maximum pooling on the GPU against the naive loops: overlapping windows, gaps, leftovers and ties. */
import { describe, expect, it } from "vitest";
import { maxPoolLayer } from "../../src/layers/max-pool.ts";
import { place, run, useGpu } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as reference from "../reference/pool.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

const cases: reference.PoolShape[] = [
  { B: 1, C: 1, H: 1, W: 1, K: 1, stride: 1 },
  { B: 3, C: 2, H: 7, W: 9, K: 2, stride: 2 },
  { B: 17, C: 1, H: 5, W: 6, K: 3, stride: 1 },
  { B: 1, C: 7, H: 13, W: 11, K: 3, stride: 2 },
  { B: 33, C: 3, H: 4, W: 5, K: 1, stride: 3 },
  { B: 2, C: 5, H: 14, W: 8, K: 5, stride: 3 },
  { B: 260, C: 2, H: 6, W: 6, K: 2, stride: 2 },
];

/** Where two long arrays first differ, -1 if nowhere. */
const firstOther = (a: Float32Array, b: Float32Array) => a.findIndex((v, i) => v !== b[i]);

const title = ({ B, C, H, W, K, stride }: reference.PoolShape) =>
  `[${B}, ${C}, ${H}, ${W}], ${K} x ${K} windows, stride ${stride}`;

describe("max-pool", () => {
  const context = useGpu();

  /** Runs both passes on x and dy over tensors filled with NaN. @param relu x came out of one */
  async function pool(s: reference.PoolShape, x: Float64Array, dy: Float64Array, relu = false) {
    const { gpu } = context;
    const full = [s.B, s.C, s.H, s.W];
    const values = place(gpu, "x", full, x);
    const gradient = place(gpu, "dx", full);
    const layer = maxPoolLayer(gpu, {
      label: "pool",
      input: { values, full: values, gradient, relu, pool: 1 },
      kernel: s.K,
      stride: s.stride,
      pad: s.pad ?? 0,
      ...(s.padEnd === undefined ? {} : { padEnd: s.padEnd }),
    });
    const small = layer.output.values.shape;
    const y = place(gpu, "y", small);
    const winners = place(gpu, "winners", small, undefined, "u32");
    const [forward] = layer.forward;
    const [backward] = layer.backward;
    await run(gpu, [
      { ...forward, writes: { y, winners } },
      { ...backward, reads: { dy: place(gpu, "dy", small, dy), maxima: winners, below: values } },
    ]);
    const [gotY, gotDx] = await gpu.read(y, gradient);
    return { y: gotY, dx: gotDx };
  }

  it.each(cases.map((s) => [title(s), s] as const))(
    "agrees with the reference: %s",
    async (_, s) => {
      const x = fill(s.B * s.C * s.H * s.W, 1);
      const dy = fill(reference.forwardMax(s, x).length, 2);
      const { y, dx } = await pool(s, x, dy);
      expect(y).toEqual(Float32Array.from(reference.forwardMax(s, x)));
      expectClose(dx, reference.backwardMax(s, x, dy), { ...tolerance, label: "dx" });
    },
  );

  it.each([
    { B: 2, C: 3, H: 7, W: 8, K: 3, stride: 2, pad: 1 },
    { B: 1, C: 2, H: 5, W: 4, K: 4, stride: 3, pad: 2 },
    { B: 3, C: 2, H: 5, W: 7, K: 2, stride: 2, pad: 0, padEnd: 1 },
  ])("finds maxima of windows that begin before the image: %o", async (s) => {
    // All below zero, so that a zero from beyond the edge would win.
    const x = fill(s.B * s.C * s.H * s.W, 5).map((value) => value - 2);
    const dy = fill(reference.forwardMax(s, x).length, 6);
    const { y, dx } = await pool(s, x, dy);
    expect(y).toEqual(Float32Array.from(reference.forwardMax(s, x)));
    expectClose(dx, reference.backwardMax(s, x, dy), { ...tolerance, label: "dx" });
  });

  it("gives a tied maximum's whole gradient to the first of the window, in overlaps too", async () => {
    const s = { B: 2, C: 3, H: 8, W: 7, K: 3, stride: 2 };
    // Three levels only, so that nearly every window of nine has ties; one plane is all equal.
    const x = fill(s.B * s.C * s.H * s.W, 3).map(Math.round);
    x.fill(-2, 0, s.H * s.W);
    const dy = fill(reference.forwardMax(s, x).length, 4);
    const { y, dx } = await pool(s, x, dy);
    expect(y.map((v) => v + 0)).toEqual(
      Float32Array.from(reference.forwardMax(s, x), (v) => v + 0),
    );
    expectClose(dx, reference.backwardMax(s, x, dy), { ...tolerance, label: "dx" });
  });

  it("hands nothing to what a ReLU had cut off", async () => {
    const s = { B: 2, C: 3, H: 7, W: 6, K: 3, stride: 2, pad: 1 };
    const before = fill(s.B * s.C * s.H * s.W, 7).map((value) => value - 1);
    const x = before.map((value) => Math.max(0, value));
    const dy = fill(reference.forwardMax(s, x).length, 8);
    const { dx } = await pool(s, x, dy, true);
    const expected = reference.backwardMax(s, x, dy).map((value, i) => (x[i] > 0 ? value : 0));
    expectClose(dx, expected, { ...tolerance, label: "dx" });
  });

  it("reaches every element where one row of workgroups is not enough", async () => {
    // 65,601 workgroups of 64; windows of one element copy, so each element shows where it went.
    const s = { B: 1, C: 1, H: 2049, W: 2049, K: 1, stride: 1 };
    const length = s.H * s.W;
    const x = Float64Array.from({ length }, (_, i) => i + 1);
    const { y, dx } = await pool(s, x, x.toReversed());
    const up = Float32Array.from(x);
    expect(firstOther(y, up)).toBe(-1);
    expect(firstOther(dx, up.toReversed())).toBe(-1);
  });

  it("refuses a window larger than the input, and what comes out of a fused pool", () => {
    const { gpu } = context;
    const values = gpu.tensor("x", [1, 1, 3, 3]);
    const input = { values, full: values, gradient: values, relu: false, pool: 1 } as const;
    const window = { label: "pool1", stride: 1, pad: 0 };
    expect(() => maxPoolLayer(gpu, { ...window, input, kernel: 4 })).toThrow(
      "pool1: a 4 x 4 window does not fit 3 x 3",
    );
    expect(() => maxPoolLayer(gpu, { ...window, input: { ...input, pool: 2 }, kernel: 2 })).toThrow(
      "pool1: its input comes out of a fused pool",
    );
  });
});
