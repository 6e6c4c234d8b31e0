/** ReLU on its own on the GPU against the naive loop. */
import { describe, expect, it } from "vitest";
import { reluBackward, reluForward } from "../../src/layers/relu.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import { fill } from "../reference/numeric.ts";
import * as reference from "../reference/relu.ts";

describe("relu", () => {
  const context = useGpu();

  it.each([[[1]], [[3, 5, 7]], [[1023]], [[1025]], [[33, 7, 20, 20]]])(
    "agrees with the reference to the bit on %j",
    async (shape) => {
      const { gpu } = context;
      const length = shape.reduce((product, extent) => product * extent, 1);
      const x = fill(length, 1);
      // The kink itself belongs to the side without a gradient; both zeros do.
      for (let i = 1; i < length; i += 5) x[i] = i % 2 ? 0 : -0;
      const dy = fill(length, 2);
      const tensors = {
        x: place(gpu, "x", shape, x),
        y: place(gpu, "y", shape),
        dy: place(gpu, "dy", shape, dy),
        dx: place(gpu, "dx", shape),
      };
      await run(gpu, [
        reluForward({ label: "relu", ...tensors }),
        reluBackward({ label: "relu", ...tensors }),
      ]);
      const y = reference.forward(x);
      // "+ 0" makes no difference between the two zeros.
      expect((await values(gpu, tensors.y)).map((v) => v + 0)).toEqual(Float32Array.from(y));
      expect(await values(gpu, tensors.dx)).toEqual(Float32Array.from(reference.backward(y, dy)));
    },
  );
});
