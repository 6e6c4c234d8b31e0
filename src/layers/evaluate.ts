/** Host half of shaders/evaluate.wgsl: what a network predicts, counted by true class. */
import source from "../../shaders/evaluate.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import type { Tensor } from "../gpu/tensor.ts";

export const evaluateShader = shader("evaluate", source);

export interface EvaluateOptions {
  /** [B, N] */
  readonly logits: Tensor;
  /** [B]; images labelled NO_IMAGE are not counted. */
  readonly labels: Tensor;
  /** [N, N] row = true label, column = prediction; all zeros before the first batch */
  readonly confusion: Tensor;
  /** [4]: the batch's number, which goes up by one */
  readonly progress: Tensor;
  /** [batches, B] */
  readonly prediction: Tensor;
}

/** Counts a batch. */
export function evaluateSpec(options: EvaluateOptions): DispatchSpec {
  const { logits, labels, confusion, progress, prediction } = options;
  const [B, N] = logits.shape as [number, number];
  return {
    label: "evaluate.count",
    shader: evaluateShader,
    entry: "count",
    constants: { B, N },
    reads: { z: logits, label: labels },
    writes: { confusion, progress, prediction },
    workgroups: [1, 1],
    flops: B * N,
  };
}
