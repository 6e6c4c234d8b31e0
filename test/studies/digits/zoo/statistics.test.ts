/** ROC, area and logistic fit against what they are by definition, in naive double precision. */
import { describe, expect, it } from "vitest";
import { Random, Stream } from "../../../../src/data/random.ts";
import { crossEntropy, fitLogistic, logOdds } from "../../../../src/studies/digits/zoo/logistic.ts";
import {
  areaUnder,
  bestThreshold,
  rocOf,
  type Scored,
} from "../../../../src/studies/digits/zoo/roc.ts";

/** Networks whose numbers overlap, some of them equal. */
function drawn(seed: number, networks: number): Scored[] {
  const random = new Random(seed, Stream.sampling);
  return Array.from({ length: networks }, (_, i) => {
    const poisoned = i % 3 === 0;
    return { score: Math.round(10 * (random.next() + (poisoned ? 0.3 : 0))) / 10, poisoned };
  });
}

describe("a ROC", () => {
  it("has the share of pairs that are the right way round under it, ties counting half", () => {
    for (const seed of [1, 2, 3]) {
      const scored = drawn(seed, 37);
      const [poisoned, honest] = [true, false].map((sort) =>
        scored.filter((one) => one.poisoned === sort).map(({ score }) => score),
      );
      const wins = poisoned.flatMap((p) => honest.map((h) => (p > h ? 1 : p === h ? 0.5 : 0)));
      const naive = wins.reduce((a: number, b) => a + b, 0) / wins.length;
      expect(areaUnder(rocOf(scored)!)).toBeCloseTo(naive, 12);
    }
  });

  it("says at each threshold what flagging from there on comes to", () => {
    const scored = drawn(4, 40);
    const share = (sort: boolean, threshold: number) => {
      const own = scored.filter(({ poisoned }) => poisoned === sort);
      return own.filter(({ score }) => score >= threshold).length / own.length;
    };
    const curve = rocOf(scored)!;
    expect(curve[0]).toMatchObject({ falseAlarms: 0, found: 0 });
    expect(curve.at(-1)).toMatchObject({ falseAlarms: 1, found: 1 });
    for (const { threshold, falseAlarms, found } of curve) {
      expect(found).toBeCloseTo(share(true, threshold), 12);
      expect(falseAlarms).toBeCloseTo(share(false, threshold), 12);
    }
    const gains = curve.map(({ threshold }) => share(true, threshold) - share(false, threshold));
    const best = bestThreshold(curve);
    expect(share(true, best) - share(false, best)).toBeCloseTo(Math.max(...gains), 12);
  });

  it("is none where there is one sort of networks", () => {
    expect(rocOf([{ score: 1, poisoned: true }])).toBeNull();
    expect(rocOf([])).toBeNull();
  });
});

/** Two numbers of very different size, and a lot that hangs on both. */
function networks(seed: number) {
  const random = new Random(seed, Stream.sampling, 1);
  const rows = Array.from({ length: 30 }, () => [random.next(), 1000 * random.next() - 300]);
  const poisoned = rows.map(([a, b]) => a + b / 1000 + random.next() > 1);
  return { rows, poisoned };
}

describe("a logistic fit", () => {
  it("is where gradient descent on its loss comes to rest", () => {
    const { rows, poisoned } = networks(5);
    const fit = fitLogistic(rows, poisoned);
    const columns = [0, 1].map((k) => rows.map((row) => row[k]));
    const means = columns.map((values) => values.reduce((a, b) => a + b, 0) / values.length);
    const spreads = columns.map((values, k) =>
      Math.sqrt(values.reduce((sum, value) => sum + (value - means[k]) ** 2, 0) / values.length),
    );
    const inputs = rows.map((row) => row.map((value, k) => (value - means[k]) / spreads[k]));
    const [w, slope] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (let step = 0; step < 4000; step++) {
      slope.fill(0);
      for (const [i, [a, b]] of inputs.entries()) {
        const wrong = 1 / (1 + Math.exp(-(w[0] * a + w[1] * b + w[2]))) - Number(poisoned[i]);
        slope[0] += wrong * a;
        slope[1] += wrong * b;
        slope[2] += wrong;
      }
      w[0] -= 0.05 * (slope[0] + w[0]);
      w[1] -= 0.05 * (slope[1] + w[1]);
      w[2] -= 0.05 * slope[2];
    }
    expect(fit.weights[0]).toBeCloseTo(w[0], 8);
    expect(fit.weights[1]).toBeCloseTo(w[1], 8);
    expect(fit.bias).toBeCloseTo(w[2], 8);
    expect(logOdds(fit, rows[3])).toBeCloseTo(w[0] * inputs[3][0] + w[1] * inputs[3][1] + w[2], 8);
  });

  it("has weights that are finite where a number tells the sorts apart, or tells nothing", () => {
    const rows = [1, 2, 3, 10, 11, 12].map((value) => [value, 7]);
    const fit = fitLogistic(
      rows,
      rows.map(([value]) => value > 5),
    );
    expect(fit.weights[0]).toBeGreaterThan(0.5);
    expect(fit.weights[0]).toBeLessThan(10);
    expect(fit.weights[1]).toBeCloseTo(0, 10);
    expect(logOdds(fit, [6.5, 7])).toBeCloseTo(0, 8);
  });

  it("is judged by the mean of -log p of what is true", () => {
    const odds = [2, -1, 0, 40, -800];
    const poisoned = [true, true, false, true, false];
    const naive = odds.slice(0, 4).map((value, i) => {
      const p = 1 / (1 + Math.exp(-value));
      return -Math.log(poisoned[i] ? p : 1 - p);
    });
    const sum = naive.reduce((a, b) => a + b, 0);
    expect(crossEntropy(odds, poisoned)).toBeCloseTo(sum / 5, 12);
    expect(crossEntropy([-800], [true])).toBe(800);
    expect(crossEntropy([0], [true])).toBeCloseTo(Math.LN2, 12);
  });
});
