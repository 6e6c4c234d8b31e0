/** A device is opened with what the adapter grants, and where it cannot be the error has a type and a reason. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/errors.ts";
import type { GpuProblem } from "../../src/gpu/gpu-error.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuError } from "../gpu.ts";

describe("opening a device", () => {
  const limits = {
    maxStorageBuffersPerShaderStage: 8,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupStorageSize: 16_384,
    maxBufferSize: 1000,
    maxStorageBufferBindingSize: 900,
  };

  /** navigator.gpu with one adapter, which remembers what it was asked for. */
  function fake(
    granted: Partial<typeof limits> = {},
    info: Partial<GPUAdapterInfo> = {},
    refusal?: Error,
  ) {
    const asked: GPUDeviceDescriptor[] = [];
    const adapter = {
      limits: { ...limits, ...granted },
      features: new Set(["subgroups", "texture-compression-bc"]),
      info: { vendor: "v", architecture: "a", device: "d", description: "e", ...info },
      async requestDevice(descriptor: GPUDeviceDescriptor) {
        asked.push(descriptor);
        if (refusal) throw refusal;
        return { lost: new Promise(() => undefined) };
      },
    };
    const entry = { requestAdapter: async () => adapter } as unknown as GPU;
    return { entry, asked };
  }

  it("without WebGPU says no-webgpu and what to do", async () => {
    const error = await gpuError(() => Gpu.open(undefined));
    expect(error).toBeInstanceOf(UserError);
    expect(error.problem).toBe("no-webgpu" satisfies GpuProblem);
    expect(error.message).toMatch(/use a browser that has it/);
  });

  it("without an adapter says no-adapter and what to do", async () => {
    const entry = { requestAdapter: async () => null } as unknown as GPU;
    const error = await gpuError(() => Gpu.open(entry));
    expect(error.problem).toBe("no-adapter" satisfies GpuProblem);
    expect(error.message).toMatch(/update the graphics driver/);
  });

  it.each([
    ["maxStorageBuffersPerShaderStage", 7],
    ["maxComputeInvocationsPerWorkgroup", 255],
    ["maxComputeWorkgroupStorageSize", 16_383],
  ] as const)(
    "with a smaller %s than kernels need says limits, and both numbers",
    async (name, least) => {
      const { entry, asked } = fake({ [name]: least });
      const error = await gpuError(() => Gpu.open(entry));
      expect(error.problem).toBe("limits" satisfies GpuProblem);
      expect(error.message).toBe(
        `This adapter's ${name} is ${least}, and at least ${least + 1} is needed.`,
      );
      expect(asked).toEqual([]);
    },
  );

  it("with a device refused says no-device and keeps the cause", async () => {
    const cause = new Error("adapter is consumed");
    const error = await gpuError(() => Gpu.open(fake({}, {}, cause).entry));
    expect(error.problem).toBe("no-device" satisfies GpuProblem);
    expect(error.message).toBe("The adapter refused a device: adapter is consumed");
    expect(error.cause).toBe(cause);
  });

  describe("that never answers", () => {
    afterEach(() => void vi.useRealTimers());
    const never = async () => await new Promise<never>(() => {});

    it.each([
      ["an adapter", { requestAdapter: never }],
      [
        "a device",
        { requestAdapter: async () => Object.assign(await adapterOf(), { requestDevice: never }) },
      ],
    ])(
      "when it is asked for %s says silent after a minute, and not before",
      async (what, entry) => {
        vi.useFakeTimers();
        const opening = gpuError(() => Gpu.open(entry as unknown as GPU));
        const ended = vi.fn();
        void opening.then(ended);
        await vi.advanceTimersByTimeAsync(59_000);
        expect(ended).not.toHaveBeenCalled();
        await vi.advanceTimersByTimeAsync(1000);
        const error = await opening;
        expect(error.problem).toBe("silent" satisfies GpuProblem);
        expect(error.message).toContain(`asked for ${what} and gave no answer for 60 seconds`);
      },
    );

    const adapterOf = async () => (await fake().entry.requestAdapter())!;
  });

  it("asks for the adapter's largest buffers, and for optional features that it has", async () => {
    const { entry, asked } = fake();
    const gpu = await Gpu.open(entry);
    expect(asked).toHaveLength(1);
    expect(asked[0].requiredLimits).toEqual({
      maxBufferSize: 1000,
      maxStorageBufferBindingSize: 900,
    });
    expect(asked[0].requiredFeatures).toEqual(["subgroups"]);
    expect(gpu.adapter).toMatchObject({ vendor: "v", features: ["subgroups"], fallback: false });
  });

  it("asks for nothing beyond WebGPU's defaults where told so", async () => {
    const { entry, asked } = fake();
    await Gpu.open(entry, { defaultLimits: true });
    expect(asked[0].requiredLimits).toEqual({});
  });

  it("reports an adapter that computes on the CPU as a fallback", async () => {
    for (const info of [{ isFallbackAdapter: true }, { architecture: "swiftshader" }]) {
      expect((await Gpu.open(fake({}, info).entry)).adapter.fallback).toBe(true);
    }
  });
});
