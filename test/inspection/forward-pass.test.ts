/** Activations of images from the CPU are those that the inspector sees of the same images. */
import { expect, it } from "vitest";
import { ForwardPass } from "../../src/inspection/forward-pass.ts";
import { Inspector } from "../../src/inspection/inspector.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { useGpu } from "../gpu.ts";

const device = useGpu();
const COUNT = 70; // more than one batch
const test = {
  images: Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i * 2654435761) >>> 24),
  labels: new Uint8Array(COUNT),
  count: COUNT,
};
const parameters = initialParameters(digitNet, 7);
const images = {
  count: COUNT,
  fill: (image: number, into: Float32Array) => {
    for (let k = 0; k < 784; k++) into[k] = test.images[784 * image + k] / 255;
  },
};

it("of any layer, in the images' order, and logits", async () => {
  const inspector = await Inspector.build(device.gpu, {
    network: digitNet,
    classes: 10,
    test,
    trigger: new Uint32Array(784),
  });
  const inspected = { parameters: () => ({ values: parameters }), scaled: [] };
  const pass = await ForwardPass.build(device.gpu, digitNet, parameters);
  const told: number[] = [];
  const fc1 = await pass.activations("fc1", images, (done) => told.push(done));
  const conv2 = await pass.activations("conv2", images);
  const logits = await pass.logits(images);
  expect(told).toEqual([64, 70]);
  expect([fc1.length, conv2.length, logits.length]).toEqual([70 * 512, 70 * 512, 700]);
  for (const image of [0, 63, 64, 69]) {
    const look = await inspector.look(inspected, image);
    const near = (own: Float32Array, expected: ArrayLike<number>) => {
      for (const [i, value] of own.entries()) expect(value).toBeCloseTo(expected[i], 4);
    };
    near(fc1.subarray(512 * image, 512 * (image + 1)), look.layers[2].clean);
    near(logits.subarray(10 * image, 10 * (image + 1)), look.logits.clean);
    // The mean of each 2 x 2 window of the map before pooling.
    const maps = look.layers[1].clean;
    const pooled = Float32Array.from({ length: 512 }, (_, at) => {
      const [channel, row, column] = [Math.floor(at / 16), Math.floor(at / 4) % 4, at % 4];
      const first = 64 * channel + 16 * row + 2 * column;
      return [0, 1, 8, 9].reduce((sum, step) => sum + maps[first + step], 0) / 4;
    });
    near(conv2.subarray(512 * image, 512 * (image + 1)), pooled);
  }
});

it("ends with what is thrown between two batches", async () => {
  const pass = await ForwardPass.build(device.gpu, digitNet, parameters);
  let batches = 0;
  const between = () => {
    batches += 1;
    throw new Error("enough");
  };
  await expect(pass.logits(images, between)).rejects.toThrow("enough");
  expect(batches).toBe(1);
});
