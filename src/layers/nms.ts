/** Host half of shaders/nms.wgsl: non-maximum suppression. */
import boxesLibrary from "../../shaders/lib/boxes.wgsl?raw";
import source from "../../shaders/nms.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Ranked } from "./select.ts";

export const nmsShader = shader("nms", source, boxesLibrary);

export interface NmsOptions {
  readonly label: string;
  readonly ranked: Ranked;
  /** Boxes to keep of each group, at most. */
  readonly keep: number;
  /** Greatest intersection over union of two kept boxes. */
  readonly iouThreshold: number;
}

export interface Kept {
  /** [G, keep] places among the sorted; all ones: nothing */
  readonly kept: Tensor;
  /** [G, keep, 4] */
  readonly boxes: Tensor;
  readonly specs: readonly DispatchSpec[];
}

/** Boxes of a group at most: see MOST_WORDS of the shader. */
const MOST_BOXES = 12_288;

/** @throws Error when the groups are larger than the shader has room for */
export function nmsSpecs(gpu: Gpu, options: NmsOptions): Kept {
  const { label, ranked, keep: KEEP, iouThreshold: IOU_THRESHOLD } = options;
  const { sorted, choice } = ranked;
  const [G, K] = sorted.shape as [number, number];
  if (K > MOST_BOXES) throw new Error(`${label}: ${K} boxes in a group, ${MOST_BOXES} at most`);
  const words = Math.ceil(K / 32);
  const mask = gpu.scratch(`${label}.mask`, [G, K, words], "u32");
  const kept = gpu.scratch(`${label}.kept`, [G, KEEP], "u32");
  const boxes = gpu.scratch(`${label}.boxes`, [G, KEEP, 4]);
  const constants = { K, KEEP, IOU_THRESHOLD };
  return {
    kept,
    boxes,
    specs: [
      {
        label: `${label}.overlaps`,
        shader: nmsShader,
        entry: "overlaps",
        constants,
        reads: { sorted, choice },
        writes: { mask },
        workgroups: [groups(words, 64), G * K],
        flops: G * K * K * 8,
      },
      {
        label: `${label}.nms`,
        shader: nmsShader,
        entry: "nms",
        constants,
        reads: { sorted, choice, masks: mask },
        writes: { kept, kept_boxes: boxes },
        workgroups: [G, 1],
        flops: 0,
      },
    ],
  };
}
