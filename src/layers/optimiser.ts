/** Host half of shaders/sgd.wgsl and shaders/adam.wgsl: one dispatch updates all parameters. */
import adam from "../../shaders/adam.wgsl?raw";
import schedule from "../../shaders/lib/schedule.wgsl?raw";
import sgd from "../../shaders/sgd.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { groups } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const sgdShader = shader("sgd", sgd, schedule);
export const adamShader = shader("adam", adam, schedule);

export interface OptimiserSettings {
  readonly kind: "sgd" | "adam";
  /** Learning rate at its highest. */
  readonly rate: number;
  /** SGD's momentum, Adam's beta1. */
  readonly momentum: number;
  /** Adam's beta2; ADAM_BETA2 unless given. */
  readonly beta2?: number;
  readonly weightDecay: number;
  /**
   * "linear": the rate falls in a straight line to zero, which it would reach a step after the last;
   * "step": it is a tenth after half of the steps.
   */
  readonly schedule: "constant" | "linear" | "step";
  /** Steps over which the rate first rises from zero. */
  readonly warmup: number;
}

/** Adam's second constants, as Kingma and Ba recommend. */
export const ADAM_BETA2 = 0.999;
export const ADAM_EPSILON = 1e-8;

/** The uniform of the shaders. */
export function optimiserUniform(
  settings: OptimiserSettings,
  totalSteps: number,
): Float32Array<ArrayBuffer> {
  const total = settings.schedule === "linear" ? totalSteps : 0;
  const drop = settings.schedule === "step" ? Math.ceil(totalSteps / 2) : 0;
  const { rate, momentum, beta2 = ADAM_BETA2, weightDecay, warmup } = settings;
  return new Float32Array([rate, momentum, beta2, ADAM_EPSILON, weightDecay, warmup, total, drop]);
}

/** What the optimisers keep of each parameter. */
export const optimiserParts = { sgd: ["velocity"], adam: ["m", "v"] } as const;

export interface Optimiser {
  /** SGD: the velocity; Adam: both moments. As long as the parameters, or twice. */
  readonly state: Tensor;
  /** The state by its parts, each as long as the parameters: "velocity", or "m" and "v". */
  readonly parts: ReadonlyMap<string, Tensor>;
  /** [8]: see optimiserUniform */
  readonly uniform: Tensor;
  readonly spec: DispatchSpec;
}

export function createOptimiser(
  gpu: Gpu,
  kind: "sgd" | "adam",
  tensors: { values: Tensor; gradients: Tensor; progress: Tensor },
): Optimiser {
  const LENGTH = sizeOf(tensors.values.shape);
  const names = optimiserParts[kind];
  const state = gpu.tensor("optimiser.state", [names.length * LENGTH]);
  const byteLength = 4 * LENGTH;
  const parts = names.map(
    (label, i) =>
      [label, { ...state, label, shape: [LENGTH], offset: i * byteLength, byteLength }] as const,
  );
  const uniform = gpu.tensor("optimiser.settings", [8]);
  const spec: DispatchSpec = {
    label: `${kind}.step`,
    shader: kind === "sgd" ? sgdShader : adamShader,
    entry: "step",
    constants: { LENGTH },
    reads: { optimiser: uniform, progress: tensors.progress, dw: tensors.gradients },
    writes: { w: tensors.values, [kind === "sgd" ? "v" : "moments"]: state },
    workgroups: [groups(LENGTH, 1024), 1],
    flops: LENGTH * (kind === "sgd" ? 6 : 14),
  };
  return { state, parts: new Map(parts), uniform, spec };
}
