/** Triggers under search on the GPU against the naive loops. */
import { describe, expect, it } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { triggerBlendSpecs } from "../../src/layers/trigger-blend.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as reference from "../reference/trigger-blend.ts";

const tolerance = { absolute: 1e-5, relative: 1e-4 };

const cases = [
  { G: 1, S: 1, C: 1, H: 1, W: 1 },
  { G: 3, S: 5, C: 1, H: 7, W: 5 },
  { G: 2, S: 3, C: 3, H: 5, W: 9 },
  { G: 10, S: 2, C: 1, H: 28, W: 28 },
];

function prepare(gpu: Gpu, { G, S, C, H, W }: (typeof cases)[number], free: Float64Array) {
  const pixels = G * S * C * H * W;
  const x = fill(pixels, 2).map(Math.abs);
  const dworn = fill(pixels, 3);
  const costs = fill(G, 4).map(Math.abs);
  const images = [G * S, C, H, W];
  const triggers = [G, 1 + C, H, W];
  const tensors = {
    free: place(gpu, "free", triggers, free),
    shaped: place(gpu, "shaped", triggers),
    gradient: place(gpu, "dfree", triggers),
    clean: place(gpu, "x", images, x),
    worn: place(gpu, "worn", images),
    wornGradient: place(gpu, "dworn", images, dworn),
    schedule: place(
      gpu,
      "state",
      [G, 3],
      [...costs].flatMap((cost) => [cost, 7, 7]),
    ),
  };
  return { x, dworn, costs, tensors, specs: triggerBlendSpecs(tensors) };
}

describe("trigger-blend", () => {
  const context = useGpu();

  it.each(cases)(
    "agrees with the reference: $G groups of $S images of $C x $H x $W",
    async (size) => {
      const { gpu } = context;
      const shape = { ...size, P: size.H * size.W };
      const free = fill(size.G * (1 + size.C) * shape.P, 1, 3);
      const { x, dworn, costs, tensors, specs } = prepare(gpu, size, free);
      await run(gpu, [...specs.forward, specs.backward]);

      const shaped = reference.shape(free);
      expectClose(await values(gpu, tensors.shaped), shaped, { ...tolerance, label: "shaped" });
      const worn = reference.wear(shape, shaped, x);
      expectClose(await values(gpu, tensors.worn), worn, { ...tolerance, label: "worn" });
      const dfree = reference.gradient(shape, free, x, dworn, costs);
      expectClose(await values(gpu, tensors.gradient), dfree, { ...tolerance, label: "dfree" });
    },
  );

  it("stays between 0 and 1 however far a step went", async () => {
    const { gpu } = context;
    const free = Float64Array.of(-1e30, 1e30, -200, 200, 0, -0.5);
    const { tensors, specs } = prepare(gpu, { G: 1, S: 1, C: 1, H: 1, W: 3 }, free);
    await run(gpu, specs.forward);
    const expected = reference.shape(free);
    expectClose(await values(gpu, tensors.shaped), expected, { absolute: 1e-6, label: "shaped" });
  });

  it("refuses groups of unequal size", () => {
    const { gpu } = context;
    const { tensors } = prepare(gpu, { G: 2, S: 1, C: 1, H: 1, W: 1 }, fill(4, 1));
    const clean = gpu.tensor("x", [3, 1, 1, 1]);
    expect(() => triggerBlendSpecs({ ...tensors, clean })).toThrow(
      "3 images in 2 groups, expected as many in each",
    );
  });
});
