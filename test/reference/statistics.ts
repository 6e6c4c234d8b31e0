/** What each channel's activations do over a batch, by two plain float64 passes. */

/** x [B, C, N]: N values a channel of each image (H * W pixels, or 1 behind a dense layer). */
export type StatisticsShape = { B: number; C: number; N: number };

/** Each [C]. */
export type Statistics = {
  /** B * N values. */
  count: Float64Array;
  mean: Float64Array;
  /** The sum of (x - mean)^2. */
  squaredDeviations: Float64Array;
  /** The population variance: squaredDeviations / count. */
  variance: Float64Array;
  min: Float64Array;
  max: Float64Array;
  /** The share of values above zero. */
  positiveShare: Float64Array;
};

export function statistics({ B, C, N }: StatisticsShape, x: Float64Array): Statistics {
  const result: Statistics = {
    count: new Float64Array(C),
    mean: new Float64Array(C),
    squaredDeviations: new Float64Array(C),
    variance: new Float64Array(C),
    min: new Float64Array(C).fill(Infinity),
    max: new Float64Array(C).fill(-Infinity),
    positiveShare: new Float64Array(C),
  };
  for (let c = 0; c < C; c++) {
    let sum = 0;
    let positive = 0;
    for (let n = 0; n < B; n++) {
      for (let i = 0; i < N; i++) {
        const value = x[(n * C + c) * N + i];
        sum += value;
        if (value > 0) positive++;
        result.min[c] = Math.min(result.min[c], value);
        result.max[c] = Math.max(result.max[c], value);
      }
    }
    result.count[c] = B * N;
    result.mean[c] = sum / (B * N);
    result.positiveShare[c] = positive / (B * N);

    for (let n = 0; n < B; n++) {
      for (let i = 0; i < N; i++) {
        result.squaredDeviations[c] += (x[(n * C + c) * N + i] - result.mean[c]) ** 2;
      }
    }
    result.variance[c] = result.squaredDeviations[c] / result.count[c];
  }
  return result;
}
