/** The device: its errors have types and reasons, its tensors fit, its work is paced, its loss is told. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/errors.ts";
import { compile } from "../../src/gpu/pipelines.ts";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { GpuError, type GpuProblem } from "../../src/gpu/gpu-error.ts";
import { Pacer, piecesOf } from "../../src/gpu/pace.ts";
import { shader } from "../../src/gpu/shader.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { useGpu } from "../gpu.ts";

/** The GpuError that the work ends in; anything else fails the test. */
async function gpuError(work: () => unknown): Promise<GpuError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof GpuError) return error;
    throw error;
  }
  throw new Error("expected a GpuError, but nothing was thrown");
}

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

describe("tensors", () => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openInNode("null", { defaultLimits: true });
  });
  afterAll(() => gpu.destroy());

  it("too large for the adapter are the user's error, with name, shape, size and limit", async () => {
    const error = await gpuError(() => gpu.tensor("conv1.y", [4000, 16, 24, 24]));
    expect(error).toBeInstanceOf(UserError);
    expect(error.problem).toBe("limits" satisfies GpuProblem);
    expect(error.message).toBe(
      "conv1.y [4000, 16, 24, 24] takes 141 MiB, but this adapter allows 128 MiB in one piece: " +
        "choose a smaller batch.",
    );
  });

  it("may fill a binding to the last byte", () => {
    const most = gpu.device.limits.maxStorageBufferBindingSize;
    gpu.free(gpu.tensor("largest", [most / 4]));
    expect(() => gpu.tensor("larger", [most / 4 + 1])).toThrow(GpuError);
  });

  it("too large for an arena are refused as the whole", () => {
    const half = { label: "half", shape: [20 * 2 ** 20] };
    expect(() => gpu.arena("parameters", [half, half])).toThrow(
      /^parameters \[41943040\] takes 160/,
    );
  });

  it("of an arena lie in order, apart, where a binding may begin", () => {
    const parts = [[3], [64], [5, 13], [1], [2, 2, 2]].map((shape, i) => ({
      label: `p${i}`,
      shape,
    }));
    const { whole, parts: tensors } = gpu.arena("arena", parts);
    const alignment = gpu.device.limits.minStorageBufferOffsetAlignment;
    let end = 0;
    for (const [i, tensor] of tensors.entries()) {
      expect(tensor).toMatchObject({ ...parts[i], type: "f32", memory: whole.memory });
      expect(tensor.byteLength).toBe(4 * [3, 64, 65, 1, 8][i]);
      expect(tensor.offset % alignment).toBe(0);
      expect(tensor.offset).toBeGreaterThanOrEqual(end);
      expect(tensor.offset - end).toBeLessThan(alignment);
      end = tensor.offset + tensor.byteLength;
    }
    expect(whole).toMatchObject({ label: "arena", offset: 0 });
    expect(whole.byteLength).toBe(4 * whole.shape[0]);
    expect(whole.byteLength).toBeGreaterThanOrEqual(end);
  });

  it("take no more values than they hold", () => {
    const tensor = gpu.tensor("labels", [3]);
    expect(() => gpu.write(tensor, new Float32Array(4))).toThrow("labels holds 12 bytes, got 16");
  });

  it("that don't fit in the adapter's memory are refused at once, with what they need", async () => {
    const own = await openInNode("null");
    own.device.popErrorScope = async () => ({ message: "out of memory" });
    const neverReady = async () => {
      own.tensor("activations", [3 * 2 ** 20]);
      await new Promise(() => {});
    };
    const failure: unknown = await own
      .withinMemory("A batch of 64", neverReady)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GpuError);
    expect(failure).toMatchObject({
      problem: "memory",
      message:
        "A batch of 64 needs 12 MiB in all, more memory than this adapter has: choose a smaller one.",
    });
    own.destroy();
  });

  it("are freed once, and the rest with the device", async () => {
    const own = await openInNode("null");
    const tensors = [own.tensor("a", [1]), own.tensor("b", [1])];
    const destroyed: string[] = [];
    for (const { label, memory } of tensors) {
      const buffer = memory.buffer!;
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        destroyed.push(label);
        return destroy();
      };
    }
    own.free(tensors[0]);
    expect(destroyed).toEqual(["a"]);
    own.destroy();
    expect(destroyed).toEqual(["a", "b"]);
  });
});

