/** Perturbations under search on the GPU against the naive loops. */
import { describe, expect, it } from "vitest";
import { perturbationSpecs } from "../../src/layers/perturbation.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import * as reference from "../reference/perturbation.ts";

const tolerance = { absolute: 1e-5, relative: 1e-5 };

const cases = [
  { G: 1, S: 1, image: [1, 1, 1], low: -1, radius: 0 },
  { G: 3, S: 5, image: [1, 7, 5], low: 0, radius: 0 },
  { G: 2, S: 3, image: [3, 5, 9], low: -1, radius: 0.5 },
  { G: 1, S: 9, image: [1, 28, 28], low: -1, radius: 3 },
  { G: 4, S: 1, image: [1, 5, 3], low: -1, radius: 100 },
];

describe("perturbation", () => {
  const context = useGpu();

  it.each(cases)(
    "agrees with the reference: $G groups of $S images of $image, from $low, radius $radius",
    async ({ G, S, image, low, radius }) => {
      const { gpu } = context;
      const L = image.reduce((product, extent) => product * extent, 1);
      const size = { G, S, L };
      const x = fill(G * S * L, 1).map(Math.abs);
      const delta = fill(G * L, 2, 1.5);
      // Elements that end exactly at the edge, and still count.
      delta[0] = 0;
      x[0] = 0;
      const dworn = fill(x.length, 3);
      const images = [G * S, ...image];
      const perturbations = [G, ...image];
      const tensors = {
        delta: place(gpu, "delta", perturbations, delta),
        gradient: place(gpu, "ddelta", perturbations),
        clean: place(gpu, "x", images, x),
        worn: place(gpu, "worn", images),
        wornGradient: place(gpu, "dworn", images, dworn),
      };
      const { forward, backward, project } = perturbationSpecs({ ...tensors, low, radius });
      await run(gpu, [forward, backward, project]);
      const expected = {
        worn: reference.wear(size, x, delta),
        gradient: reference.gradient(size, x, delta, dworn),
        delta: reference.project(L, delta, low, radius),
      };
      for (const name of ["worn", "gradient", "delta"] as const) {
        expectClose(await values(gpu, tensors[name]), expected[name], {
          ...tolerance,
          label: name,
        });
      }
    },
  );

  it("refuses groups of unequal size", () => {
    const { gpu } = context;
    const [delta, clean] = [gpu.tensor("delta", [2, 1, 1, 1]), gpu.tensor("x", [3, 1, 1, 1])];
    const others = { gradient: delta, worn: clean, wornGradient: clean };
    expect(() => perturbationSpecs({ delta, clean, ...others })).toThrow(
      "3 images in 2 groups, expected as many in each",
    );
  });
});
