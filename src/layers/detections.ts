/** Host half of shaders/detections.wgsl: scores and boxes of every region and class. */
import source from "../../shaders/detections.wgsl?raw";
import boxesLibrary from "../../shaders/lib/boxes.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const detectionsShader = shader("detections", source, boxesLibrary);

export interface DetectionOptions {
  readonly label: string;
  readonly images: number;
  /** [B * R, C] */
  readonly scores: Tensor;
  /** [B * R, 4 C] box deltas of each class */
  readonly deltas: Tensor;
  /** [B * R, 4] */
  readonly regions: Tensor;
  /** Height and width of the image. */
  readonly size: readonly [number, number];
  /** Score of a detection, at least. */
  readonly leastScore: number;
}

export function detectionSpec(
  gpu: Gpu,
  options: DetectionOptions,
): { keys: Tensor; boxes: Tensor; spec: DispatchSpec } {
  const { label, images: B, scores, deltas, regions, size, leastScore: LEAST_SCORE } = options;
  const C = scores.shape[1];
  const R = regions.shape[0] / B;
  const G = B * (C - 1);
  const keys = gpu.scratch(`${label}.keys`, [G, R], "u32");
  const boxes = gpu.scratch(`${label}.all`, [G, R, 4]);
  return {
    keys,
    boxes,
    spec: {
      label: `${label}.detect`,
      shader: detectionsShader,
      entry: "detect",
      constants: { R, C, HEIGHT: size[0], WIDTH: size[1], LEAST_SCORE },
      reads: { scores, deltas, regions },
      writes: { keys, boxes },
      workgroups: [groups(R, 64), G],
      flops: G * R * 20,
    },
  };
}
