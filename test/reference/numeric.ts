/** Seeded inputs, finite differences and the comparison that the numeric tests share. */

/** n values, uniform in [-scale, scale], rounded to float32; the same seed gives the same array. */
export function fill(n: number, seed: number, scale = 1): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: n }, () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    const uniform = ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    return Math.fround(scale * (2 * uniform - 1));
  });
}

/** df/dx[index] by the central difference (f(x + h) - f(x - h)) / 2h; x itself is left alone. */
export function finiteDifference(
  f: (x: Float64Array) => number,
  x: Float64Array,
  index: number,
  h: number,
): number {
  const above = x.slice();
  const below = x.slice();
  above[index] += h;
  below[index] -= h;
  return (f(above) - f(below)) / (2 * h);
}

/** The whole gradient df/dx, one central difference an element. */
export function finiteDifferences(
  f: (x: Float64Array) => number,
  x: Float64Array,
  h: number,
): Float64Array {
  return x.map((_, index) => finiteDifference(f, x, index, h));
}

/** The sum of a[i] * b[i]: a scalar loss whose gradient with respect to a is b. */
export function dot(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) throw new Error(`dot: ${a.length} against ${b.length} values`);
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

export type Tolerance = { absolute?: number; relative?: number; label: string };

/**
 * Throws unless |actual - expected| <= absolute + relative * |expected| for every element, naming
 * the worst one. NaN is out on either side; an infinity is in only if both sides hold the same.
 */
export function expectClose(
  actual: Float32Array | Float64Array,
  expected: ArrayLike<number>,
  { absolute = 0, relative = 0, label }: Tolerance,
): void {
  const n = expected.length;
  if (actual.length !== n) throw new Error(`${label}: got ${actual.length} values, expected ${n}`);
  if (n === 0) throw new Error(`${label}: got no values to compare`);

  let out = 0;
  let worst = 0;
  let worstExcess = -Infinity;
  for (let i = 0; i < n; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    const allowed = absolute + relative * Math.abs(expected[i]);
    if (actual[i] === expected[i] || (Number.isFinite(expected[i]) && error <= allowed)) continue;
    out++;
    const excess = error - allowed;
    const rank = Number.isNaN(excess) ? Infinity : excess;
    if (rank > worstExcess) {
      worst = i;
      worstExcess = rank;
    }
  }
  if (out === 0) return;

  const error = Math.abs(actual[worst] - expected[worst]);
  const allowed = absolute + relative * Math.abs(expected[worst]);
  throw new Error(
    `${label}: ${out} of ${n} values are out; worst at [${worst}]: got ${actual[worst]}, ` +
      `expected ${expected[worst]} (off by ${error}, allowed ${allowed})`,
  );
}
