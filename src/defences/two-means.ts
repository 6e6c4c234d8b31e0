/** Two clusters of points, and how well they are apart. */
import type { Random } from "../data/random.ts";

/** Beginnings of which the best is taken, and steps from each at most. */
const STARTS = 10;
const MOST_STEPS = 300;

export interface Clusters {
  /** 0 or 1 for each point. [count] */
  readonly cluster: Uint8Array;
  /** Sum of squared distances to the own cluster's mean. */
  readonly inertia: number;
}

function squared(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a[i * width + k] - b[j * width + k]) ** 2;
  return sum;
}

/**
 * 2-means by Lloyd's steps, the best of ten beginnings as k-means++ draws them (Arthur and Vassilvitskii 2007).
 * @param points [count, width]
 */
export function twoMeans(points: Float64Array, width: number, random: Random): Clusters {
  let best: Clusters | null = null;
  for (let start = 0; start < STARTS; start++) {
    const found = lloyd(points, width, beginnings(points, width, random));
    if (!best || found.inertia < best.inertia) best = found;
  }
  return best!;
}

/** A point, and another by the square of its distance. [2, width] */
function beginnings(points: Float64Array, width: number, random: Random): Float64Array {
  const count = points.length / width;
  const first = random.below(count);
  const distances = Float64Array.from({ length: count }, (_, i) =>
    squared(points, i, points, first, width),
  );
  let left = random.next() * distances.reduce((a, b) => a + b, 0);
  const second = distances.findIndex((distance) => (left -= distance) < 0);
  return Float64Array.from(
    [first, Math.max(0, second)].flatMap((i) => [...points.subarray(i * width, (i + 1) * width)]),
  );
}

function lloyd(points: Float64Array, width: number, centres: Float64Array): Clusters {
  const count = points.length / width;
  const cluster = new Uint8Array(count);
  let inertia = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const [near, far] = [0, 1].map((c) => squared(points, i, centres, c, width));
      cluster[i] = Number(far < near);
      sum += Math.min(near, far);
    }
    if (sum >= inertia) break;
    inertia = sum;
    moveTo(centres, points, cluster, width);
  }
  return { cluster, inertia };
}

/** Each centre to the mean of its points; one without any stays. */
function moveTo(centres: Float64Array, points: Float64Array, cluster: Uint8Array, width: number) {
  const sizes = [0, 0];
  const sums = new Float64Array(2 * width);
  for (const [i, c] of cluster.entries()) {
    sizes[c]++;
    for (let k = 0; k < width; k++) sums[c * width + k] += points[i * width + k];
  }
  for (let k = 0; k < 2 * width; k++) {
    const size = sizes[k < width ? 0 : 1];
    if (size > 0) centres[k] = sums[k] / size;
  }
}

/**
 * Mean silhouette of two clusters (Rousseeuw 1987): of each point, b - a over the larger of the two, a and b being
 * its mean distances to the others of its own cluster and to those of the other one. From -1 to 1; a point that is
 * alone counts 0.
 * @param points [count, width]
 */
export function silhouette(points: Float64Array, width: number, cluster: Uint8Array): number {
  const count = cluster.length;
  const sums = new Float64Array(2 * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squared(points, i, points, j, width));
      sums[2 * i + cluster[j]] += distance;
      sums[2 * j + cluster[i]] += distance;
    }
  const ones = cluster.reduce((sum, c) => sum + c, 0);
  const sizes = [count - ones, ones];
  let total = 0;
  for (const [i, own] of cluster.entries()) {
    if (sizes[own] === 1 || sizes[1 - own] === 0) continue;
    const a = sums[2 * i + own] / (sizes[own] - 1);
    const b = sums[2 * i + 1 - own] / sizes[1 - own];
    if (Math.max(a, b) > 0) total += (b - a) / Math.max(a, b);
  }
  return total / count;
}
