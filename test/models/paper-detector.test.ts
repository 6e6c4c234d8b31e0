/** The paper's detector at its full size, within the limits that every adapter grants. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { compile } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { buildDetector, MAX_BOXES } from "../../src/models/detector.ts";
import { describeDetector } from "../../src/models/detector-parameters.ts";
import { drawParameters } from "../../src/models/initialise.ts";
import { paperPreset } from "../../src/models/detector-presets.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { fill } from "../reference/numeric.ts";

// One image instead of two: the other one would only double the time.
const preset = { ...paperPreset, training: { ...paperPreset.training, images: 1 } };

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openInNode("auto", { defaultLimits: true });
});
afterAll(() => gpu.destroy());

it("runs a forward and a backward pass whose losses are those of a network that knows nothing", async () => {
  expect(gpu.device.limits.maxStorageBufferBindingSize).toBe(2 ** 27);
  const key = gpu.tensor("key", [4], "u32");
  const progress = gpu.tensor("progress", [4], "u32");
  const detector = await gpu.withinMemory("the paper's detector", async () =>
    buildDetector(gpu, { preset, classes: 4, key, progress, tiling: "registers" }),
  );
  // fc6 is longer than one binding, and is cut in two.
  expect(detector.forward.filter(({ label }) => label.startsWith("fc6"))).toHaveLength(2);
  for (const [label, values] of drawParameters(describeDetector(preset, 4), 1)) {
    gpu.write(detector.parameters.byLabel.get(label)!.value, values);
  }
  gpu.write(detector.x, Float32Array.from(fill(3 * 600 * 800, 1)));
  const boxes = new Float32Array(4 * MAX_BOXES);
  boxes.set([100, 100, 260, 270, 400, 200, 700, 520]);
  const labels = new Uint32Array(MAX_BOXES);
  labels.set([1, 3]);
  gpu.write(detector.boxes, boxes);
  gpu.write(detector.labels, labels);
  for (const dispatch of await compile(gpu, [...detector.forward, ...detector.backward])) {
    gpu.submit([dispatch]);
  }
  const [losses, regionLabels] = await gpu.read(detector.losses, detector.sampled.regionLabels);
  // Two classes that look alike, and four: the log of their number, but for what the random weights of
  // the last layers, a tenth as large as usual, happen to prefer. What the network computes exactly is
  // held against float64 at a smaller size in detector.test.ts.
  expect(Math.abs(losses[0] - Math.log(2))).toBeLessThan(0.5);
  expect(Math.abs(losses[2] - Math.log(4))).toBeLessThan(0.5);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(new Uint32Array(regionLabels.buffer).some((label) => label === 1 || label === 3)).toBe(
    true,
  );
  const slices = ["conv1.w", "conv5.w", "rpn.w", "fc7.w", "score.w"];
  const gradients = await gpu.read(
    ...slices.map((label) => detector.parameters.byLabel.get(label)!.gradient),
  );
  gradients.forEach((gradient, i) => {
    expect(gradient.every(Number.isFinite), slices[i]).toBe(true);
    expect(
      gradient.some((value) => value !== 0),
      slices[i],
    ).toBe(true);
  });
});
