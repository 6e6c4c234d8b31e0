/** Eigenvalues and eigenvectors of symmetric matrices, in double precision. */
import type { Random } from "../data/random.ts";

export interface Eigen {
  /** Largest first. */
  readonly values: Float64Array;
  /** One a row, of length 1, in the order of the values; a row's sign means nothing. [values, n] */
  readonly vectors: Float64Array;
}

/** Sweeps of Jacobi's method; it converges quadratically, and eight or nine do in practice. */
const MOST_SWEEPS = 50;

/**
 * All of a small matrix, by Jacobi's rotations.
 * @param matrix symmetric, [n, n]
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const scale = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off <= 1e-30 * scale) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => a[j * n + j] - a[i * n + i] || i - j,
  );
  const vectors = new Float64Array(n * n);
  for (const [row, i] of order.entries()) vectors.set(v.subarray(i * n, (i + 1) * n), row * n);
  return { values: Float64Array.from(order, (i) => a[i * n + i]), vectors };
}

/** Turns rows and columns p and q so that their element becomes 0; the rows of v turn with them. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p], a[k * n + q]];
    a[k * n + p] = c * kp - s * kq;
    a[k * n + q] = s * kp + c * kq;
  }
  for (const rows of [a, v]) {
    for (let k = 0; k < n; k++) {
      const [pk, qk] = [rows[p * n + k], rows[q * n + k]];
      rows[p * n + k] = c * pk - s * qk;
      rows[q * n + k] = s * pk + c * qk;
    }
  }
}

/** Vectors that the iteration carries beside those that are wanted: it converges with the gap behind all of them. */
const OVERSAMPLED = 10;
const MOST_STEPS = 300;

/**
 * The largest few of a large positive semidefinite matrix, by subspace iteration with Rayleigh and Ritz's projection.
 * @param matrix symmetric, [n, n]
 * @param random where it begins
 */
export function leadingEigen(
  matrix: Float64Array,
  n: number,
  wanted: number,
  random: Random,
): Eigen {
  const size = Math.min(n, wanted + OVERSAMPLED);
  const count = Math.min(n, wanted);
  let basis = Float64Array.from({ length: size * n }, () => random.next() - 0.5);
  let values = new Float64Array(size);
  for (let step = 0; step < MOST_STEPS; step++) {
    orthonormalise(basis, size, n);
    const product = times(basis, size, matrix, n);
    const projected = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) projected[i * size + j] = dot(basis, i, product, j, n);
    const small = symmetricEigen(projected, size);
    const change = Math.max(...small.values.slice(0, count).map((x, i) => Math.abs(x - values[i])));
    values = small.values.slice();
    if (change <= 1e-13 * values[0]) {
      const vectors = combine(small.vectors, size, basis, n).slice(0, count * n);
      return { values: values.slice(0, count), vectors };
    }
    basis = combine(small.vectors, size, product, n);
  }
  orthonormalise(basis, size, n);
  return { values: values.slice(0, count), vectors: basis.slice(0, count * n) };
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[i * n + k] * b[j * n + k];
  return sum;
}

/** Each row times the matrix. [rows, n] */
function times(rows: Float64Array, count: number, matrix: Float64Array, n: number): Float64Array {
  const found = new Float64Array(count * n);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < n; j++) found[i * n + j] = dot(rows, i, matrix, j, n);
  return found;
}

/** Sums of rows. @param weights [count, count], a row for each sum. @returns [count, n] */
function combine(weights: Float64Array, count: number, rows: Float64Array, n: number) {
  const found = new Float64Array(count * n);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) {
      const weight = weights[i * count + j];
      for (let k = 0; k < n; k++) found[i * n + k] += weight * rows[j * n + k];
    }
  return found;
}

/** Gram and Schmidt, twice, which is enough; a row that the others span is left 0. */
function orthonormalise(rows: Float64Array, count: number, n: number): void {
  for (let i = 0; i < count; i++) {
    const before = Math.sqrt(dot(rows, i, rows, i, n));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const overlap = dot(rows, i, rows, j, n);
        for (let k = 0; k < n; k++) rows[i * n + k] -= overlap * rows[j * n + k];
      }
    }
    const length = Math.sqrt(dot(rows, i, rows, i, n));
    const factor = length > 1e-12 * before ? 1 / length : 0;
    for (let k = 0; k < n; k++) rows[i * n + k] *= factor;
  }
}
