/** Host half of shaders/suppress.wgsl: non-maximum suppression. */
import boxesLibrary from "../../shaders/lib/boxes.wgsl?raw";
import source from "../../shaders/suppress.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Ranked } from "./select.ts";

export const suppressShader = shader("suppress", source, boxesLibrary);

export interface SuppressOptions {
  readonly label: string;
  readonly ranked: Ranked;
  /** Boxes to keep of each group, at most. */
  readonly keep: number;
  /** Greatest intersection over union of two kept boxes. */
  readonly limit: number;
}

export interface Suppressed {
  /** [G, keep] places among the sorted; all ones: nothing */
  readonly kept: Tensor;
  /** [G, keep, 4] */
  readonly boxes: Tensor;
  readonly specs: readonly DispatchSpec[];
}

export function suppressSpecs(gpu: Gpu, options: SuppressOptions): Suppressed {
  const { label, ranked, keep: KEEP, limit: LIMIT } = options;
  const { sorted, choice } = ranked;
  const [G, K] = sorted.shape as [number, number];
  const words = Math.ceil(K / 32);
  const mask = gpu.scratch(`${label}.mask`, [G, K, words], "u32");
  const kept = gpu.scratch(`${label}.kept`, [G, KEEP], "u32");
  const boxes = gpu.scratch(`${label}.boxes`, [G, KEEP, 4]);
  const constants = { K, KEEP, LIMIT };
  return {
    kept,
    boxes,
    specs: [
      {
        label: `${label}.overlaps`,
        shader: suppressShader,
        entry: "overlaps",
        constants,
        reads: { sorted, choice },
        writes: { mask },
        workgroups: [groups(words, 64), G * K],
        flops: G * K * K * 8,
      },
      {
        label: `${label}.suppress`,
        shader: suppressShader,
        entry: "suppress",
        constants,
        reads: { sorted, choice, masks: mask },
        writes: { kept, kept_boxes: boxes },
        workgroups: [G, 1],
        flops: 0,
      },
    ],
  };
}
