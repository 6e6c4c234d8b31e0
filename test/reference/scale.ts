/** Rows times factors as a plain float64 loop: value[o, i] = factor[o] * value[o, i]. */

/** @returns [O, I], of values [O, I] and factors [O] */
export function scale(values: Float64Array, factors: Float64Array): Float64Array {
  const I = values.length / factors.length;
  const scaled = new Float64Array(values.length);
  for (let o = 0; o < factors.length; o++) {
    for (let i = 0; i < I; i++) scaled[o * I + i] = factors[o] * values[o * I + i];
  }
  return scaled;
}
