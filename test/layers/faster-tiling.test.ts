/** The form of the matrix kernels: known where a CPU computes, measured once where not. */
import { expect, it, vi } from "vitest";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { fasterTiling } from "../../src/layers/faster-tiling.ts";
import { tilings } from "../../src/layers/tiling.ts";
import { useGpu } from "../gpu.ts";

const context = useGpu();

/** The device as if its adapter were, or were not, one that computes on the CPU. */
function as(fallback: boolean): Gpu {
  const { gpu } = context;
  return Object.create(gpu, { adapter: { value: { ...gpu.adapter, fallback } } }) as Gpu;
}

it("is that of registers on a CPU, with nothing submitted", async () => {
  const submit = vi.spyOn(context.gpu, "submit");
  expect(await fasterTiling(as(true))).toBe("registers");
  expect(submit).not.toHaveBeenCalled();
  submit.mockRestore();
});

it("is measured once on any other adapter, which frees what it allocated", async () => {
  const gpu = as(false);
  const submit = vi.spyOn(context.gpu, "submit");
  const before = gpu.bytes;
  const [one, other] = await Promise.all([fasterTiling(gpu), fasterTiling(gpu)]);
  expect(Object.keys(tilings)).toContain(one);
  expect(other).toBe(one);
  // Both forms, once to warm up and four times to be measured.
  expect(submit).toHaveBeenCalledTimes(10);
  expect(gpu.bytes).toBe(before);
  submit.mockRestore();
});
