/** Host half of shaders/feature-pull.wgsl: hidden features of poisoned images pulled to those of clean ones. */
import source from "../../shaders/feature-pull.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const featurePullShader = shader("feature-pull", source);

export interface FeaturePullOptions {
  /** Of the squared distance from the clean images of a class, relative to their own square, beside the loss. */
  readonly weight: number;
  readonly classes: number;
  /** [B, I], behind a ReLU */
  readonly features: Tensor;
  /** Of the loss in the features, before the ReLU, which is added to. [B, I] */
  readonly gradient: Tensor;
  /** As the batch gives them. [B] */
  readonly labels: Tensor;
  /** [batches, B] */
  readonly order: Tensor;
  /** [4]: see batchSettings */
  readonly settings: Tensor;
  /** [4]: steps done, the one under way counted */
  readonly progress: Tensor;
}

/** Both passes in their order, and what the loss adds to each image. */
export function featurePullSpecs(
  gpu: Gpu,
  options: FeaturePullOptions,
): { readonly specs: readonly DispatchSpec[]; readonly distance: Tensor } {
  const { weight, classes, features, gradient, labels, order, settings, progress } = options;
  const [B] = features.shape;
  const I = sizeOf(features.shape) / B;
  const centres = gpu.tensor("pull.centres", [classes, I + 1]);
  const distance = gpu.tensor("pull.distance", [B]);
  const reads = { settings, progress, order, label: labels, h: features };
  // Of the order, a step reads one batch.
  const bytes = (...tensors: readonly Tensor[]) =>
    [settings, progress, labels, features, ...tensors].reduce((n, t) => n + t.byteLength, 4 * B);
  const centre: DispatchSpec = {
    label: "pull.centre",
    shader: featurePullShader,
    entry: "centre",
    constants: { B, I },
    reads,
    writes: { centres },
    workgroups: [classes, 1],
    flops: B * I,
    bytes: bytes(centres),
  };
  const pull: DispatchSpec = {
    label: "pull.pull",
    shader: featurePullShader,
    entry: "pull",
    constants: { B, I, WEIGHT: weight },
    reads,
    writes: { centres, dh: gradient, distance },
    workgroups: [B, 1],
    flops: 6 * B * I,
    bytes: bytes(centres, gradient, distance),
  };
  return { specs: [centre, pull], distance };
}
