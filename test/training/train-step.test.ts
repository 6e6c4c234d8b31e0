/** A training step is a list of dispatches, allocated once, that goes where it is told. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { initialParameters } from "../../src/models/initialise.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { denseNet, smallNet, STEPS, STEPS_PER_EPOCH, trainingPlan } from "./small-training.ts";

describe("a training step", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    // Nothing here depends on a number that was computed.
    gpu = await openInNode("null", { defaultLimits: true });
  });
  afterAll(() => gpu.destroy());

  it("of the digit network is fourteen dispatches, each with a name of its own", async () => {
    const trainer = await Trainer.build(gpu, trainingPlan("sgd", digitNet));
    expect(trainer.trainStep.map((dispatch) => dispatch.label)).toEqual([
      "batch.gather",
      "conv1.forward",
      "conv2.forward",
      "fc1.forward",
      "fc2.forward",
      "loss",
      "fc2.backward_weights",
      "fc2.backward_input",
      "fc1.backward_weights",
      "fc1.backward_input",
      "conv2.backward_weights",
      "conv2.backward_input",
      "conv1.backward_weights",
      "sgd.step",
    ]);
    expect(trainer.evaluator.step.map((dispatch) => dispatch.label)).toEqual([
      "test.gather",
      "conv1.forward",
      "conv2.forward",
      "fc1.forward",
      "fc2.forward",
      "evaluate.count",
    ]);
  });

  it("creates nothing on the device while it runs, and reads nothing back", async () => {
    const trainer = await Trainer.build(gpu, trainingPlan("adam", smallNet));
    const { device } = gpu;
    const methods = new Set<string>();
    for (let at: object = device; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) methods.add(name);
    }
    const created: string[] = [];
    const creators = [...methods].filter((name) => name.startsWith("create"));
    expect(creators).toEqual(expect.arrayContaining(["createBuffer", "createBindGroup"]));
    const named = device as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of creators) {
      const method = named[name].bind(device);
      named[name] = (...args) => {
        created.push(name);
        return method(...args);
      };
    }
    try {
      await trainer.train(STEPS);
      expect(trainer.step).toBe(STEPS);
      const kinds = new Set(created);
      expect(kinds).toEqual(new Set(["createCommandEncoder"]));
      // The check itself works: reading back does create a buffer.
      await gpu.read(trainer.network.logits);
      expect(created).toContain("createBuffer");
    } finally {
      for (const name of creators) delete named[name];
    }
  });

  it("stops where it was told to, also at the end of an epoch", async () => {
    const trainer = await Trainer.build(gpu, trainingPlan("sgd", denseNet));
    await trainer.train(STEPS, () => trainer.step < STEPS_PER_EPOCH);
    expect(trainer.step).toBe(STEPS_PER_EPOCH);
    await trainer.train(3); // already done
    expect(trainer.step).toBe(STEPS_PER_EPOCH);
  });

  it("asks for each epoch's order once, and again after a state was loaded", async () => {
    const asked: number[] = [];
    const original = trainingPlan("sgd", denseNet);
    const trainer = await Trainer.build(gpu, {
      ...original,
      orderOf: (epoch: number) => {
        asked.push(epoch);
        return original.orderOf(epoch);
      },
    });
    await trainer.train(3);
    await trainer.train(12);
    expect(asked).toEqual([0, 1, 2]);
    const parameters = initialParameters(denseNet, 1);
    const optimiser = new Map([...parameters].map(([label, zero]) => [`velocity/${label}`, zero]));
    trainer.load({ step: 11, parameters, optimiser, tiling: trainer.tiling });
    await trainer.train(12);
    expect(asked).toEqual([0, 1, 2, 2]);
  });

  it.each([
    [4000, "conv1.y [4000, 16, 24, 24] takes 141 MiB"],
    [60_000, "x [60000, 1, 28, 28] takes 179 MiB"],
  ])("with a batch of %i, beyond the adapter, is the user's error", async (batch, message) => {
    const small = await openInNode("null", { defaultLimits: true });
    const building = Trainer.build(small, trainingPlan("sgd", digitNet, { batch }));
    await expect(building).rejects.toBeInstanceOf(UserError);
    await expect(building).rejects.toThrow(
      `${message}, but this adapter allows 128 MiB in one piece: choose a smaller batch.`,
    );
    small.destroy();
  });
});
