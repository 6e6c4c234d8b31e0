/** Pooling on the GPU against the naive loops: overlapping windows, gaps, leftovers and ties. */
import { describe, expect, it } from "vitest";
import {
  averagePoolBackward,
  averagePoolForward,
  maxPoolBackward,
  maxPoolForward,
} from "../../src/layers/pool.ts";
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

const close = (actual: Float32Array, expected: Float64Array, label: string) =>
  expectClose(actual, expected, { ...tolerance, label });

/** Where two long arrays first differ, -1 if nowhere. */
const firstOther = (a: Float32Array, b: Float32Array) => a.findIndex((v, i) => v !== b[i]);

const title = ({ B, C, H, W, K, stride }: reference.PoolShape) =>
  `[${B}, ${C}, ${H}, ${W}], ${K} x ${K} windows, stride ${stride}`;

describe("pool", () => {
  const context = useGpu();

  /** Runs all four passes on x and dy, with one label, over tensors filled with NaN. */
  async function pool(s: reference.PoolShape, x: Float64Array, dy: Float64Array) {
    const { gpu } = context;
    const full = [s.B, s.C, s.H, s.W];
    const P = reference.outputSize(s.H, s.K, s.stride);
    const Q = reference.outputSize(s.W, s.K, s.stride);
    const small = [s.B, s.C, P, Q];
    const tensors = { x: place(gpu, "x", full, x), dy: place(gpu, "dy", small, dy) };
    const average = { y: place(gpu, "y", small), dx: place(gpu, "dx", full) };
    const max = { y: place(gpu, "y", small), dx: place(gpu, "dx", full) };
    const winners = place(gpu, "winners", small, undefined, "u32");
    const window = { label: "pool", kernel: s.K, stride: s.stride, ...tensors };
    await run(gpu, [
      averagePoolForward({ ...window, ...average }),
      averagePoolBackward({ ...window, ...average }),
      maxPoolForward({ ...window, ...max, winners }),
      maxPoolBackward({ ...window, ...max, winners }),
    ]);
    const [averageY, averageDx, maxY, maxDx] = await gpu.read(average.y, average.dx, max.y, max.dx);
    return { averageY, averageDx, maxY, maxDx };
  }

  it.each(cases.map((s) => [title(s), s] as const))(
    "agrees with the reference: %s",
    async (_, s) => {
      const x = fill(s.B * s.C * s.H * s.W, 1);
      const dy = fill(reference.forwardMax(s, x).length, 2);
      const got = await pool(s, x, dy);
      close(got.averageY, reference.forwardAverage(s, x), "average y");
      close(got.averageDx, reference.backwardAverage(s, dy), "average dx");
      expect(got.maxY).toEqual(Float32Array.from(reference.forwardMax(s, x)));
      close(got.maxDx, reference.backwardMax(s, x, dy), "max dx");
    },
  );

  it.each([
    { B: 2, C: 3, H: 7, W: 8, K: 3, stride: 2, pad: 1 },
    { B: 1, C: 2, H: 5, W: 4, K: 4, stride: 3, pad: 2 },
  ])("finds maxima of windows that begin before the image: %o", async (s) => {
    const { gpu } = context;
    const full = [s.B, s.C, s.H, s.W];
    const small = [
      s.B,
      s.C,
      ...[s.H, s.W].map((n) => reference.outputSize(n, s.K, s.stride, s.pad)),
    ];
    // All below zero, so that a zero from beyond the edge would win.
    const x = fill(s.B * s.C * s.H * s.W, 5).map((value) => value - 2);
    const dy = fill(reference.forwardMax(s, x).length, 6);
    const y = place(gpu, "y", small);
    const dx = place(gpu, "dx", full);
    const winners = place(gpu, "winners", small, undefined, "u32");
    const window = { label: "pool", kernel: s.K, stride: s.stride, pad: s.pad, winners };
    await run(gpu, [
      maxPoolForward({ ...window, x: place(gpu, "x", full, x), y }),
      maxPoolBackward({ ...window, dy: place(gpu, "dy", small, dy), dx }),
    ]);
    const [gotY, gotDx] = await gpu.read(y, dx);
    expect(gotY).toEqual(Float32Array.from(reference.forwardMax(s, x)));
    close(gotDx, reference.backwardMax(s, x, dy), "dx");
  });

  it("gives a tied maximum's whole gradient to the first of the window, in overlaps too", async () => {
    const s = { B: 2, C: 3, H: 8, W: 7, K: 3, stride: 2 };
    // Three levels only, so that nearly every window of nine has ties; one plane is all equal.
    const x = fill(s.B * s.C * s.H * s.W, 3).map(Math.round);
    x.fill(-2, 0, s.H * s.W);
    const dy = fill(reference.forwardMax(s, x).length, 4);
    const { maxY, maxDx } = await pool(s, x, dy);
    expect(maxY.map((v) => v + 0)).toEqual(
      Float32Array.from(reference.forwardMax(s, x), (v) => v + 0),
    );
    expectClose(maxDx, reference.backwardMax(s, x, dy), { ...tolerance, label: "dx" });
  });

  it("reaches every element where one row of workgroups is not enough", async () => {
    // 65,601 workgroups of 64; windows of one element copy, so each element shows where it went.
    const s = { B: 1, C: 1, H: 2049, W: 2049, K: 1, stride: 1 };
    const length = s.H * s.W;
    const x = Float64Array.from({ length }, (_, i) => i + 1);
    const { averageY, averageDx, maxY, maxDx } = await pool(s, x, x.toReversed());
    const up = Float32Array.from(x);
    const down = up.toReversed();
    expect(firstOther(averageY, up)).toBe(-1);
    expect(firstOther(averageDx, down)).toBe(-1);
    expect(firstOther(maxY, up)).toBe(-1);
    expect(firstOther(maxDx, down)).toBe(-1);
  });

  it("refuses a window larger than the input and an output of the wrong shape", () => {
    const { gpu } = context;
    const x = gpu.tensor("x", [1, 1, 3, 3]);
    const y = gpu.tensor("y", [1, 1, 2, 2]);
    const label = "pool1";
    expect(() => maxPoolForward({ label, x, y, winners: y, kernel: 4, stride: 1 })).toThrow(
      "pool1: a 4 x 4 window does not fit 3 x 3",
    );
    expect(() => averagePoolBackward({ label, dx: x, dy: y, kernel: 3, stride: 1 })).toThrow(
      "pool1: y is [1, 1, 2, 2], expected [1, 1, 1, 1]",
    );
  });
});
