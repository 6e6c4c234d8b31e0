/** Eigenvectors against their definition, and against power iteration with deflation. */
import { describe, expect, it } from "vitest";
import { Random, Stream } from "../../src/data/random.ts";
import { leadingEigen, symmetricEigen } from "../../src/defences/eigenvectors.ts";
import { powerIteration } from "../reference/eigenvalues.ts";

/** A Gram matrix of random rows, which is positive semidefinite. */
function gram(n: number, rows: number, seed: number): Float64Array {
  const random = new Random(seed, Stream.defence);
  const x = Array.from({ length: rows }, () =>
    Array.from({ length: n }, () => random.next() - 0.5),
  );
  return Float64Array.from({ length: n * n }, (_, at) =>
    x.reduce((sum, row) => sum + row[Math.floor(at / n)] * row[at % n], 0),
  );
}

/** Largest entry of A v - value v. */
function residual(matrix: Float64Array, n: number, value: number, vector: Float64Array): number {
  return Math.max(
    ...vector.map((own, i) => {
      const product = vector.reduce((sum, v, j) => sum + matrix[i * n + j] * v, 0);
      return Math.abs(product - value * own);
    }),
  );
}

describe("all eigenvectors of a small matrix", () => {
  it("fulfil their equation, are of length 1 and come with the largest first", () => {
    const [n, matrix] = [17, gram(17, 23, 1)];
    const { values, vectors } = symmetricEigen(matrix, n);
    expect([...values]).toEqual([...values].toSorted((a, b) => b - a));
    for (const [i, value] of values.entries()) {
      const vector = vectors.subarray(i * n, (i + 1) * n);
      expect(residual(matrix, n, value, vector)).toBeLessThan(1e-13);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 13);
    }
  });

  it("are those of matrices worked by hand: 2 1 / 1 2, one of zeros, and one without sign", () => {
    expect([...symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values]).toEqual([
      expect.closeTo(3, 14),
      expect.closeTo(1, 14),
    ]);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    expect([...symmetricEigen(Float64Array.of(0, 1, 1, 0), 2).values]).toEqual([
      expect.closeTo(1, 14),
      expect.closeTo(-1, 14),
    ]);
  });
});

describe("the largest few", () => {
  it("are those that power iteration with deflation finds", () => {
    const [n, matrix] = [40, gram(40, 60, 2)];
    const { values, vectors } = leadingEigen(matrix, n, 3, new Random(1, Stream.defence));
    const expected = powerIteration(matrix, n, 3);
    for (const [i, { value, vector }] of expected.entries()) {
      expect(values[i]).toBeCloseTo(value, 8);
      const own = vectors.subarray(i * n, (i + 1) * n);
      expect(Math.abs(vector.reduce((sum, v, k) => sum + v * own[k], 0))).toBeCloseTo(1, 6);
    }
  });

  it("of a matrix of low rank are 0 behind its rank", () => {
    const [n, matrix] = [30, gram(30, 2, 3)];
    const { values } = leadingEigen(matrix, n, 5, new Random(1, Stream.defence));
    expect([...values.subarray(0, 2)]).toEqual(
      powerIteration(matrix, n, 2).map(({ value }) => expect.closeTo(value, 8)),
    );
    for (const value of values.slice(2)) expect(Math.abs(value)).toBeLessThan(1e-12);
  });
});
