/** The gradient in images by blocks against the naive loops of a convolution. */
import { describe, expect, it } from "vitest";
import { imageGradientSpecs, inBlocks } from "../../src/layers/image-gradient.ts";
import { place, run, useGpu, values } from "../gpu.ts";
import * as reference from "../reference/conv2d.ts";
import { expectClose, fill } from "../reference/numeric.ts";
import { unblock } from "../reference/unblock.ts";

const cases = [
  { B: 3, C: 1, H: 28, W: 28, O: 16, K: 5, pad: 0 },
  { B: 2, C: 3, H: 8, W: 12, O: 5, K: 3, pad: 1 },
  { B: 1, C: 1, H: 4, W: 4, O: 1, K: 1, pad: 0 },
  { B: 5, C: 2, H: 12, W: 4, O: 7, K: 4, pad: 3 },
];

describe.each(["registers", "workgroup"] as const)("image-gradient in %s", (tiling) => {
  const context = useGpu();

  it.each(cases)(
    "agrees with the reference: [$B, $C, $H, $W] to $O with $K x $K, pad $pad",
    async ({ B, C, H, W, O, K, pad }) => {
      const { gpu } = context;
      const shape = { B, C, H, W, O, K, stride: 1, pad };
      const [P, Q] = [H, W].map((extent) => reference.outputSize(extent, K, 1, pad));
      const w = fill(O * C * K * K, 1);
      const dyValues = fill(B * O * P * Q, 2);
      const dy = place(gpu, "dy", [B, O, P, Q], dyValues);
      const dx = place(gpu, "dx", [B, C, H, W]);
      const weights = Float32Array.from(w);
      await run(gpu, imageGradientSpecs(gpu, { weights, kernel: K, pad, dy, dx, tiling }));
      const expected = reference.backwardInput(shape, w, dyValues);
      const tolerance = { absolute: 1e-5, relative: 1e-4 };
      expectClose(await values(gpu, dx), expected, { ...tolerance, label: "dx" });
    },
  );
});

describe("unblock", () => {
  const context = useGpu();

  it("puts each block's elements in their places, as the reference does to the bit", async () => {
    const { gpu } = context;
    const shape = { B: 3, C: 2, H: 8, W: 12 };
    const blocks = fill(3 * 2 * 96, 1);
    const dx = place(gpu, "dx", [3, 2, 8, 12]);
    const dy = place(gpu, "dy", [3, 1, 8, 12]);
    const weights = new Float32Array(2);
    const specs = imageGradientSpecs(gpu, {
      weights,
      kernel: 1,
      pad: 0,
      dy,
      dx,
      tiling: "workgroup",
    });
    const read = place(gpu, "blocks", [3, 32, 2, 3], blocks);
    await run(gpu, [{ ...specs.at(-1)!, reads: { blocks: read } }]);
    expect(await values(gpu, dx)).toEqual(Float32Array.from(unblock(shape, blocks)));
  });
});

describe("where it can be used", () => {
  it.each([
    { image: [1, 28, 28], layer: { kernel: 5 }, can: true },
    { image: [3, 32, 32], layer: { kernel: 3, pad: 1 }, can: true },
    { image: [4, 28, 28], layer: { kernel: 5 }, can: false },
    { image: [1, 30, 28], layer: { kernel: 5 }, can: false },
    { image: [1, 28, 28], layer: { kernel: 5, stride: 2 }, can: false },
    { image: [1, 28, 28], layer: { kernel: 1, pad: 1 }, can: false },
  ])("is $can for images of $image and $layer", ({ image, layer, can }) => {
    expect(inBlocks(image as [number, number, number], layer)).toBe(can);
  });
});
