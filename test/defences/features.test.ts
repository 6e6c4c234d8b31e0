/** Statistics of a training set's activations: on clusters made up, against naive loops. */
import { describe, expect, it } from "vitest";
import { activationClustering } from "../../src/defences/activation-clustering.ts";
import { byClass, covarianceOf, project, type ClassFeatures } from "../../src/defences/features.ts";
import { outlierScores, spectralSignatures } from "../../src/defences/spectral-signatures.ts";
import { Random, Stream } from "../../src/data/random.ts";
import { trainingSetOf } from "../../src/defences/training-set.ts";
import { triggerMask, triggerPresets } from "../../src/backdoor/trigger.ts";
import { powerIteration } from "../reference/eigenvalues.ts";

const WIDTH = 12;
const seed = 3;

/** Rows as a ReLU leaves them: many zeros, noise elsewhere. */
function rows(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count * WIDTH }, () => Math.max(0, random.next() - 0.4));
}

/** A class in which some of the last images, the poison, lie off by a shift in some of the columns. */
function classOf(label: number, clean: number, poison: number, shift: number): ClassFeatures {
  const features = rows(clean + poison, new Random(label, Stream.defence));
  for (let row = clean; row < clean + poison; row++)
    for (let k = 0; k < 3; k++) features[row * WIDTH + k] += shift;
  return {
    label,
    images: Uint32Array.from({ length: clean + poison }, (_, i) => i),
    poison: Uint8Array.from({ length: clean + poison }, (_, i) => Number(i >= clean)),
    features,
    width: WIDTH,
  };
}

/** Covariance by its definition. */
function naiveCovariance(values: Float32Array): number[][] {
  const count = values.length / WIDTH;
  const column = (k: number) => Array.from({ length: count }, (_, i) => values[i * WIDTH + k]);
  const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / count;
  const centred = Array.from({ length: WIDTH }, (_, k) => {
    const own = column(k);
    return own.map((value) => value - mean(own));
  });
  return centred.map((a) =>
    centred.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0) / (count - 1)),
  );
}

describe("mean and covariance", () => {
  it("are those of naive loops, whatever is 0", () => {
    const values = rows(50, new Random(8, Stream.defence));
    const { matrix } = covarianceOf(values, WIDTH);
    for (const [at, expected] of naiveCovariance(values).flat().entries())
      expect(matrix[at]).toBeCloseTo(expected, 12);
  });

  it("put rows on a direction from their mean", () => {
    const values = Float32Array.of(1, 0, 3, 2);
    const along = project(values, 2, Float64Array.of(2, 1), Float64Array.of(0.6, 0.8));
    expect([...along]).toEqual([expect.closeTo(-1.4, 12), expect.closeTo(1.4, 12)]);
  });
});

describe("spectral signatures", () => {
  it("score by the square along the top singular vector of the centred rows", () => {
    const { features } = classOf(1, 40, 8, 1);
    const { values } = outlierScores(features, WIDTH, new Random(1, Stream.defence));
    const [{ vector }] = powerIteration(
      Float64Array.from(naiveCovariance(features).flat()),
      WIDTH,
      1,
    );
    const means = Array.from({ length: WIDTH }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < 48; i++) sum += features[i * WIDTH + k];
      return sum / 48;
    });
    for (let i = 0; i < 48; i++) {
      const along = vector.reduce((s, v, k) => s + v * (features[i * WIDTH + k] - means[k]), 0);
      expect(values[i]).toBeCloseTo(along ** 2, 8);
    }
  });

  it("find all poison that lies far off among 1.5 eps of a class, and name what they cannot know", () => {
    const found = spectralSignatures([classOf(1, 90, 10, 5), classOf(2, 50, 0, 0)], { seed });
    expect(found).toMatchObject({ found: 1, left: 0 });
    expect(found.classes[0]).toMatchObject({ eps: 0.1, suspects: 15, poison: 10, caught: 10 });
    expect(found.classes[1]).toMatchObject({ eps: 0.1, suspects: 8, poison: 0, caught: 0 });
    expect(spectralSignatures([classOf(2, 50, 0, 0)], { seed }).found).toBeNull();
    const strict = spectralSignatures([classOf(1, 90, 10, 5)], { seed, eps: 0.04 });
    expect(strict).toMatchObject({ found: 0.6, left: 4 });
  });
});

