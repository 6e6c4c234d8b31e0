/** The two forms of the matrix kernels, and which of them an adapter gets. */
import type { Gpu } from "../gpu/gpu.ts";
import { PipelineError } from "../gpu/pipelines.ts";

/** By quads in registers (shaders/lib/quad.wgsl), or through workgroup memory (shaders/lib/tile.wgsl). */
export type Tiling = "registers" | "workgroup";

/** Suffix of the entry points, and results of one workgroup along m and n. */
export const tilings: Readonly<
  Record<Tiling, { readonly suffix: string; readonly rows: number; readonly columns: number }>
> = {
  // 64 invocations to a workgroup, side by side along n.
  registers: { suffix: "", rows: 16, columns: 64 * 4 },
  workgroup: { suffix: "_shared", rows: 16, columns: 64 },
};

/**
 * The tilings that this device can run, the one that suits it first: quads on a CPU that computes four
 * invocations at a time and lets them share what they load, workgroup memory everywhere else.
 */
export function tilingsOf({ device, adapter }: Gpu): readonly [Tiling, ...Tiling[]] {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
  const quads =
    adapter.fallback &&
    device.features.has("subgroups") &&
    [subgroupMinSize, subgroupMaxSize].every((size) => size >= 4 && size % 4 === 0);
  return quads ? ["registers", "workgroup"] : ["workgroup"];
}

/** Tilings that did not compile where the other one did. */
const failed = new WeakMap<GPUDevice, Tiling>();

/**
 * The tiling for a run on this device. All give the right results, though not the same bits.
 * @param kept the tiling that the run began with, which it keeps where the device can
 */
export function tilingFor(gpu: Gpu, kept?: Tiling): Tiling {
  const able = tilingsOf(gpu).filter((tiling) => tiling !== failed.get(gpu.device));
  return kept && able.includes(kept) ? kept : able[0];
}

/**
 * Builds in the tiling for a run on this device; where that does not compile, in another one that the device has.
 * @param kept as of `tilingFor`
 * @throws PipelineError when none compiles, of the first
 */
export async function withTiling<T>(
  gpu: Gpu,
  kept: Tiling | undefined,
  build: (tiling: Tiling) => Promise<T>,
): Promise<T> {
  const first = tilingFor(gpu, kept);
  try {
    return await build(first);
  } catch (error) {
    const other = tilingsOf(gpu).find((one) => one !== first && one !== failed.get(gpu.device));
    if (!(error instanceof PipelineError) || other === undefined) throw error;
    const made = await build(other).catch(() => Promise.reject(error));
    failed.set(gpu.device, first);
    return made;
  }
}
