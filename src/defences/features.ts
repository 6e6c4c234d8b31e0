/** What a network makes of a training set, class by class: the activations of its last hidden layer. */
import type { Gpu } from "../gpu/gpu.ts";
import { ForwardPass } from "../inspection/forward-pass.ts";
import type { NetworkDescription } from "../models/description.ts";
import type { Hooks, Subject } from "./defence.ts";
import type { TrainingSet } from "./training-set.ts";

/** One class of a training set. */
export interface ClassFeatures {
  readonly label: number;
  /** Numbers of its images in the set, [count] */
  readonly images: Uint32Array;
  /** 1: a triggered copy. [count] */
  readonly poison: Uint8Array;
  /** [count, width] */
  readonly features: Float32Array;
  readonly width: number;
}

/** The label of the layer before the last one. */
export const lastHidden = ({ layers }: NetworkDescription): string => layers.at(-2)!.label;

/**
 * Walks through a training set, a class after the other; a class without images is left out.
 * @param look told each class's features, one class at a time, as all of them are large
 */
export async function eachClass(
  gpu: Gpu,
  { description, parameters }: Subject,
  set: TrainingSet,
  look: (found: ClassFeatures) => void,
  { report, signal }: Hooks,
): Promise<void> {
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, description, parameters);
    let done = 0;
    for (let label = 0; label < set.classes; label++) {
      const images = Uint32Array.from(set.labels.keys()).filter((i) => set.labels[i] === label);
      if (images.length === 0) continue;
      const chosen = {
        count: images.length,
        fill: (i: number, into: Float32Array) => set.fill(images[i], into),
      };
      const features = await pass.activations(lastHidden(description), chosen, (here) => {
        signal?.throwIfAborted();
        report?.(done + here, set.count);
      });
      done += images.length;
      const poison = Uint8Array.from(images, (i) => set.poison[i]);
      look({ label, images, poison, features, width: features.length / images.length });
    }
  } finally {
    scope.destroy();
  }
}

/** Mean and covariance (over n - 1) of rows. */
export function covarianceOf(rows: Float32Array, width: number) {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  const matrix = new Float64Array(width * width);
  const lit = new Uint32Array(width);
  for (let row = 0; row < count; row++) {
    const values = rows.subarray(row * width, (row + 1) * width);
    // Behind a ReLU most values are 0, and add nothing.
    let many = 0;
    for (let i = 0; i < width; i++) if (values[i] !== 0) lit[many++] = i;
    for (let a = 0; a < many; a++) {
      const i = lit[a];
      const value = values[i];
      mean[i] += value;
      for (let b = a; b < many; b++) matrix[i * width + lit[b]] += value * values[lit[b]];
    }
  }
  for (let i = 0; i < width; i++) mean[i] /= count;
  for (let i = 0; i < width; i++)
    for (let j = i; j < width; j++) {
      const own = (matrix[i * width + j] - count * mean[i] * mean[j]) / Math.max(1, count - 1);
      matrix[i * width + j] = matrix[j * width + i] = own;
    }
  return { mean, matrix };
}

/**
 * Rows as they lie along directions, from their mean.
 * @param vectors [directions, width]
 * @returns [rows, directions]
 */
export function project(
  rows: Float32Array,
  width: number,
  mean: Float64Array,
  vectors: Float64Array,
): Float64Array {
  const count = rows.length / width;
  const directions = vectors.length / width;
  const found = new Float64Array(count * directions);
  for (let row = 0; row < count; row++)
    for (let d = 0; d < directions; d++) {
      let sum = 0;
      for (let i = 0; i < width; i++)
        sum += (rows[row * width + i] - mean[i]) * vectors[d * width + i];
      found[row * directions + d] = sum;
    }
  return found;
}
