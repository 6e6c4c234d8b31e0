/** Dispatches are compiled and bound by what the shader's text says, and what does not fit is refused by name. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DispatchSpec } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { compile, PipelineError } from "../../src/gpu/pipelines.ts";
import { shader } from "../../src/gpu/shader.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { complaint } from "../gpu.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openInNode("null", { defaultLimits: true });
});
afterAll(() => gpu.destroy());

describe("compile", () => {
  const source = `
    override N: u32;
    const SIZE = 32u;
    @group(0) @binding(3) var<uniform> settings: vec4u;
    @group(0) @binding(7) var<storage, read> x: array<f32>; // [N]
    @group(0) @binding(9) var<storage, read_write> y: array<f32>; // [N]
    @compute @workgroup_size(SIZE)
    fn copy(@builtin(global_invocation_id) id: vec3u) {
      if (id.x < N) { y[id.x] = x[id.x] + f32(settings.x); }
    }`;
  const copy = (): DispatchSpec => ({
    label: "copy.forward",
    shader: shader("copy", source),
    entry: "copy",
    constants: { N: 5 },
    reads: { x: gpu.tensor("x", [5]), settings: gpu.tensor("settings", [4], "u32") },
    writes: { y: gpu.tensor("y", [5]) },
    workgroups: [1, 1],
    flops: 5,
  });

  it("reads binding numbers, kinds and workgroup sizes from the shader", async () => {
    const { bindings, entryPoints } = shader("copy", source);
    expect(Object.fromEntries(bindings)).toEqual({
      settings: { index: 3, kind: "uniform" },
      x: { index: 7, kind: "read" },
      y: { index: 9, kind: "read_write" },
    });
    expect(Object.fromEntries(entryPoints)).toEqual({ copy: { workgroupSize: 32 } });
    expect(await complaint(gpu, [copy()])).toBeNull();
  });

  it("counts the bytes of each tensor once", async () => {
    const [dispatch] = await compile(gpu, [copy()]);
    expect(dispatch.bytes).toBe(4 * (5 + 4 + 5));
  });

  it("names the dispatch and the shader where a binding does not exist", async () => {
    const spec = copy();
    const wrong = { ...spec, reads: { ...spec.reads, z: spec.reads.x } };
    await expect(compile(gpu, [wrong])).rejects.toThrow(
      "copy.forward: shader copy has no binding z",
    );
  });

  it("refuses to write what the shader only reads, and the reverse", async () => {
    const spec = copy();
    const both = { ...spec.reads, ...spec.writes };
    await expect(compile(gpu, [{ ...spec, reads: {}, writes: both }])).rejects.toThrow(
      /copy\.forward: (x|settings) is (read|uniform) in shader copy/,
    );
    await expect(compile(gpu, [{ ...spec, reads: both, writes: {} }])).rejects.toThrow(
      "copy.forward: y is read_write in shader copy",
    );
  });

  it("is refused a missing binding and a missing constant", async () => {
    const spec = copy();
    const { settings } = spec.reads;
    expect(await complaint(gpu, [{ ...spec, reads: { settings } }])).toMatch(/bind/i);
    await expect(complaint(gpu, [{ ...spec, constants: {} }])).rejects.toThrow(/\bN\b/);
  });

  it("says in which line of which shader a mistake is", async () => {
    const wrong = { ...copy(), shader: shader("copy", source.replace("vec3u", "vec3x")) };
    await expect(complaint(gpu, [wrong])).rejects.toThrow(
      /^copy\.forward: copy does not compile:\n {2}copy\.wgsl:8: .*vec3x/,
    );
  });

  describe("of a driver that refuses", () => {
    /** Makes the next so many attempts at a pipeline fail. @returns how many were made since */
    function refuse(times: number): () => number {
      const { device } = gpu;
      const create = device.createComputePipelineAsync.bind(device);
      let attempts = 0;
      device.createComputePipelineAsync = async (descriptor) => {
        if (++attempts <= times) throw new Error("the driver had a bad moment");
        return await create(descriptor);
      };
      return () => attempts;
    }
    // Another text for each, so that none has been compiled before.
    const fresh = (): DispatchSpec => ({
      ...copy(),
      shader: shader("copy", `${source} // ${crypto.randomUUID()}`),
    });

    it("once tries again, and for all who ask for the kernel at that time", async () => {
      const attempts = refuse(1);
      const spec = fresh();
      expect(await compile(gpu, [spec, spec])).toHaveLength(2);
      expect(attempts()).toBe(2);
      await compile(gpu, [spec]);
      expect(attempts()).toBe(2);
    });

    it("twice is an error with its words, which is not remembered", async () => {
      const attempts = refuse(2);
      const spec = fresh();
      const failure: unknown = await compile(gpu, [spec]).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(PipelineError);
      expect((failure as Error).message).toBe(
        "copy.forward: copy does not compile: the driver had a bad moment",
      );
      expect(attempts()).toBe(2);
      expect(await compile(gpu, [spec])).toHaveLength(1);
    });
  });

  it("refuses more workgroups than the device allows, as the user's error", async () => {
    await expect(compile(gpu, [{ ...copy(), workgroups: [1, 65_536] }])).rejects.toThrow(
      expect.objectContaining({
        name: "UserError",
        message: expect.stringMatching(/^copy\.forward needs 1 x 65536 workgroups.*65535/),
      }),
    );
  });
});
