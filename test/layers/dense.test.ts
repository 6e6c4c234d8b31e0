/** The dense layer on the GPU against the naive loops, on sizes that do not divide its tiles. */
import { describe, it } from "vitest";
import type { Activation } from "../../src/layers/activation.ts";
import { denseLayer } from "../../src/layers/dense.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import * as reference from "../reference/dense.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as pool from "../reference/pool.ts";

/** f32 sums of up to some thousands of terms of order one. */
const tolerance = { absolute: 1e-5, relative: 1e-4 };

interface Case {
  /** Of the input: [B, I] or [B, C, H, W]. */
  shape: number[];
  O: number;
  relu?: boolean;
  /** How the layer below made x. */
  below?: { relu: boolean; pool: 1 | 2 };
}

const cases: Case[] = [
  { shape: [1, 1], O: 1 },
  { shape: [3, 7], O: 5, relu: true, below: { relu: true, pool: 1 } },
  { shape: [17, 33], O: 19, below: { relu: false, pool: 1 } },
  { shape: [33, 16], O: 17, relu: true },
  { shape: [3, 2, 3, 5], O: 10, relu: true, below: { relu: true, pool: 2 } },
  { shape: [1, 8, 2, 2], O: 33, below: { relu: false, pool: 2 } },
  // More than one workgroup in every direction of every pass.
  { shape: [300, 270], O: 20, relu: true, below: { relu: true, pool: 1 } },
];

const title = ({ shape, O, relu, below }: Case) => {
  const fused = [below?.relu && "ReLU", below?.pool === 2 && "pooling"].filter(Boolean);
  const input = below ? `a layer with ${fused.join(" and ") || "neither"}` : "images";
  return `[${shape.join(", ")}] to ${O}${relu ? " with ReLU" : ""}, over ${input}`;
};

describe.each(["registers", "workgroup"] as const)("dense in %s", (tiling) => {
  const context = useGpu();

  it.each(cases.map((c) => [title(c), c] as const))(
    "agrees with the reference: %s",
    async (_, c) => {
      const { gpu } = context;
      const { shape, O, relu = false, below } = c;
      const [B, C, H = 1, W = 1] = shape;
      const I = C * H * W;
      const s = { B, I, O };

      // What the layer below wrote: before pooling, and what this layer reads of it.
      const halves = { B, C, H: 2 * H, W: 2 * W, K: 2, stride: 2 };
      const pooled = below?.pool === 2;
      const fullShape = pooled ? [B, C, 2 * H, 2 * W] : shape;
      const full = fill(B * I * (pooled ? 4 : 1), 1).map((v) => (below?.relu ? Math.max(0, v) : v));
      const x = pooled ? pool.forwardAverage(halves, full).map(Math.fround) : full;
      const w = fill(O * I, 2);
      const b = fill(O, 3);
      const dy = fill(B * O, 4);

      const fullTensor = place(gpu, "below", fullShape, full);
      const gradient = below ? place(gpu, "dx", fullShape) : null;
      const input: Activation = {
        full: fullTensor,
        values: pooled ? place(gpu, "x", shape, x) : fullTensor,
        gradient,
        relu: below?.relu ?? false,
        pool: below?.pool ?? 1,
      };
      const parameters = {
        w: place(gpu, "w", [O, I], w),
        b: place(gpu, "b", [O], b),
        dw: place(gpu, "dw", [O, I]),
        db: place(gpu, "db", [O]),
      };
      const layer = denseLayer(gpu, { label: "fc", input, outputs: O, relu, tiling, parameters });
      const y = place(gpu, "y", [B, O]);
      const dyTensor = place(gpu, "dy", [B, O], dy);
      const forward = layer.forward.map((spec) => ({ ...spec, writes: { y } }));
      const backward = layer.backward.map((spec) => ({
        ...spec,
        reads: { ...spec.reads, dy: dyTensor },
      }));
      await run(gpu, [...forward, ...backward]);

      expectClose(await values(gpu, y), reference.forward(s, x, w, b, relu), {
        ...tolerance,
        label: "y",
      });
      const { dw, db } = reference.backwardWeights(s, x, dy);
      expectClose(await values(gpu, parameters.dw), dw, { ...tolerance, label: "dw" });
      expectClose(await values(gpu, parameters.db), db, { ...tolerance, label: "db" });
      if (!gradient) return;
      const dx = reference.backwardInput(s, w, dy);
      const spread = pooled ? pool.backwardAverage(halves, dx) : dx;
      const masked = spread.map((v, i) => (below?.relu && full[i] <= 0 ? 0 : v));
      expectClose(await values(gpu, gradient), masked, { ...tolerance, label: "dx" });
    },
  );

  it("agrees with the reference where two layers compute a part of the columns each", async () => {
    const { gpu } = context;
    // Both parts end within a tile.
    const [B, I, parts] = [19, 35, [21, 14]];
    const O = parts[0] + parts[1];
    const s = { B, I, O };
    const x = fill(B * I, 1).map((v) => Math.max(0, v));
    const w = fill(O * I, 2);
    const b = fill(O, 3);
    const dy = fill(B * O, 4);
    const full = place(gpu, "below", [B, I], x);
    const gradient = place(gpu, "dx", [B, I]);
    const input: Activation = { full, values: full, gradient, relu: true, pool: 1 };
    const y = place(gpu, "y", [B, O]);
    const of: Activation = {
      full: y,
      values: y,
      gradient: place(gpu, "dy", [B, O], dy),
      relu: true,
      pool: 1,
    };
    const layers = parts.map((outputs, n) => {
      const first = n === 0 ? 0 : parts[0];
      return denseLayer(gpu, {
        label: `fc.${n}`,
        input,
        outputs,
        part: { of, first },
        relu: true,
        tiling,
        adds: n > 0,
        parameters: {
          w: place(gpu, "w", [outputs, I], w.slice(first * I, (first + outputs) * I)),
          b: place(gpu, "b", [outputs], b.slice(first, first + outputs)),
          dw: place(gpu, "dw", [outputs, I]),
          db: place(gpu, "db", [outputs]),
        },
      });
    });
    await run(
      gpu,
      layers.flatMap(({ forward, backward }) => [...forward, ...backward]),
    );
    expectClose(await values(gpu, y), reference.forward(s, x, w, b, true), {
      ...tolerance,
      label: "y",
    });
    const whole = reference.backwardWeights(s, x, dy);
    for (const [n, { backward }] of layers.entries()) {
      const { dw, dbias } = backward[0].writes;
      const first = n === 0 ? 0 : parts[0];
      const end = first + parts[n];
      expectClose(await values(gpu, dw), whole.dw.slice(first * I, end * I), {
        ...tolerance,
        label: `dw of part ${n}`,
      });
      expectClose(await values(gpu, dbias), whole.db.slice(first, end), {
        ...tolerance,
        label: `db of part ${n}`,
      });
    }
    const dx = reference.backwardInput(s, w, dy).map((v, i) => (x[i] > 0 ? v : 0));
    expectClose(await values(gpu, gradient), dx, { ...tolerance, label: "dx" });
  });
});
