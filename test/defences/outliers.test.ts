/** Outliers against other ways to the same numbers: by hand, by closed forms and by integration. */
import { describe, expect, it } from "vitest";
import {
  anomalyIndices,
  digamma,
  fitGamma,
  gammaTail,
  largestIsLikely,
  median,
  trigamma,
} from "../../src/defences/outliers.ts";
import { fill } from "../reference/numeric.ts";

/** Logarithm of the gamma function by Lanczos's approximation (g = 7, nine terms). */
function logGamma(x: number): number {
  const terms = [
    676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_1, -176.615_029_162_140_6,
    12.507_343_278_686_905, -0.138_571_095_265_720_1, 9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
  ];
  const series = terms.reduce((sum, term, i) => sum + term / (x + i), 0.999_999_999_999_809_9);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** The share of a gamma distribution above x by Simpson's rule over its logarithm. */
function tailByIntegration(shape: number, x: number): number {
  const [from, to] = [Math.log(x), Math.log(x + 60 + 20 * shape)];
  const steps = 20_000;
  const width = (to - from) / steps;
  const density = (t: number) => Math.exp(shape * t - Math.exp(t) - logGammaOfShape);
  const logGammaOfShape = logGamma(shape);
  let sum = density(from) + density(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * density(from + i * width);
  return (sum * width) / 3;
}

describe("the median deviation", () => {
  it("is the middle value's distance of the middle, scaled to a normal distribution's", () => {
    expect(median([5, 1, 4])).toBe(4);
    expect(median([5, 1, 4, 2])).toBe(3);
    // Deviations from 10: 9, 1, 0, 2, 4; their median is 2.
    expect(anomalyIndices([1, 11, 10, 12, 6]).map((index) => index * 1.4826)).toEqual(
      [4.5, -0.5, 0, -1, 2].map((value) => expect.closeTo(value, 12)),
    );
  });

  it("takes equal values for ordinary, and one that differs from them for infinitely far", () => {
    expect(anomalyIndices([3, 3, 3, 3])).toEqual([0, 0, 0, 0]);
    expect(anomalyIndices([3, 3, 1, 3, 4])).toEqual([0, 0, Infinity, 0, -Infinity]);
  });
});

describe("the gamma distribution", () => {
  it("has the digamma and trigamma functions' known values", () => {
    const euler = 0.577_215_664_901_532_9;
    expect(digamma(1)).toBeCloseTo(-euler, 12);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 12);
    expect(trigamma(1)).toBeCloseTo(Math.PI ** 2 / 6, 12);
    expect(trigamma(0.5)).toBeCloseTo(Math.PI ** 2 / 2, 12);
    expect(digamma(40)).toBeCloseTo(digamma(41) - 1 / 40, 12);
  });

  it.each([
    [1, 0.3],
    [1, 7],
    [4, 2],
    [4, 30],
    [300, 280],
    [300, 340],
  ])("has above a whole shape's %i the Poisson distribution's share, at %f", (shape, x) => {
    let term = Math.exp(-x);
    let sum = term;
    for (let n = 1; n < shape; n++) sum += term *= x / n;
    expect(gammaTail(shape, x) / sum).toBeCloseTo(1, 9);
  });

  it.each([
    [0.4, 0.1],
    [2.7, 1.3],
    [2.7, 9],
    [55.5, 60],
  ])("has the integral's share for shape %f above %f", (shape, x) => {
    expect(gammaTail(shape, x) / tailByIntegration(shape, x)).toBeCloseTo(1, 6);
  });

  it("is whole above zero", () => expect(gammaTail(2, 0)).toBe(1));

  it.each([0.6, 3, 80])("is fitted where no other shape is likelier: values about %f", (spread) => {
    const values = [...fill(9, 3)].map((value) => spread + 1 + value * 0.9);
    const mean = values.reduce((sum, value) => sum + value, 0) / 9;
    const likelihood = (shape: number) =>
      values.reduce(
        (sum, value) =>
          sum +
          (shape - 1) * Math.log(value) -
          (value * shape) / mean -
          shape * Math.log(mean / shape),
        -9 * logGamma(shape),
      );
    const { shape, scale } = fitGamma(values);
    expect(shape * scale).toBeCloseTo(mean, 9);
    const here = likelihood(shape);
    for (const factor of [0.95, 1.05]) expect(likelihood(shape * factor)).toBeLessThan(here);
  });
});

describe("the largest of ten", () => {
  const others = [20, 22, 19, 24, 21, 23, 20.5, 22.5, 21.5];

  it("is likely among its likes, and not far above them", () => {
    expect(largestIsLikely([...others, 24.5])).toBeGreaterThan(0.1);
    expect(largestIsLikely([...others, 60])).toBeLessThan(1e-6);
    expect(largestIsLikely([...others, 60])).toBeGreaterThan(0);
  });

  it("is as likely as one of ten draws is to come so high", () => {
    const { shape, scale } = fitGamma(others);
    const above = tailByIntegration(shape, 27 / scale);
    expect(largestIsLikely([27, ...others])).toBeCloseTo(1 - (1 - above) ** 10, 6);
  });

  it("does not hang on the unit", () => {
    const values = [...others, 27];
    const scaled = largestIsLikely(values.map((value) => 1000 * value));
    expect(scaled).toBeCloseTo(largestIsLikely(values), 9);
  });
});
