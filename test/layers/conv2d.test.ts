/** Convolution on the GPU against the naive loops, on odd shapes. */
import { describe, it } from "vitest";
import type { Activation } from "../../src/layers/activation.ts";
import { conv2dLayer } from "../../src/layers/conv2d.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import * as reference from "../reference/conv2d.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as pool from "../reference/pool.ts";

/** f32 sums of up to some thousands of terms of order one. */
const tolerance = { absolute: 1e-5, relative: 1e-4 };

interface Case extends reference.Conv2dShape {
  relu?: boolean;
  pool?: 1 | 2;
  /** How the layer below made x. */
  below?: { relu: boolean; pool: 1 | 2 };
  /** Adds to what another reader of x wrote as its gradient. */
  adds?: boolean;
}

const cases: Case[] = [
  { B: 3, C: 1, H: 28, W: 28, O: 16, K: 5, stride: 1, pad: 0, relu: true, pool: 2 },
  {
    B: 2,
    C: 16,
    H: 12,
    W: 12,
    O: 32,
    K: 5,
    stride: 1,
    pad: 0,
    relu: true,
    pool: 2,
    below: { relu: true, pool: 2 },
  },
  { B: 16, C: 4, H: 6, W: 6, O: 8, K: 3, stride: 1, pad: 0, below: { relu: true, pool: 1 } },
  { B: 1, C: 1, H: 1, W: 1, O: 1, K: 1, stride: 1, pad: 0 },
  { B: 5, C: 3, H: 9, W: 7, O: 5, K: 3, stride: 2, pad: 1, relu: true },
  { B: 1, C: 7, H: 5, W: 11, O: 17, K: 3, stride: 1, pad: 1, below: { relu: true, pool: 1 } },
  { B: 2, C: 3, H: 13, W: 10, O: 9, K: 7, stride: 3, pad: 3 },
  { B: 33, C: 2, H: 4, W: 4, O: 3, K: 2, stride: 2, pad: 0, pool: 2 },
  { B: 4, C: 5, H: 5, W: 5, O: 19, K: 5, stride: 1, pad: 2, relu: true },
  { B: 2, C: 20, H: 3, W: 3, O: 33, K: 1, stride: 1, pad: 0 },
  { B: 7, C: 6, H: 3, W: 5, O: 4, K: 3, stride: 1, pad: 0, below: { relu: false, pool: 2 } },
  {
    B: 2,
    C: 5,
    H: 7,
    W: 6,
    O: 9,
    K: 3,
    stride: 1,
    pad: 1,
    below: { relu: true, pool: 1 },
    adds: true,
  },
  { B: 3, C: 6, H: 5, W: 7, O: 10, K: 1, stride: 1, pad: 0, adds: true },
  // The kernel is larger than the image.
  { B: 2, C: 3, H: 2, W: 3, O: 4, K: 5, stride: 1, pad: 2, below: { relu: true, pool: 1 } },
];

const title = ({ B, C, H, W, O, K, stride, pad, relu, pool = 1, below, adds }: Case) =>
  `[${B}, ${C}, ${H}, ${W}] to ${O} with ${K} x ${K}, stride ${stride}, pad ${pad}` +
  (relu ? ", ReLU" : "") +
  (pool === 2 ? ", pooled" : "") +
  (below
    ? `, over a layer with${below.relu ? " ReLU" : ""}${below.pool === 2 ? " pooling" : ""}`
    : "") +
  (adds ? ", adding its input's gradient" : "");

describe.each(["registers", "workgroup"] as const)("conv2d in %s", (tiling) => {
  const context = useGpu();

  it.each(cases.map((c) => [title(c), c] as const))(
    "agrees with the reference: %s",
    async (_, c) => {
      const { gpu } = context;
      const { B, C, H, W, O, K, stride, pad, relu = false, adds = false } = c;
      const { below = { relu: false, pool: 1 } } = c;
      const P = reference.outputSize(H, K, stride, pad);
      const Q = reference.outputSize(W, K, stride, pad);
      const fullShape = { B, C, H: H * below.pool, W: W * below.pool, K: 2, stride: 2 };
      const full = fill(B * C * H * W * below.pool ** 2, 1).map((v) =>
        below.relu ? Math.max(0, v) : v,
      );
      const x = below.pool === 2 ? pool.forwardAverage(fullShape, full).map(Math.fround) : full;
      const w = fill(O * C * K * K, 2);
      const b = fill(O, 3);
      const dy = fill(B * O * P * Q, 4);

      const before = adds ? fill(full.length, 5) : undefined;
      const fullTensor = place(gpu, "below", [B, C, H * below.pool, W * below.pool], full);
      const input: Activation = {
        full: fullTensor,
        values: below.pool === 2 ? place(gpu, "x", [B, C, H, W], x) : fullTensor,
        gradient: place(gpu, "dx", fullTensor.shape, before),
        ...below,
      };
      const parameters = {
        w: place(gpu, "w", [O, C, K, K], w),
        b: place(gpu, "b", [O], b),
        dw: place(gpu, "dw", [O, C, K, K]),
        db: place(gpu, "db", [O]),
      };
      const layer = conv2dLayer(gpu, {
        label: "conv",
        input,
        filters: O,
        kernel: K,
        stride,
        pad,
        relu,
        pool: c.pool ?? 1,
        tiling,
        parameters,
        adds,
      });
      const yTensor = place(gpu, "y", [B, O, P, Q]);
      const pooledTensor = c.pool === 2 ? place(gpu, "pooled", [B, O, P / 2, Q / 2]) : null;
      const dyTensor = place(gpu, "dy", [B, O, P, Q], dy);
      const forward = layer.forward.map((spec) => ({
        ...spec,
        writes: { y: yTensor, pooled: pooledTensor ?? spec.writes["pooled"] },
      }));
      const backward = layer.backward.map((spec) => ({
        ...spec,
        reads: { ...spec.reads, dy: dyTensor },
      }));
      await run(gpu, [...forward, ...backward]);

      const y = reference.forward(c, x, w, b, relu);
      expectClose(await values(gpu, yTensor), y, { ...tolerance, label: "y" });
      if (pooledTensor) {
        const pooled = pool.forwardAverage({ B, C: O, H: P, W: Q, K: 2, stride: 2 }, y);
        expectClose(await values(gpu, pooledTensor), pooled, { ...tolerance, label: "pooled" });
      }
      const { dw, db } = reference.backwardWeights(c, x, dy);
      expectClose(await values(gpu, parameters.dw), dw, { ...tolerance, label: "dw" });
      expectClose(await values(gpu, parameters.db), db, { ...tolerance, label: "db" });
      const dx = reference.backwardInput(c, w, dy);
      const spread = below.pool === 2 ? pool.backwardAverage(fullShape, dx) : dx;
      const masked = spread.map(
        (v, i) => (before?.[i] ?? 0) + (below.relu && full[i] <= 0 ? 0 : v),
      );
      expectClose(await values(gpu, input.gradient!), masked, { ...tolerance, label: "dx" });
    },
  );
});