/** Adds one to a counter: how often it ran can be read off. */
async function counting(gpu: Gpu): Promise<{ dispatches: Dispatch[]; count: Tensor }> {
  const source = `
    @group(0) @binding(0) var<storage, read_write> count: array<u32>;
    @compute @workgroup_size(1) fn add() { count[0] += 1u; }`;
  const count = gpu.tensor("count", [1], "u32");
  const dispatches = await compile(gpu, [
    {
      label: "count.add",
      shader: shader("count", source),
      entry: "add",
      constants: {},
      reads: {},
      writes: { count },
      workgroups: [1, 1],
      flops: 0,
    },
  ]);
  return { dispatches, count };
}

describe("reading and writing", () => {
  const context = useGpu();

  it("gives back what was written, of tensors and of parts of an arena", async () => {
    const { gpu } = context;
    const own = gpu.tensor("own", [2, 3]);
    const { whole, parts } = gpu.arena("arena", [
      { label: "a", shape: [5] },
      { label: "b", shape: [3] },
    ]);
    gpu.write(own, Float32Array.of(1, -2, 3.5, -0, 1e-30, 6));
    gpu.write(parts[1], Float32Array.of(7, 8, 9));
    const [b, first, a, all] = await gpu.read(parts[1], own, parts[0], whole);
    expect(first).toEqual(Float32Array.of(1, -2, 3.5, -0, 1e-30, 6));
    expect(b).toEqual(Float32Array.of(7, 8, 9));
    expect(a).toEqual(new Float32Array(5));
    expect([...all.subarray(parts[1].offset / 4)].slice(0, 3)).toEqual([7, 8, 9]);
    expect(all.reduce((sum, value) => sum + value)).toBe(24);
  });

  it("keeps every bit of whole numbers, also those that are NaN as floats", async () => {
    const { gpu } = context;
    const words = Uint32Array.of(0, 1, 0x7f80_0001, 0xffff_ffff, 0x8000_0000);
    const tensor = gpu.tensor("words", [5], "u32");
    gpu.write(tensor, words);
    expect(await gpu.readU32(tensor)).toEqual(words);
  });

  it("writes from the first element on and leaves the rest", async () => {
    const { gpu } = context;
    const tensor = gpu.tensor("labels", [4]);
    const source = Float32Array.of(9, 1, 2, 9);
    gpu.write(tensor, source.subarray(1, 3));
    expect(await gpu.read(tensor)).toEqual([Float32Array.of(1, 2, 0, 0)]);
  });

  it("sees what was submitted before and not what comes after", async () => {
    const { gpu } = context;
    const { dispatches, count } = await counting(gpu);
    gpu.submit(dispatches, 5);
    const early = gpu.readU32(count);
    gpu.submit(dispatches);
    expect(await early).toEqual(Uint32Array.of(5));
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(6));
  });
});

describe("copying on the device", () => {
  const context = useGpu();

  it("brings every bit from tensors, and parts of arenas, to others as long, and no more", async () => {
    const { gpu } = context;
    const words = gpu.tensor("words", [3], "u32");
    gpu.write(words, Uint32Array.of(0x7f80_0001, 0xffff_ffff, 0x8000_0000));
    const [{ parts: from }, { parts: to, whole }] = ["from", "to"].map((label) =>
      gpu.arena(label, [
        { label: "a", shape: [5] },
        { label: "b", shape: [2, 3] },
      ]),
    );
    gpu.write(from[0], Float32Array.of(9, 9, 9, 9, 9));
    gpu.write(from[1], Float32Array.of(1, 2, 3, 4, 5, 6));
    const own = gpu.tensor("own", [3], "u32");
    gpu.copy([
      [from[1], to[1]],
      [words, own],
    ]);
    const [a, b, all] = await gpu.read(to[0], to[1], whole);
    expect(b).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(a).toEqual(new Float32Array(5));
    expect(all.reduce((sum, value) => sum + value)).toBe(21);
    expect(await gpu.readU32(own)).toEqual(await gpu.readU32(words));
  });

  it("takes what was submitted before it and gives it to what comes after, across scopes", async () => {
    const { gpu } = context;
    const scope = gpu.scope();
    const { dispatches, count } = await counting(gpu);
    const other = await counting(scope);
    gpu.submit(dispatches, 5);
    scope.copy([[count, other.count]]);
    gpu.submit(dispatches);
    scope.submit(other.dispatches, 2);
    expect(await scope.readU32(other.count)).toEqual(Uint32Array.of(7));
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(6));
    scope.destroy();
  });

  it("refuses tensors of different lengths, or of one memory, and copies none of the pairs", async () => {
    const { gpu } = context;
    const { parts } = gpu.arena("arena", [
      { label: "a", shape: [2] },
      { label: "b", shape: [2] },
    ]);
    const [two, three] = [gpu.tensor("two", [2]), gpu.tensor("three", [3])];
    gpu.write(parts[0], Float32Array.of(1, 2));
    const good = [parts[0], two] as const;
    expect(() => gpu.copy([good, [two, three]])).toThrow("three holds 12 bytes, two has 8");
    expect(() => gpu.copy([good, [parts[0], parts[1]]])).toThrow("a and b lie in the same memory");
    expect(await gpu.read(two)).toEqual([new Float32Array(2)]);
  });
});

