/** Reversed triggers judged by what they do: each is laid on images, and the network reads them. */
import type { Gpu } from "../gpu/gpu.ts";
import { ForwardPass } from "../inspection/forward-pass.ts";
import type { LabelledImages } from "../training/trainer.ts";
import {
  inversionDefaults,
  invertTriggers,
  type InversionJob,
  type InversionSettings,
  type ReversedTrigger,
} from "./inversion.ts";
import type { Hooks, Subject } from "./subject.ts";
import { fillPixels } from "./training-set.ts";

/** An image with a trigger on: (1 - m) x + m p. */
export function wearTrigger(
  { mask, pattern }: Pick<ReversedTrigger, "mask" | "pattern">,
  pixels: Float32Array,
) {
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = (1 - mask[i]) * pixels[i] + mask[i] * pattern[i];
  }
}

/** A reversed trigger, and what it does. */
export interface MeasuredTrigger extends ReversedTrigger {
  /** Share of images that it makes the network read as was wanted. */
  readonly success: number;
}

/** Success from which a small mask counts as a trigger; one that does nothing is small, too. */
export const WORKS = 0.5;

export interface ReversalOptions extends Partial<InversionSettings> {
  readonly steps: number;
  readonly images: number;
  readonly seed: number;
  /** Images of a job that its trigger is measured on. */
  readonly measured: number;
}

/** Seeks a trigger for each job, and measures what it does. */
export async function reverseTriggers(
  gpu: Gpu,
  subject: Subject,
  images: LabelledImages,
  jobs: readonly InversionJob[],
  { measured, ...given }: ReversalOptions,
  hooks: Hooks,
): Promise<{
  readonly triggers: readonly MeasuredTrigger[];
  /** Images that went forward and back. */
  readonly passes: number;
}> {
  const settings: InversionSettings = { ...inversionDefaults, ...given };
  const found = await invertTriggers(gpu, subject, images, jobs, settings, hooks);
  const successes = await measureTriggers(gpu, subject, images, jobs, found, measured, hooks);
  return {
    triggers: found.map((trigger, i) => ({ ...trigger, success: successes[i] })),
    passes: jobs.length * settings.steps * settings.images,
  };
}

/**
 * Share of each job's images that its trigger makes the network read as the job wants. The search itself saw a few
 * images at a time.
 * @param triggers one to a job
 * @param most images of a job that are looked at
 */
async function measureTriggers(
  gpu: Gpu,
  { description, parameters }: Subject,
  images: LabelledImages,
  jobs: readonly InversionJob[],
  triggers: readonly ReversedTrigger[],
  most: number,
  { signal }: Hooks = {},
): Promise<number[]> {
  const tests = jobs.flatMap(({ images }, job) =>
    [...images.subarray(0, most)].map((image) => ({ job, image })),
  );
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, description, parameters);
    const fill = (test: number, into: Float32Array) => {
      fillPixels(images, tests[test].image, into);
      wearTrigger(triggers[tests[test].job], into);
    };
    const logits = await pass.logits({ count: tests.length, fill }, () => signal?.throwIfAborted());
    const classes = logits.length / tests.length;
    const hits = jobs.map(() => 0);
    for (const [i, { job, image }] of tests.entries()) {
      const own = logits.subarray(i * classes, (i + 1) * classes);
      const read = own.indexOf(Math.max(...own));
      const { target } = jobs[job];
      if (target === null ? read !== images.labels[image] : read === target) hits[job]++;
    }
    return hits.map((count, job) => count / Math.min(most, jobs[job].images.length));
  } finally {
    scope.destroy();
  }
}
