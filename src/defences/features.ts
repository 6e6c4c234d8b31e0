/** What a network makes of a training set, class by class: the activations of its last hidden layer, and their spread. */
import type { Random } from "../data/random.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { ForwardPass } from "../inspection/forward-pass.ts";
import type { NetworkDescription } from "../models/description.ts";
import type { Hooks, Subject } from "./subject.ts";
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

/** Some images of a class as points, for a picture. All arrays have one entry an image. */
export interface FeaturePoints {
  /** Their numbers in the set. */
  readonly images: Uint32Array;
  /** 1: a triggered copy. */
  readonly poison: Uint8Array;
  /** 1: what the defence takes for poison. */
  readonly taken: Uint8Array;
  /** Along the direction in which the class varies most, and along the next; y is 0 where one was sought. */
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Points of a class in a picture, at most. */
const MOST_SHOWN = 80;

/**
 * Draws images for a picture, all alike.
 * @param points [count, directions], as `project` gives them
 * @param taken [count]
 */
export function somePoints(
  { images, poison }: ClassFeatures,
  points: Float64Array,
  taken: Uint8Array,
  random: Random,
): FeaturePoints {
  const directions = points.length / images.length;
  const chosen = random.shuffle(Uint32Array.from(images.keys())).slice(0, MOST_SHOWN).sort();
  return {
    images: chosen.map((i) => images[i]),
    poison: Uint8Array.from(chosen, (i) => poison[i]),
    taken: Uint8Array.from(chosen, (i) => taken[i]),
    x: Float32Array.from(chosen, (i) => points[i * directions]),
    y: Float32Array.from(chosen, (i) => (directions > 1 ? points[i * directions + 1] : 0)),
  };
}

/** The label of the layer before the last one. */
export const lastHidden = ({ layers }: NetworkDescription): string => layers.at(-2)!.label;

/** A training set's features, a class after the other; a class without images is left out. */
export async function classFeatures(
  gpu: Gpu,
  { description, parameters }: Subject,
  set: TrainingSet,
  { report, signal }: Hooks = {},
): Promise<ClassFeatures[]> {
  const scope = gpu.scope();
  try {
    const pass = await ForwardPass.build(scope, description, parameters);
    const features = await pass.activations(lastHidden(description), set, (done) => {
      signal?.throwIfAborted();
      report?.(done, set.count);
    });
    return byClass(features, set);
  } finally {
    scope.destroy();
  }
}

/** @param features of all images of a set, [count, width] */
export function byClass(features: Float32Array, set: TrainingSet): ClassFeatures[] {
  const width = features.length / set.count;
  return Array.from({ length: set.classes }, (_, label): ClassFeatures => {
    const images = Uint32Array.from(set.labels.keys()).filter((i) => set.labels[i] === label);
    const own = new Float32Array(images.length * width);
    for (const [row, i] of images.entries())
      own.set(features.subarray(i * width, (i + 1) * width), row * width);
    const poison = Uint8Array.from(images, (i) => set.poison[i]);
    return { label, images, poison, features: own, width };
  }).filter(({ images }) => images.length > 0);
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