describe("a readback", () => {
  it("takes tensors that are together more than a buffer may hold", async () => {
    const gpu = await openInNode("auto", { defaultLimits: true });
    try {
      const length = 90 * 2 ** 18;
      const tensors = ["a", "b", "c"].map((label) => gpu.tensor(label, [length]));
      expect(3 * 4 * length).toBeGreaterThan(gpu.device.limits.maxBufferSize);
      gpu.device.pushErrorScope("validation");
      const values = await gpu.read(...tensors);
      expect(await gpu.device.popErrorScope()).toBeNull();
      expect(values.map((one) => one.length)).toEqual([length, length, length]);
    } finally {
      gpu.destroy();
    }
  });

  it("gives each tensor its own values", async () => {
    const gpu = await openInNode();
    try {
      const [a, b] = [gpu.tensor("a", [3]), gpu.tensor("b", [2])];
      gpu.write(a, Float32Array.of(1, 2, 3));
      gpu.write(b, Float32Array.of(4, 5));
      expect(await gpu.read(b, a)).toEqual([Float32Array.of(4, 5), Float32Array.of(1, 2, 3)]);
    } finally {
      gpu.destroy();
    }
  });
});

describe("a pacer", () => {
  const context = useGpu();

  it.each([0, 1, 7, 1000])("runs the list %i times, no more and no less", async (times) => {
    const { gpu } = context;
    const { dispatches, count } = await counting(gpu);
    expect(await new Pacer(gpu, dispatches).run(times)).toBe(times);
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(times));
  });

  it("runs again where it was", async () => {
    const { gpu } = context;
    const { dispatches, count } = await counting(gpu);
    const pacer = new Pacer(gpu, dispatches);
    expect([await pacer.run(300), await pacer.run(33)]).toEqual([300, 33]);
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(333));
  });

  it("begins with one, grows submits of cheap work up to 256, and is three ahead at most", async () => {
    const { gpu } = context;
    const { dispatches } = await counting(gpu);
    const pacer = new Pacer(gpu, dispatches);
    expect(pacer.perSubmit).toBe(1);

    const submit = gpu.submit.bind(gpu);
    const settled = gpu.settled.bind(gpu);
    const submits: number[] = [];
    let ahead = 0;
    let furthest = 0;
    gpu.submit = (list, times) => {
      submits.push(times!);
      furthest = Math.max(furthest, ++ahead);
      submit(list, times);
    };
    gpu.settled = async () => {
      await settled();
      ahead--;
    };
    try {
      expect(await pacer.run(5000)).toBe(5000);
    } finally {
      Object.assign(gpu, { submit, settled });
    }
    expect(submits.reduce((sum, times) => sum + times)).toBe(5000);
    expect(submits[0]).toBe(1);
    expect(Math.max(...submits)).toBeLessThanOrEqual(256);
    expect(submits.length).toBeLessThan(1000);
    expect(pacer.perSubmit).toBeGreaterThan(1);
    expect(furthest).toBe(3);
    expect(ahead).toBe(0);
  });

  it("tells how far it is after each submit, and stops when told, with all of it done", async () => {
    const { gpu } = context;
    const { dispatches, count } = await counting(gpu);
    const told: number[] = [];
    const ran = await new Pacer(gpu, dispatches).run(100_000, (submitted) => {
      told.push(submitted);
      return told.length < 4;
    });
    expect(told).toHaveLength(4);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(ran).toBe(told[3]);
    expect(ran).toBeLessThan(100_000);
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(ran));
  });

  it("passes on what is thrown between submits, after everything submitted is done", async () => {
    const { gpu } = context;
    const { dispatches, count } = await counting(gpu);
    let last = 0;
    const run = new Pacer(gpu, dispatches).run(1000, (submitted) => {
      last = submitted;
      if (submitted > 2) throw new Error("enough");
      return true;
    });
    await expect(run).rejects.toThrow("enough");
    expect(await gpu.readU32(count)).toEqual(Uint32Array.of(last));
  });
});

