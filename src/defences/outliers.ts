/** How far values lie from the others: by the median deviation, and by a gamma distribution of the others. */

/** The middle one of an odd number of values, else the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** The factor that makes a median deviation estimate the standard deviation of a normal distribution. */
const CONSISTENT = 1.4826;

/**
 * How many deviations each value lies below the median: (median - value) / (1.4826 MAD), MAD being the median of the
 * absolute deviations from the median. Where all deviations are 0, a value at the median has 0.
 */
export function anomalyIndices(values: readonly number[]): number[] {
  const middle = median(values);
  const deviation = CONSISTENT * median(values.map((value) => Math.abs(value - middle)));
  return values.map((value) => (value === middle ? 0 : (middle - value) / deviation));
}

/**
 * How likely the largest of some positive values is as large as it is if it is of the same gamma distribution as the
 * others: 1 - F(largest)^n, F being fitted to the others by maximum likelihood.
 */
export function largestIsLikely(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const { shape, scale } = fitGamma(sorted.slice(0, -1));
  // Not 1 - F^n, which has no digits left where F is close to 1.
  return -Math.expm1(values.length * Math.log1p(-gammaTail(shape, sorted.at(-1)! / scale)));
}

/** Steps of Newton's method; five or six do. */
const MOST_STEPS = 50;

/** The gamma distribution that makes positive values likeliest (Minka 2002, "Estimating a gamma distribution"). */
export function fitGamma(values: readonly number[]): { shape: number; scale: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanLog = values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
  // Equal values would be a distribution without width.
  const gap = Math.max(1e-9, Math.log(mean) - meanLog);
  let shape = 0.5 / gap;
  for (let step = 0; step < MOST_STEPS; step++) {
    const wrong = Math.log(shape) - digamma(shape) - gap;
    const inverse = 1 / shape + wrong / (shape * shape * (1 / shape - trigamma(shape)));
    const next = 1 / inverse;
    if (Math.abs(next - shape) <= 1e-12 * shape) break;
    shape = next;
  }
  return { shape, scale: mean / shape };
}

/** From here on the asymptotic series have all digits of a float64. */
const LARGE = 12;

/** Derivative of the logarithm of the gamma function. */
export function digamma(x: number): number {
  let sum = 0;
  for (; x < LARGE; x++) sum -= 1 / x;
  const i = 1 / (x * x);
  const series = i * (1 / 12 - i * (1 / 120 - i * (1 / 252 - i * (1 / 240 - i / 132))));
  return sum + Math.log(x) - 0.5 / x - series;
}

/** Derivative of digamma. */
export function trigamma(x: number): number {
  let sum = 0;
  for (; x < LARGE; x++) sum += 1 / (x * x);
  const i = 1 / (x * x);
  const series = i * (1 / 6 - i * (1 / 30 - i * (1 / 42 - i * (1 / 30 - (i * 5) / 66))));
  return sum + 1 / x + i / 2 + series / x;
}

/** Logarithm of the gamma function, by Stirling's series. */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < LARGE; x++) shift -= Math.log(x);
  const i = 1 / (x * x);
  const series = (1 / 12 - i * (1 / 360 - i * (1 / 1260 - i * (1 / 1680 - i / 1188)))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}

const MOST_TERMS = 100_000;

/** The share of a gamma distribution of scale 1 that lies above x: the regularised upper incomplete gamma function. */
export function gammaTail(shape: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(shape * Math.log(x) - x - logGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let n = 1; n < MOST_TERMS && term > 1e-17 * sum; n++) sum += term *= x / (shape + n);
    return 1 - front * sum;
  }
  // The continued fraction, by Lentz's method (Press et al., "Numerical Recipes", section 6.2).
  let b = x + 1 - shape;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * value;
}
