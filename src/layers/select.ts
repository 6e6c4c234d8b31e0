/** Host half of shaders/select.wgsl: the greatest of many keys, and their order. */
import source from "../../shaders/select.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const selectShader = shader("select", source);

/** Of each group: the least key that is chosen, and how many are. [G, 2] */
export function choiceTensor(gpu: Gpu, label: string, count: number): Tensor {
  return gpu.scratch(`${label}.choice`, [count, 2], "u32");
}

export interface SampleOptions {
  readonly label: string;
  /** [B, 2, N]: foreground, then background */
  readonly keys: Tensor;
  /** [2 B, 2] */
  readonly choice: Tensor;
  /** Foreground, at most. */
  readonly foreground: number;
  readonly total: number;
}

/** A sample of foreground and background that shares a number of places. */
export function sampleSpec(options: SampleOptions): DispatchSpec {
  const { label, keys, choice, foreground, total } = options;
  const [B, , N] = keys.shape as [number, number, number];
  return {
    label: `${label}.threshold`,
    shader: selectShader,
    entry: "threshold",
    constants: { N, LIMIT: foreground, TOTAL: total, PAIRED: 1, KEEP: 1 },
    reads: { keys },
    writes: { chosen: choice },
    workgroups: [B, 1],
    flops: 0,
  };
}

export interface RankOptions {
  readonly label: string;
  /** [G, N] */
  readonly keys: Tensor;
  /** [G, N, 4] */
  readonly boxes: Tensor;
  /** The greatest so many of each group. */
  readonly keep: number;
}

export interface Ranked {
  /** [G, 2] */
  readonly choice: Tensor;
  /** [G, keep] */
  readonly order: Tensor;
  /** [G, keep, 4] */
  readonly sorted: Tensor;
  readonly specs: readonly DispatchSpec[];
}

/** Puts the greatest keys of each group in order, with their boxes. */
export function rankSpecs(gpu: Gpu, { label, keys, boxes, keep }: RankOptions): Ranked {
  const [G, N] = keys.shape as [number, number];
  const KEEP = Math.min(keep, N);
  const choice = choiceTensor(gpu, label, G);
  const order = gpu.scratch(`${label}.order`, [G, KEEP], "u32");
  const sorted = gpu.scratch(`${label}.sorted`, [G, KEEP, 4]);
  const constants = { N, LIMIT: KEEP, KEEP };
  return {
    choice,
    order,
    sorted,
    specs: [
      {
        label: `${label}.threshold`,
        shader: selectShader,
        entry: "threshold",
        constants,
        reads: { keys },
        writes: { chosen: choice },
        workgroups: [G, 1],
        flops: 0,
      },
      {
        label: `${label}.rank`,
        shader: selectShader,
        entry: "rank",
        constants,
        reads: { keys, choice, boxes },
        writes: { order, sorted },
        workgroups: [groups(N, 64), G],
        flops: 0,
      },
    ],
  };
}
