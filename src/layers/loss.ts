/** Host half of shaders/softmax-cross-entropy.wgsl, and the history of metrics that it keeps of a run. */
import source from "../../shaders/softmax-cross-entropy.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const lossShader = shader("softmax-cross-entropy", source);

/** Steps that the history on the GPU remembers; it must be read before it comes round. */
export const RING = 4096;

/** What a run's steps record, on the GPU. */
export interface MetricsHistory {
  /** [4]: steps (or batches) done, the first step that was not finite (counted from 1) or 0, two spare. */
  readonly state: Tensor;
  /**
   * What is recorded of each of the last steps, to be read before it comes round; [RING, 2], loss and share
   * of images classified correctly, of a network of classes.
   */
  readonly history: Tensor;
}

/** Names of what a step of a network of classes records, in the history's order. */
export const metricNames = ["loss", "accuracy"] as const;

export function createMetricsHistory(gpu: Gpu, label: string): MetricsHistory {
  return {
    state: gpu.tensor(`${label}.progress`, [4], "u32"),
    history: gpu.tensor(`${label}.history`, [RING, 2]),
  };
}

export interface LossOptions {
  /** [B, N] */
  readonly logits: Tensor;
  /** [B] */
  readonly labels: Tensor;
  /** [B, N] */
  readonly gradient: Tensor;
  readonly metrics: MetricsHistory;
}

export function lossSpec({ logits, labels, gradient, metrics }: LossOptions): DispatchSpec {
  const [B, N] = logits.shape as [number, number];
  return {
    label: "loss",
    shader: lossShader,
    entry: "loss",
    constants: { B, N, RING },
    reads: { z: logits, label: labels },
    writes: { dz: gradient, history: metrics.history, progress: metrics.state },
    workgroups: [1, 1],
    flops: 6 * B * N,
    // Of the history, a step writes one entry.
    bytes: [logits, labels, gradient, metrics.state].reduce((n, t) => n + t.byteLength, 8),
  };
}
