/** A pacer repeats a list in submits that are long enough to be cheap and short enough to be safe. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Dispatch } from "../../src/gpu/dispatch.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { Pacer, piecesOf, type PacedDevice } from "../../src/gpu/pace.ts";
import { compile } from "../../src/gpu/pipelines.ts";
import { shader } from "../../src/gpu/shader.ts";
import { counting, gpuError, openToLose, useGpu } from "../gpu.ts";

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
    const submits: number[] = [];
    let ahead = 0;
    let furthest = 0;
    const pacer = new Pacer(
      {
        assertAlive: () => gpu.assertAlive(),
        submit(list, times) {
          submits.push(times!);
          furthest = Math.max(furthest, ++ahead);
          gpu.submit(list, times);
        },
        async settled() {
          await gpu.settled();
          ahead--;
        },
      },
      dispatches,
    );
    expect(pacer.perSubmit).toBe(1);
    expect(await pacer.run(5000)).toBe(5000);
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

    const lengths: number[] = [];
    const device: PacedDevice = {
      assertAlive: () => gpu.assertAlive(),
      settled: () => gpu.settled(),
      submit(list, times) {
        lengths.push(list.length);
        gpu.submit(list, times);
      },
    };
    const told: number[] = [];
    await new Pacer(device, dispatches).run(5, (submitted) => told.push(submitted) > 0);
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
      const gpu: PacedDevice = {
        assertAlive: () => undefined,
        submit(list, times = 1) {
          submits.push({ list, times, ahead: ++ahead });
          busy = busy.then(async () => {
            const took = milliseconds * list.length * times;
            await new Promise((resolve) => setTimeout(resolve, took));
            ahead--;
          });
        },
        settled: () => busy,
      };
      return { gpu, submits };
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

describe("a pacer whose device is lost", () => {
  it("ends its run with an error that says so instead of a hang", async () => {
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

  it("ends its run also when it goes during the last submit", async () => {
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
