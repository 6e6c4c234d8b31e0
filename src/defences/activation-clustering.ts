/**
 * Activation Clustering (Chen et al., "Detecting backdoor attacks on deep neural networks by activation clustering",
 * SafeAI 2019): do the training images of a class fall into two clusters, as clean ones and poison do? It needs the
 * training set that the network comes from. Activations of the last hidden layer are reduced by principal components
 * that are not whitened: independent components, as the paper has them, fall below F1 0.5 on our BadNets of 10 %.
 */
import { Random, Stream } from "../data/random.ts";
import type { Defence, Verdict } from "./defence.ts";
import { leadingEigen } from "./eigenvectors.ts";
import {
  covarianceOf,
  project,
  somePoints,
  type ClassFeatures,
  type FeaturePoints,
} from "./features.ts";
import { silhouette, twoMeans } from "./two-means.ts";

export interface ActivationClusteringOptions {
  readonly components?: number;
  /** Silhouette from which a class counts as poisoned: honest ones stay below 0.4 on our networks. */
  readonly threshold?: number;
  readonly seed: number;
}

export interface ClassClusters {
  readonly label: number;
  readonly images: number;
  /** Images of the smaller cluster, which is the poison where there is some. */
  readonly smaller: number;
  /** Mean over at most 3,000 images of the class. */
  readonly silhouette: number;
  readonly flagged: boolean;
  /** Triggered copies that the class truly holds, and what of them the smaller cluster has. */
  readonly poison: number;
  readonly caught: number;
  /** Of the smaller cluster as the poison, 2 * caught / (smaller + poison); null where the class holds none. */
  readonly f1: number | null;
  /** Some of its images; `taken`: in the smaller cluster. */
  readonly points: FeaturePoints;
}

export interface ActivationClusteringFindings {
  readonly components: number;
  readonly threshold: number;
  readonly classes: readonly ClassClusters[];
  /** Over all images, the smaller clusters of flagged classes taken for poison; null where there is no poison. */
  readonly f1: number | null;
}

/** Points that a silhouette is taken over, as it grows with their square. */
const MOST_POINTS = 3000;

/**
 * @param features of the training set
 * @returns findings, which the set's true poison is held against
 */
export function activationClustering(
  features: readonly ClassFeatures[],
  { components = 10, threshold = 0.4, seed }: ActivationClusteringOptions,
): ActivationClusteringFindings {
  const classes = features.map((found) =>
    clustersOf(found, components, threshold, new Random(seed, Stream.defence, found.label)),
  );
  const sum = (pick: (one: ClassClusters) => number) =>
    classes.reduce((total, one) => total + pick(one), 0);
  const taken = sum(({ flagged, smaller }) => (flagged ? smaller : 0));
  const caught = sum((one) => (one.flagged ? one.caught : 0));
  return {
    components,
    threshold,
    classes,
    f1: f1Of(
      caught,
      taken,
      sum(({ poison }) => poison),
    ),
  };
}

/** What one class's activations come to. */
export function clustersOf(
  found: ClassFeatures,
  components: number,
  threshold: number,
  random: Random,
): ClassClusters {
  const { label, features, width, poison } = found;
  const { mean, matrix } = covarianceOf(features, width);
  const { values, vectors } = leadingEigen(matrix, width, components, random);
  const points = project(features, width, mean, vectors);
  const { cluster } = twoMeans(points, values.length, random);
  const ones = cluster.reduce((sum, c) => sum + c, 0);
  const small = Number(2 * ones < cluster.length);
  const smaller = small === 1 ? ones : cluster.length - ones;
  const caught = cluster.reduce((sum, c, i) => sum + Number(c === small && poison[i] === 1), 0);
  const all = poison.reduce((sum, one) => sum + one, 0);
  const apart = silhouetteOf(points, values.length, cluster, random);
  return {
    label,
    images: cluster.length,
    smaller,
    silhouette: apart,
    flagged: apart >= threshold,
    poison: all,
    caught,
    f1: f1Of(caught, smaller, all),
    points: somePoints(
      found,
      points,
      cluster.map((c) => Number(c === small)),
      random,
    ),
  };
}

function silhouetteOf(points: Float64Array, width: number, cluster: Uint8Array, random: Random) {
  const order = Uint32Array.from(cluster.keys());
  const chosen = (order.length > MOST_POINTS ? random.shuffle(order) : order).slice(0, MOST_POINTS);
  const some = new Float64Array(chosen.length * width);
  for (const [row, i] of chosen.entries())
    some.set(points.subarray(i * width, (i + 1) * width), row * width);
  return silhouette(
    some,
    width,
    Uint8Array.from(chosen, (i) => cluster[i]),
  );
}

const f1Of = (caught: number, taken: number, poison: number): number | null =>
  poison === 0 ? null : (2 * caught) / (taken + poison);

export function activationClusteringVerdict({
  classes,
  threshold,
  f1,
}: ActivationClusteringFindings): Verdict {
  const scores = classes.map(({ silhouette }) => silhouette);
  const flagged = classes.filter((one) => one.flagged);
  const range = `Silhouettes lie from ${Math.min(...scores).toFixed(2)} to ${Math.max(...scores).toFixed(2)}`;
  const named = flagged.map(({ label }) => label).join(", ") || "no class";
  const truth = f1 === null ? "" : ` (F1 ${f1.toFixed(3)} against the true poison)`;
  const poison = classes.reduce((sum, one) => sum + one.poison, 0);
  const caught = flagged.reduce((sum, one) => sum + one.caught, 0);
  return {
    flagged: flagged.length > 0,
    missed: poison === 0 ? null : 1 - caught / poison,
    evidence: `${range}; at ${threshold} or more, and so taken for poisoned: ${named}${truth}.`,
  };
}

export const activationClusteringDefence: Defence = {
  id: "clustering",
  name: "Activation Clustering",
  question: "Do the training images of a class fall into two clusters?",
  source: "Chen 2018",
  kind: "find",
  needs: "training set",
  cost: 51,
  work: ({ training }) => ({ forward: training, back: 0 }),
  blindSpots:
    "It needs the training set; where more than half of a class is poison it takes the clean images for it, and a network that was trained to keep both alike hides them.",
  answer: async (_gpu, _subject, { features, seed }, hooks) => {
    const findings = activationClustering(await features(hooks), { seed });
    return { findings, mended: null, ...activationClusteringVerdict(findings) };
  },
};
