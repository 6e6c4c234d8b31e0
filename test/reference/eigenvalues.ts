/** Eigenvectors of a positive semidefinite matrix by power iteration and deflation, in float64: slow and plain. */

/** @param matrix symmetric, [n, n] */
export function powerIteration(matrix: Float64Array, n: number, wanted: number) {
  const left = Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n)]);
  return Array.from({ length: wanted }, () => {
    let vector = Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    let value = 0;
    for (let step = 0; step < 20_000; step++) {
      const next = left.map((row) => row.reduce((sum, a, j) => sum + a * vector[j], 0));
      value = Math.hypot(...next);
      vector = next.map((one) => one / value);
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) left[i][j] -= value * vector[i] * vector[j];
    return { value, vector };
  });
}
