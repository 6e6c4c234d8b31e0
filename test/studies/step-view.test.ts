/** The training step as the stepper shows it says of each kernel what it belongs to. */
import { beforeAll, describe, expect, it } from "vitest";
import { layerAhead, readTensor, viewDispatches } from "../../src/studies/step-view.ts";
import type { DispatchView } from "../../src/studies/port.ts";
import { planDigits } from "../../src/studies/digits/plan.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { useGpu } from "../gpu.ts";
import { smallData, smallRecipe } from "../engine/small-data.ts";

const device = useGpu();
let trainer: Trainer;
let views: DispatchView[];
beforeAll(async () => {
  trainer = await Trainer.build(device.gpu, planDigits(smallRecipe, await smallData()));
  views = viewDispatches(trainer.trainStep);
});

describe("the digit network's step", () => {
  it("has fourteen kernels, each of a pass and, where it has one, a layer", () => {
    expect(views.map(({ label, pass, layer }) => [label, pass, layer])).toEqual([
      ["batch.gather", "batch", null],
      ["conv1.forward", "forward", "conv1"],
      ["conv2.forward", "forward", "conv2"],
      ["fc1.forward", "forward", "fc1"],
      ["fc2.forward", "forward", "fc2"],
      ["loss", "loss", null],
      ["fc2.backward_weights", "backward", "fc2"],
      ["fc2.backward_input", "backward", "fc2"],
      ["fc1.backward_weights", "backward", "fc1"],
      ["fc1.backward_input", "backward", "fc1"],
      ["conv2.backward_weights", "backward", "conv2"],
      ["conv2.backward_input", "backward", "conv2"],
      ["conv1.backward_weights", "backward", "conv1"],
      ["sgd.step", "update", null],
    ]);
  });

  it("crosses a worker's boundary as it is", () => {
    expect(structuredClone(views)).toEqual(views);
  });

  it("tells each kernel's workgroups, work and tensors", () => {
    for (const [i, view] of views.entries()) {
      const { workgroups, flops, bytes, reads, writes } = trainer.trainStep[i];
      expect(view).toMatchObject({ workgroups, flops, bytes });
      expect(view.workgroupSize).toBeGreaterThan(0);
      expect(view.reads.map(({ name }) => name)).toEqual(Object.keys(reads));
      expect(view.writes.map(({ name }) => name)).toEqual(Object.keys(writes));
      expect(view.writes.length).toBeGreaterThan(0);
    }
    const [first, second] = views;
    expect(first.writes).toContainEqual(expect.objectContaining({ shape: [10, 1, 28, 28] }));
    expect(second.shader).toMatch(/^conv2d(-quad)?$/);
  });

  it("goes on layer by layer, both gradients of a layer together", () => {
    const stops: number[] = [];
    for (let cursor = 0; cursor < views.length; cursor += layerAhead(views, cursor)) {
      stops.push(cursor);
    }
    expect(stops).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 13]);
  });

  it("ends a layer that was begun, from its middle", () => {
    expect(layerAhead(views, 7)).toBe(1);
    expect(layerAhead(views, 13)).toBe(1);
  });
});

describe("a tensor of the step", () => {
  it("is read in its shape and type", async () => {
    const { gpu, trainStep } = trainer;
    const w = await readTensor(gpu, trainStep, "conv1.w");
    expect([w.type, w.shape]).toEqual(["f32", [16, 1, 5, 5]]);
    expect(w.values).toEqual((await trainer.read("values")).get("conv1.w"));
    const labels = await readTensor(gpu, trainStep, "labels");
    expect([labels.type, labels.shape]).toEqual(["u32", [10]]);
    expect(labels.values).toBeInstanceOf(Uint32Array);
  });

  it("that no kernel uses is refused by name", async () => {
    await expect(readTensor(trainer.gpu, trainer.trainStep, "conv9.w")).rejects.toThrow(
      "no kernel of the step uses a tensor called conv9.w",
    );
  });
});
