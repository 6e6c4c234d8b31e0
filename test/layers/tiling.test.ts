/** Which form of the matrix kernels a device gets. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { tilingFor, tilingsOf } from "../../src/layers/tiling.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { smallNet, trainingPlan } from "../training/small-training.ts";

describe("the tiling", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openInNode("swiftshader");
  });
  afterAll(() => gpu.destroy());

  it("is by quads on SwiftShader, which can run the other as well", () => {
    expect(tilingsOf(gpu)).toEqual(["registers", "workgroup"]);
    expect(tilingFor(gpu)).toBe("registers");
  });

  it("is through workgroup memory on an adapter whose subgroups are no quads, whatever the run began with", async () => {
    const other = await openInNode("null");
    expect(tilingsOf(other)).toEqual(["workgroup"]);
    expect(tilingFor(other, "registers")).toBe("workgroup");
    other.destroy();
  });

  it("stays what a run began with where the device can run it", () => {
    expect(tilingFor(gpu, "workgroup")).toBe("workgroup");
  });

  describe("whose kernels do not compile", () => {
    const plan = trainingPlan("sgd", smallNet);

    /** A device that refuses kernels of shaders that are named so. */
    async function refusing(names: RegExp): Promise<Gpu> {
      const own = await openInNode("swiftshader");
      const { device } = own;
      const create = device.createComputePipelineAsync.bind(device);
      device.createComputePipelineAsync = async (descriptor) => {
        if (names.test(descriptor.compute.module.label)) throw new Error("refused");
        return await create(descriptor);
      };
      return own;
    }

    it("gives way to the other one, for this trainer and all that come, and leaves no memory taken", async () => {
      const own = await refusing(/-quad$/);
      const scope = own.scope();
      const trainer = await Trainer.build(scope, plan, "registers");
      expect(trainer.tiling).toBe("workgroup");
      await trainer.train(1);
      expect((await trainer.readRecords()).records).toHaveLength(1);
      expect(tilingFor(own)).toBe("workgroup");
      const other = own.scope();
      await Trainer.build(other, plan, "workgroup");
      expect(scope.bytes).toBe(other.bytes);
      own.destroy();
    });

    it("is what the error is of where the other one does not compile either", async () => {
      const own = await refusing(/^(dense|conv2d)/);
      await expect(Trainer.build(own.scope(), plan)).rejects.toThrow(/does not compile: refused/);
      // It was no fault of the one form.
      expect(tilingFor(own)).toBe("registers");
      own.destroy();
    });
  });
});
