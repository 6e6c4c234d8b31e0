/** Masks and patterns worn by groups of images, and the gradient in what they are made of, in float64. */

/** G groups of S images of C channels of P pixels. */
export type BlendShape = { G: number; S: number; C: number; P: number };

/** m and p, [G, 1 + C, P], of u and v. */
export const shape = (free: Float64Array): Float64Array => free.map((u) => (Math.tanh(u) + 1) / 2);

/** x' [G * S, C, P] of images x and masks and patterns [G, 1 + C, P]. */
export function wear({ G, S, C, P }: BlendShape, shaped: Float64Array, x: Float64Array) {
  const worn = new Float64Array(x.length);
  for (let g = 0; g < G; g++)
    for (let s = 0; s < S; s++)
      for (let c = 0; c < C; c++)
        for (let i = 0; i < P; i++) {
          const at = ((g * S + s) * C + c) * P + i;
          const m = shaped[g * (1 + C) * P + i];
          const p = shaped[(g * (1 + C) + 1 + c) * P + i];
          worn[at] = (1 - m) * x[at] + m * p;
        }
  return worn;
}

/** The gradient [G, 1 + C, P] in u and v, of that in x' and the masks' costs [G], by the chain rule. */
export function gradient(
  { G, S, C, P }: BlendShape,
  free: Float64Array,
  x: Float64Array,
  dworn: Float64Array,
  costs: ArrayLike<number>,
): Float64Array {
  const shaped = shape(free);
  const found = new Float64Array(free.length);
  for (let g = 0; g < G; g++)
    for (let i = 0; i < P; i++) {
      const mask = g * (1 + C) * P + i;
      let dm = costs[g];
      for (let c = 0; c < C; c++) {
        const pattern = mask + (1 + c) * P;
        let dp = 0;
        for (let s = 0; s < S; s++) {
          const at = ((g * S + s) * C + c) * P + i;
          dm += dworn[at] * (shaped[pattern] - x[at]);
          dp += dworn[at] * shaped[mask];
        }
        found[pattern] = (dp * (1 - Math.tanh(free[pattern]) ** 2)) / 2;
      }
      found[mask] = (dm * (1 - Math.tanh(free[mask]) ** 2)) / 2;
    }
  return found;
}
