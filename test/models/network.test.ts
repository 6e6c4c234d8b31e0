/** A whole network on the GPU against the chain of references, and its gradient down to the images. */
import { describe, expect, it } from "vitest";
import { compile } from "../../src/gpu/pipelines.ts";
import { createMetricsHistory, lossSpec } from "../../src/layers/loss.ts";
import type { NetworkDescription } from "../../src/models/description.ts";
import { buildNetwork } from "../../src/models/network.ts";
import { run, useGpu } from "../gpu.ts";
import { labels, smallNetwork } from "../reference/network.ts";
import { expectClose } from "../reference/numeric.ts";

const describeNetwork = (channels: number): NetworkDescription => ({
  input: [channels, 8, 6],
  layers: [
    { kind: "conv", label: "conv", filters: 3, kernel: 3, pad: 1, relu: true, pool: 2 },
    { kind: "dense", label: "fc1", outputs: 7, relu: true },
    { kind: "dense", label: "fc2", outputs: 5 },
  ],
});

/** The names that the reference gives the parameters. */
const referenceNames = [
  ["conv.w", "w1"],
  ["conv.b", "b1"],
  ["fc1.w", "w2"],
  ["fc1.b", "b2"],
  ["fc2.w", "w3"],
  ["fc2.b", "b3"],
] as const;

describe.each(["registers", "workgroup"] as const)("a network in %s", (tiling) => {
  const context = useGpu();

  it.each([1, 2])(
    "has the reference's gradients by its images of %i channels, and by each parameter",
    async (channels) => {
      const { gpu } = context;
      const reference = smallNetwork(channels);
      const expected = reference.backward(reference.values, "average");
      const network = buildNetwork(gpu, describeNetwork(channels), 3, tiling, {
        inputGradient: true,
      });
      const dx = network.inputGradient!;
      expect(dx.shape).toEqual(network.x.shape);
      // Backward overwrites.
      gpu.write(dx, new Float32Array(dx.byteLength / 4).fill(Number.NaN));
      gpu.write(network.x, Float32Array.from(reference.values.x));
      for (const [label, name] of referenceNames) {
        gpu.write(network.parameters.get(label)!.value, Float32Array.from(reference.values[name]));
      }
      const label = gpu.tensor("labels", [3], "u32");
      gpu.write(label, Uint32Array.from(labels));
      const loss = lossSpec({
        logits: network.logits,
        labels: label,
        gradient: network.logitsGradient,
        metrics: createMetricsHistory(gpu, "train"),
      });
      await run(gpu, [...network.forward, loss, ...network.backward]);
      // f32 sums of up to a hundred terms of order one.
      const tolerance = { absolute: 1e-6, relative: 1e-4 };
      const [gradient] = await gpu.read(dx);
      expectClose(gradient, expected.x, { ...tolerance, label: "dx" });
      for (const [label, name] of referenceNames) {
        const [gradient] = await gpu.read(network.parameters.get(label)!.gradient);
        expectClose(gradient, expected[name], { ...tolerance, label });
      }
    },
  );

  it("has no gradient of its images unless it is asked for, and neither memory nor work for it", async () => {
    const { gpu } = context;
    const build = async (inputGradient?: boolean) => {
      const scope = gpu.scope();
      const network = buildNetwork(scope, describeNetwork(2), 3, tiling, { inputGradient });
      await compile(scope, [...network.forward, ...network.backward]);
      const result = { network, bytes: scope.bytes };
      scope.destroy();
      return result;
    };
    const [without, withGradient] = [await build(), await build(true)];
    expect(without.network.inputGradient).toBeNull();
    expect(withGradient.bytes - without.bytes).toBe(4 * 3 * 2 * 8 * 6);
    const labels = without.network.backward.map((spec) => spec.label);
    expect(withGradient.network.backward.map((spec) => spec.label)).toEqual([
      ...labels,
      "conv.backward_input",
    ]);
  });
});
