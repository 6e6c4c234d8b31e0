/** Which form of the matrix kernels a device gets. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { tilingFor, tilingsOf } from "../../src/layers/tiling.ts";
import { openInNode } from "../../src/node/webgpu.ts";

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
});