/** Kernels whose order shows: each makes three times the counter and its own number of it. */
async function ordered(gpu: Gpu, kernels: number, flops: number) {
  const source = `
    override NUMBER: u32;
    @group(0) @binding(0) var<storage, read_write> count: array<u32>;
    @compute @workgroup_size(1) fn mix() { count[0] = 3u * count[0] + NUMBER; }`;
  const mix = shader("mix", source);
  const count = gpu.tensor("count", [1], "u32");
  const specs = Array.from({ length: kernels }, (_, NUMBER) => ({
    label: `mix.${NUMBER}`,
    shader: mix,
    entry: "mix",
    constants: { NUMBER },
    reads: {},
    writes: { count },
    workgroups: [1, 1] as const,
    flops,
  }));
  return { dispatches: await compile(gpu, specs), count };
}

describe("a pacer of a list that takes long", () => {
  const context = useGpu();

  it("cuts it by the operations of its kernels where nothing is measured, and cheap ones not at all", () => {
    const listOf = (...flops: number[]) => flops.map((each) => ({ flops: each }) as Dispatch);
    const lengths = (list: Dispatch[]) => piecesOf(list).map(({ length }) => length);
    expect(lengths(listOf(1e6, 0, 2e9, 1e9))).toEqual([4]);
    expect(lengths(listOf(4e9, 4e9, 0, 9e9, 1, 1, 4e9))).toEqual([1, 2, 1, 3]);
    expect(lengths([])).toEqual([]);
    const list = listOf(4e9, 4e9, 0, 9e9);
    expect(piecesOf(list).flat()).toEqual(list);
  });

  it("submits the first repetition in those pieces, with the bits of one submit", async () => {
    const { gpu } = context;
    const { dispatches, count } = await ordered(gpu, 7, 2e9);
    gpu.submit(dispatches, 5);
    const expected = await gpu.readU32(count);
    gpu.write(count, Uint32Array.of(0));

    const submit = gpu.submit.bind(gpu);
    const lengths: number[] = [];
    gpu.submit = (list, times) => {
      lengths.push(list.length);
      submit(list, times);
    };
    const told: number[] = [];
    try {
      await new Pacer(gpu, dispatches).run(5, (submitted) => told.push(submitted) > 0);
    } finally {
      Object.assign(gpu, { submit });
    }
    expect(await gpu.readU32(count)).toEqual(expected);
    expect(lengths.slice(0, 4)).toEqual([2, 2, 2, 1]);
    expect(told[0]).toBe(1);
    expect(told.at(-1)).toBe(5);
  });

  describe("on a clock that stands still while nothing is computed", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
    afterEach(() => void vi.useRealTimers());

    /** A device that takes so many milliseconds for a dispatch, and what it was given. */
    function slow(milliseconds: number) {
      const submits: { list: readonly Dispatch[]; times: number; ahead: number }[] = [];
      let busy = Promise.resolve();
      let ahead = 0;
      const gpu = {
        assertAlive: () => undefined,
        submit(list: readonly Dispatch[], times = 1) {
          submits.push({ list, times, ahead: ++ahead });
          busy = busy.then(async () => {
            const took = milliseconds * list.length * times;
            await new Promise((resolve) => setTimeout(resolve, took));
            ahead--;
          });
        },
        settled: () => busy,
      };
      return { gpu: gpu as unknown as Gpu, submits };
    }

    const kernels = (length: number) =>
      Array.from({ length }, (_, i) => ({ label: `${i}`, flops: 0 }) as Dispatch);

    async function runOn(milliseconds: number, length: number, count: number) {
      const { gpu, submits } = slow(milliseconds);
      const list = kernels(length);
      const told: number[] = [];
      const ran = new Pacer(gpu, list).run(count, (submitted) => told.push(submitted) > 0);
      await vi.runAllTimersAsync();
      expect(await ran).toBe(count);
      const order = submits.flatMap((one) => Array.from({ length: one.times }, () => one.list));
      expect(order.flat()).toEqual(Array.from({ length: count }, () => list).flat());
      expect(Math.max(...submits.map(({ ahead }) => ahead))).toBeLessThanOrEqual(3);
      return { lengths: submits.map(({ list: part }) => part.length), told, submits };
    }

    it("halves what took too long until no submit does, and tells of whole repetitions only", async () => {
      const { lengths, told } = await runOn(40, 8, 6);
      expect(lengths[0]).toBe(8);
      expect(lengths.slice(-8)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
      expect(told).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("leaves pieces that are short enough as they are, and a kernel that takes long by itself", async () => {
      const fine = await runOn(20, 12, 6);
      expect(fine.lengths.slice(-4)).toEqual([3, 3, 3, 3]);
      expect((await runOn(500, 1, 4)).lengths).toEqual([1, 1, 1, 1]);
    });

    it("sends what is cheap whole, many repetitions at a time", async () => {
      const { lengths, submits } = await runOn(1, 5, 100);
      expect(new Set(lengths)).toEqual(new Set([5]));
      expect(submits[1].times).toBe(15);
    });
  });
});

/** A device of a test's own, and a real one: work must be under way when it goes. */
async function openToLose() {
  const gpu = await openInNode();
  return { gpu, ...(await counting(gpu)) };
}

describe("a lost device", () => {
  it("is known as lost, and reads, waits and pipelines end in an error that says so", async () => {
    const { gpu, count } = await openToLose();
    expect(gpu.lost).toBe(false);
    gpu.assertAlive();
    gpu.device.destroy();
    for (const work of [
      () => gpu.read(count),
      () => gpu.settled(),
      () => counting(gpu),
      () => gpu.assertAlive(),
    ]) {
      const error = await gpuError(work);
      expect(error.problem).toBe("lost" satisfies GpuProblem);
      expect(error.message).toMatch(/^The GPU device was lost \(/);
    }
    expect(gpu.lost).toBe(true);
  });

  it("ends a readback that was under way", async () => {
    const { gpu, dispatches, count } = await openToLose();
    gpu.submit(dispatches, 1000);
    const reading = gpuError(() => gpu.read(count));
    gpu.device.destroy();
    expect((await reading).problem).toBe("lost");
  });

  it("ends a pacer's run with that error instead of a hang", async () => {
    const { gpu, dispatches } = await openToLose();
    let calls = 0;
    const error = await gpuError(() =>
      new Pacer(gpu, dispatches).run(1_000_000, () => {
        if (++calls === 3) gpu.device.destroy();
        return true;
      }),
    );
    expect(error.problem).toBe("lost");
    expect(calls).toBeLessThan(10);
  });

  it("ends a pacer's run also when it goes during the last submit", async () => {
    const { gpu, dispatches } = await openToLose();
    const error = await gpuError(() =>
      new Pacer(gpu, dispatches).run(2, (submitted) => {
        if (submitted === 2) gpu.device.destroy();
        return true;
      }),
    );
    expect(error.problem).toBe("lost");
  });

  it("leaves no rejection unhandled when it goes while the caller is busy between submits", async () => {
    const { gpu, dispatches } = await openToLose();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    let calls = 0;
    const error = await gpuError(() =>
      new Pacer(gpu, dispatches).run(1_000_000, async () => {
        if (++calls === 3) gpu.device.destroy();
        await new Promise((resolve) => setTimeout(resolve, calls === 3 ? 50 : 0));
        return true;
      }),
    );
    process.off("unhandledRejection", note);
    expect(error.problem).toBe("lost");
    expect(unhandled).toEqual([]);
  });
});
