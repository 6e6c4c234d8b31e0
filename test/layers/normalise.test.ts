/** Local response normalisation on the GPU against the naive loops, on odd shapes. */
import { describe, it } from "vitest";
import { normaliseLayer } from "../../src/layers/normalise.ts";
import { place, run, useGpu } from "../gpu.ts";
import * as reference from "../reference/normalise.ts";
import { expectClose, fill } from "../reference/numeric.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

const cases = [
  { B: 2, C: 3, H: 7, W: 5, K: 3, alpha: 0.5, beta: 0.75 },
  { B: 1, C: 1, H: 1, W: 9, K: 3, alpha: 5e-5, beta: 0.75 },
  { B: 3, C: 2, H: 6, W: 11, K: 5, alpha: 1, beta: 0.5 },
];

describe("normalise", () => {
  const context = useGpu();

  it.each(cases)("agrees with the reference, behind a ReLU and without: %o", async (shape) => {
    const { gpu } = context;
    const { B, C, H, W, K, alpha, beta } = shape;
    const s = { planes: B * C, H, W, K, alpha, beta };
    for (const relu of [false, true]) {
      const raw = fill(B * C * H * W, 1, 2);
      const x = relu ? raw.map((value) => Math.max(0, value)) : raw;
      const dy = fill(x.length, 2);
      const values = place(gpu, "x", [B, C, H, W], x);
      const gradient = place(gpu, "dx", [B, C, H, W]);
      const input = { values, full: values, gradient, relu, pool: 1 as const };
      const layer = normaliseLayer(gpu, { label: "norm", input, size: K, alpha, beta });
      gpu.write(layer.output.gradient!, Float32Array.from(dy));
      await run(gpu, [...layer.forward, ...layer.backward]);
      const [y, dx] = await gpu.read(layer.output.values, gradient);
      expectClose(y, reference.forward(s, x), { ...tolerance, label: "y" });
      const whole = reference.backward(s, x, dy);
      const expected = relu ? whole.map((value, i) => (x[i] > 0 ? value : 0)) : whole;
      expectClose(dx, expected, { ...tolerance, label: "dx" });
    }
  });
});
