/** Scaling neurons on the GPU against the naive loop. */
import { describe, expect, it } from "vitest";
import { scaleSpec } from "../../src/layers/scale.ts";
import { sizeOf } from "../../src/gpu/tensor.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { fill } from "../reference/numeric.ts";
import * as reference from "../reference/scale.ts";

describe("scale", () => {
  const context = useGpu();

  // The last takes more workgroups than fit in a row of them.
  it.each([[[1]], [[17]], [[3, 5]], [[64, 1]], [[7, 3, 5, 5]], [[33, 129]], [[3, 1_398_103]]])(
    "multiplies each row of %j by its own factor, as the reference does to the bit",
    async (shape) => {
      const { gpu } = context;
      const before = fill(sizeOf(shape), 1);
      // Some neurons switched off, some left alone.
      const factors = fill(shape[0], 2, 3).map((value, o) => [Math.abs(value), 0, 1][o % 3]);
      const tensor = place(gpu, "w", shape, before);
      const specs = [
        scaleSpec({ label: "fc.w", values: tensor, factors: place(gpu, "f", [shape[0]], factors) }),
      ];
      await run(gpu, specs);
      const after = await values(gpu, tensor);
      const expected = Float32Array.from(reference.scale(before, factors));
      // The two zeros are the same number.
      expect(after.findIndex((value, i) => value + 0 !== expected[i] + 0)).toBe(-1);
    },
  );

  it("refuses factors that are not one to a row", () => {
    const { gpu } = context;
    const tensors = { values: gpu.tensor("w", [3, 2]), factors: gpu.tensor("f", [2]) };
    expect(() => scaleSpec({ label: "fc.w", ...tensors })).toThrow("fc.w: f is [2], expected [3]");
  });
});
