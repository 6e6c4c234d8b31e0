/**
 * Spectral Signatures (Tran et al., "Spectral signatures in backdoor attacks", NeurIPS 2018): which training images of
 * a class lie far out along the direction in which its activations vary most? It needs the training set, and a bound
 * eps on the poison's share of a class; 1.5 eps of each class would be left out of a second training.
 */
import { Random, Stream } from "../data/random.ts";
import { percent } from "../format.ts";
import type { Defence, Verdict } from "./defence.ts";
import { leadingEigen } from "./eigenvectors.ts";
import {
  covarianceOf,
  project,
  somePoints,
  type ClassFeatures,
  type FeaturePoints,
} from "./features.ts";

export interface SpectralSignaturesOptions {
  /**
   * Bound on the poison's share of a class. Unless given it is, as in the paper's measurements, each class's true
   * share, and 10 % for a class without poison.
   */
  readonly eps?: number;
  readonly seed: number;
}

export interface ClassSignature {
  readonly label: number;
  readonly images: number;
  readonly eps: number;
  /** Images with the highest scores, 1.5 eps of the class. */
  readonly suspects: number;
  /** Triggered copies that the class truly holds, and those among the suspects. */
  readonly poison: number;
  readonly caught: number;
  /** Share of the variance that lies along the direction. */
  readonly explained: number;
  /** Some of its images; `taken`: suspects. */
  readonly points: FeaturePoints;
}

export interface SpectralSignaturesFindings {
  readonly classes: readonly ClassSignature[];
  /** Share of all poison among the suspects; null where there is none. */
  readonly found: number | null;
  /** Of the poison that would be left: its number. */
  readonly left: number;
}

const USUAL_EPS = 0.1;

/**
 * @param features of the training set
 * @returns findings, which the set's true poison is held against
 */
export function spectralSignatures(
  features: readonly ClassFeatures[],
  { eps, seed }: SpectralSignaturesOptions,
): SpectralSignaturesFindings {
  const classes = features.map((found) =>
    signatureOf(found, eps, new Random(seed, Stream.defence, found.label)),
  );
  const poison = classes.reduce((sum, one) => sum + one.poison, 0);
  const caught = classes.reduce((sum, one) => sum + one.caught, 0);
  return { classes, found: poison === 0 ? null : caught / poison, left: poison - caught };
}

/** What one class's activations come to. */
export function signatureOf(
  found: ClassFeatures,
  given: number | undefined,
  random: Random,
): ClassSignature {
  const { label, features, width, poison } = found;
  const count = poison.length;
  const all = poison.reduce((sum, one) => sum + one, 0);
  const eps = given ?? (all > 0 ? all / count : USUAL_EPS);
  const scores = outlierScores(features, width, random);
  const suspects = Math.min(count, Math.round(1.5 * eps * count));
  const ranked = Uint32Array.from(poison.keys()).sort(
    (i, j) => scores.values[j] - scores.values[i] || i - j,
  );
  const caught = ranked.subarray(0, suspects).reduce((sum, i) => sum + poison[i], 0);
  const taken = new Uint8Array(count);
  for (const i of ranked.subarray(0, suspects)) taken[i] = 1;
  return {
    label,
    images: count,
    eps,
    suspects,
    poison: all,
    caught,
    explained: scores.explained,
    points: somePoints(found, scores.along, taken, random),
  };
}

/** Distances from the mean along the top right singular vector of the centred rows, and their squares. [rows] */
export function outlierScores(rows: Float32Array, width: number, random: Random) {
  const { mean, matrix } = covarianceOf(rows, width);
  const { values, vectors } = leadingEigen(matrix, width, 1, random);
  let variance = 0;
  for (let i = 0; i < width; i++) variance += matrix[i * width + i];
  const along = project(rows, width, mean, vectors);
  return {
    values: along.map((value) => value ** 2),
    along,
    explained: variance === 0 ? 0 : values[0] / variance,
  };
}

export function spectralSignaturesVerdict({
  classes,
  found,
  left,
}: SpectralSignaturesFindings): Verdict {
  const suspects = classes.reduce((sum, one) => sum + one.suspects, 0);
  const named = `${suspects} training images with the highest scores are suspects`;
  return {
    flagged: null,
    missed: found === null ? null : 1 - found,
    evidence:
      found === null
        ? `${named}; whether any is poison it does not say, and here none is known to be.`
        : `${named}, and hold ${percent(found, 1)} of the poison (${left} triggered copies escape).`,
  };
}

export const spectralSignaturesDefence: Defence = {
  id: "spectral",
  name: "Spectral Signatures",
  question:
    "Which training images lie far out along the direction in which their class varies most?",
  source: "Tran 2018",
  kind: "find",
  needs: "training set",
  cost: 50,
  work: ({ training }) => ({ forward: training, back: 0 }),
  blindSpots:
    "It needs the training set and a bound on the poison's share, names suspects in honest sets as well, and a network that was trained to keep both alike hides them.",
  answer: async (_gpu, _subject, { features, seed }, hooks) => {
    const findings = spectralSignatures(await features(hooks), { seed });
    return { findings, mended: null, ...spectralSignaturesVerdict(findings) };
  },
};
