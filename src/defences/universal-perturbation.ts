/**
 * A universal perturbation (Moosavi-Dezfooli et al. 2017): one small change that makes the network read as many images
 * as it can wrongly. Where there is a backdoor, that is the nearest way. Its length is bounded: a long one breaks
 * every network, and unlearning it ruins what the network knows.
 */
import type { DispatchSpec } from "../gpu/dispatch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { createOptimiser, optimiserUniform } from "../layers/optimiser.ts";
import type { LabelledImages } from "../training/trainer.ts";
import { checkInput, drawBatches, gatherSpec } from "./image-batches.ts";
import { perturbationStep, runSearch, type FrozenNetwork } from "./search.ts";
import type { Hooks, Subject } from "./subject.ts";

export interface UniversalPerturbationOptions {
  readonly seed: number;
  /** Longest L2 norm, pixels being 0 to 1. */
  readonly radius?: number;
  readonly steps?: number;
  /** Images of a step. */
  readonly images?: number;
  /**
   * Of stochastic gradient descent with momentum 0.9, which goes the way that is steepest for its length; it falls in a
   * straight line to 0.
   */
  readonly rate?: number;
}

export interface UniversalPerturbation {
  /** Added to an image, which is then clipped to 0 to 1. [SIZE, SIZE] */
  readonly delta: Float32Array<ArrayBuffer>;
  /** Its L2 norm. */
  readonly l2: number;
  /** Share of the last step's images that were read wrongly under it. */
  readonly success: number;
  /** Images that went forward and back. */
  readonly passes: number;
}

export const perturbationDefaults = { radius: 3, steps: 150, images: 64, rate: 0.1 };

type Settings = typeof perturbationDefaults & UniversalPerturbationOptions;

/** @param images clean ones */
export async function universalPerturbation(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  options: UniversalPerturbationOptions,
  hooks: Hooks = {},
): Promise<UniversalPerturbation> {
  checkInput(subject.description);
  const settings: Settings = { ...perturbationDefaults, ...options };
  const { images: batch, steps } = settings;
  const [delta, tally] = await runSearch(
    gpu,
    subject,
    { batch, steps, prepare: (scope, network) => prepare(scope, network, images, settings) },
    hooks,
  );
  return { delta, l2: Math.hypot(...delta), success: tally[1], passes: batch * steps };
}

function prepare(gpu: Gpu, network: FrozenNetwork, images: LabelledImages, settings: Settings) {
  const { radius, steps, rate, seed } = settings;
  const { batch, x } = network;
  const [, channels, height, width] = x.shape;
  const labels = gpu.tensor("labels", [batch], "u32");
  const progress = gpu.tensor("progress", [4], "u32");
  const tally = gpu.tensor("tally", [1, 2]);
  const clean = gpu.tensor("clean", x.shape);
  const delta = gpu.tensor("delta", [1, channels, height, width]);
  const gradient = gpu.tensor("delta.gradient", delta.shape);
  const numbers = Uint32Array.from({ length: images.count }, (_, i) => i);
  const order = drawBatches([numbers], steps, batch, seed);
  const optimiser = createOptimiser(gpu, "sgd", { values: delta, gradients: gradient, progress });
  const falling = { weightDecay: 0, schedule: "linear", warmup: 0 } as const;
  const descent = { kind: "sgd", rate, momentum: 0.9, ...falling } as const;
  gpu.write(optimiser.uniform, optimiserUniform(descent, steps));
  const step: DispatchSpec[] = [
    gatherSpec(gpu, images, order, { progress, clean, labels }),
    ...perturbationStep(
      network,
      { wish: "astray", labels, tally, progress },
      { delta, gradient, clean, radius },
      optimiser.spec,
    ),
  ];
  return { step, results: [delta, tally] };
}
