/** Dropout on the GPU: what is left out, by how much the rest grows, and that the seed decides it. */
import { describe, expect, it } from "vitest";
import { dropoutLayer } from "../../src/layers/dropout.ts";
import { place, run, useGpu } from "../gpu.ts";
import * as reference from "../reference/dropout.ts";
import { expectClose, fill } from "../reference/numeric.ts";

const LENGTH = 5001;

describe("dropout", () => {
  const context = useGpu();

  async function drop(rate: number, seed: number, step: number, relu = false, number = 0) {
    const { gpu } = context;
    const raw = fill(LENGTH, 1, 2).map((value) => value || 0.5);
    const x = relu ? raw.map((value) => Math.max(0, value)) : raw;
    const values = place(gpu, "x", [1, LENGTH], x);
    const gradient = place(gpu, "dx", [1, LENGTH]);
    const layer = dropoutLayer(gpu, {
      label: "drop",
      input: { values, full: values, gradient, relu, pool: 1 },
      rate,
      number,
      key: place(gpu, "key", [4], [seed, 7, 0, 0], "u32"),
      progress: place(gpu, "progress", [4], [step, 0, 0, 0], "u32"),
    });
    const dy = fill(LENGTH, 2);
    gpu.write(layer.output.gradient!, Float32Array.from(dy));
    await run(gpu, [...layer.forward, ...layer.backward]);
    const [y, dx] = await gpu.read(layer.output.values, gradient);
    return { x, dy, y, dx };
  }

  it("leaves out its share as the reference does, scales the rest, and hands gradients back the same way", async () => {
    const { x, dy, y, dx } = await drop(0.3, 1, 4);
    const kept = [...y].filter((value) => value !== 0).length;
    // Five standard deviations of 5001 coin tosses.
    expect(Math.abs(kept / LENGTH - 0.7)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / LENGTH));
    const mask = reference.mask(LENGTH, { rate: 0.3, layer: 0, step: 4, key: [1, 7] });
    const times = (values: Float64Array) => values.map((value, i) => value * mask[i]);
    expectClose(y, times(x), { absolute: 1e-6, relative: 1e-6, label: "y" });
    expectClose(dx, times(dy), { absolute: 1e-6, relative: 1e-6, label: "dx" });
  });

  it("goes back through the ReLU below", async () => {
    const { x, dx } = await drop(0.3, 1, 4, true);
    expect(dx.every((value, i) => x[i] > 0 || value === 0)).toBe(true);
  });

  it("repeats itself for the same seed, layer and step, and for no other", async () => {
    const first = (await drop(0.5, 1, 4)).y;
    expect((await drop(0.5, 1, 4)).y).toEqual(first);
    expect((await drop(0.5, 2, 4)).y).not.toEqual(first);
    expect((await drop(0.5, 1, 5)).y).not.toEqual(first);
    expect((await drop(0.5, 1, 4, false, 1)).y).not.toEqual(first);
  });
});