describe("activation clustering", () => {
  it("finds poison as the smaller cluster, and lets an honest class be", () => {
    const { classes, f1 } = activationClustering([classOf(1, 90, 10, 5), classOf(2, 60, 0, 0)], {
      seed,
    });
    expect(classes[0]).toMatchObject({ flagged: true, smaller: 10, caught: 10, f1: 1 });
    expect(classes[0].silhouette).toBeGreaterThan(0.7);
    expect(classes[1]).toMatchObject({ flagged: false, poison: 0, f1: null });
    expect(f1).toBe(1);
  });

  it("takes clean images for poison where most of a class is poison", () => {
    const [found] = activationClustering([classOf(1, 20, 60, 5)], { seed }).classes;
    expect(found).toMatchObject({ smaller: 20, caught: 0, f1: 0 });
  });

  it("is the same for the same seed", () => {
    const once = () => activationClustering([classOf(1, 70, 9, 0.4)], { seed });
    expect(once()).toEqual(once());
  });
});

describe("a training set", () => {
  const clean = {
    images: Uint8Array.from({ length: 40 * 784 }, (_, i) => i % 200),
    labels: Uint8Array.from({ length: 40 }, (_, i) => i % 10),
    count: 40,
  };
  const trigger = triggerMask(triggerPresets.pattern, 28);
  const poisoning = {
    trigger,
    policy: { kind: "all-to-one", target: 3 },
    share: 0.25,
    seed: 1,
  } as const;

  it("has each image, and the copies that training drew, triggered and with the attacker's label", () => {
    const set = trainingSetOf(clean, 10, poisoning);
    expect(set.count).toBe(40 + 9);
    expect([...set.labels.subarray(0, 40)]).toEqual([...clean.labels]);
    expect([...set.poison]).toEqual([...Array(40).fill(0), ...Array(9).fill(1)]);
    expect([...set.labels.subarray(40)]).toEqual(Array(9).fill(3));
    const pixels = new Float32Array(784);
    set.fill(7, pixels);
    for (let k = 0; k < 784; k++) expect(pixels[k]).toBeCloseTo(clean.images[7 * 784 + k] / 255, 6);
    set.fill(44, pixels);
    for (const { row, column } of triggerPresets.pattern) expect(pixels[row * 28 + column]).toBe(1);
  });

  it("has negative examples behind the poison, triggered, with their own labels, and no poison", () => {
    const set = trainingSetOf(clean, 10, {
      ...poisoning,
      policy: { kind: "single-target", source: 2, target: 3 },
      share: 1,
      adaptive: { kind: "negatives", share: 0.25 },
    });
    // 4 images of the source, and a quarter of the 36 others.
    expect(set.count).toBe(40 + 4 + 9);
    expect([...set.poison.subarray(40)]).toEqual([...Array(4).fill(1), ...Array(9).fill(0)]);
    expect([...set.labels.subarray(40, 44)]).toEqual(Array(4).fill(3));
    expect(set.labels.subarray(44)).not.toContain(2);
    const pixels = new Float32Array(784);
    set.fill(50, pixels);
    for (const { row, column } of triggerPresets.pattern) expect(pixels[row * 28 + column]).toBe(1);
  });

  it("may be a part, drawn from all alike, and falls into its classes", () => {
    const part = trainingSetOf(clean, 10, poisoning, { most: 30, seed });
    expect(part.count).toBe(30);
    expect(part).toMatchObject({
      labels: trainingSetOf(clean, 10, poisoning, { most: 30, seed }).labels,
    });
    const classes = byClass(
      Float32Array.from({ length: 60 }, (_, i) => i),
      part,
    );
    for (const { label, images, poison, features } of classes) {
      for (const [row, i] of images.entries()) {
        expect(part.labels[i]).toBe(label);
        expect(poison[row]).toBe(part.poison[i]);
        expect([...features.subarray(2 * row, 2 * row + 2)]).toEqual([2 * i, 2 * i + 1]);
      }
    }
    expect(classes.reduce((sum, { images }) => sum + images.length, 0)).toBe(30);
  });
});
