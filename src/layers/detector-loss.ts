/** Host half of shaders/detector-loss.wgsl: the detector's four losses, and the metrics history of a run. */
import source from "../../shaders/detector-loss.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const detectorLossShader = shader("detector-loss", source);

/** Steps that the history on the GPU remembers; it must be read before it comes round. */
export const DETECTOR_RING = 1024;

export interface ClassifyOptions {
  readonly label: string;
  /** [B, C, ...]: S places behind the classes */
  readonly scores: Tensor;
  /** [B * S] */
  readonly labels: Tensor;
  readonly gradient: Tensor;
  /** [4] */
  readonly losses: Tensor;
  readonly slot: number;
  readonly classes: number;
}

export function classifySpec(options: ClassifyOptions): DispatchSpec {
  const { label, scores, labels, gradient, losses, slot: SLOT, classes: C } = options;
  const B = scores.shape[0];
  const S = sizeOf(scores.shape) / B / C;
  return {
    label,
    shader: detectorLossShader,
    entry: "classify",
    constants: { B, C, S, SLOT },
    reads: { z: scores, label: labels },
    writes: { dz: gradient, losses },
    workgroups: [1, 1],
    flops: 6 * sizeOf(scores.shape),
  };
}

export interface RegressOptions {
  readonly label: string;
  /** [B, 4 G, ...]: CELLS places behind the box deltas */
  readonly deltas: Tensor;
  /** [B * S] */
  readonly labels: Tensor;
  /** [B * S, 4] regression targets */
  readonly targets: Tensor;
  readonly gradient: Tensor;
  /** [4] */
  readonly losses: Tensor;
  readonly slot: number;
  readonly sigma: number;
  /** Anchors of a cell, or classes. */
  readonly groups: number;
  readonly byClass: boolean;
}

export function regressSpec(options: RegressOptions): DispatchSpec {
  const { label, deltas, labels, targets, gradient, losses, slot: SLOT, sigma: SIGMA } = options;
  const B = deltas.shape[0];
  return {
    label,
    shader: detectorLossShader,
    entry: "regress",
    constants: {
      B,
      S: sizeOf(labels.shape) / B,
      G: options.groups,
      CELLS: sizeOf(deltas.shape) / B / 4 / options.groups,
      BY_CLASS: Number(options.byClass),
      SIGMA,
      SLOT,
    },
    reads: { z: deltas, label: labels, targets },
    writes: { dz: gradient, losses },
    workgroups: [1, 1],
    flops: 6 * sizeOf(deltas.shape),
  };
}

export function recordSpec(losses: Tensor, history: Tensor, progress: Tensor): DispatchSpec {
  return {
    label: "loss.record",
    shader: detectorLossShader,
    entry: "record",
    constants: { RING: DETECTOR_RING },
    reads: {},
    writes: { losses, history, progress },
    workgroups: [1, 1],
    flops: 4,
    bytes: 4 * 12,
  };
}
