/** The device: its tensors fit, what is written is read, copies arrive, its loss is told. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { GpuError, type GpuProblem } from "../../src/gpu/gpu-error.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { openInNode } from "../../src/node/webgpu.ts";
import { counting, gpuError, openToLose, useGpu } from "../gpu.ts";

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
});
