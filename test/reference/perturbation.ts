/** Perturbations added to groups of images, their gradient and their projection, in float64. */

/** G groups of S images of L elements. */
export type PerturbationShape = { G: number; S: number; L: number };

/** x' [G * S, L] of images x and perturbations [G, L]. */
export function wear({ G, S, L }: PerturbationShape, x: Float64Array, delta: Float64Array) {
  const worn = new Float64Array(x.length);
  for (let b = 0; b < G * S; b++)
    for (let i = 0; i < L; i++) {
      const value = x[b * L + i] + delta[Math.floor(b / S) * L + i];
      worn[b * L + i] = Math.min(1, Math.max(0, value));
    }
  return worn;
}

/** The gradient [G, L] in the perturbations, of that in x'. */
export function gradient(
  { G, S, L }: PerturbationShape,
  x: Float64Array,
  delta: Float64Array,
  dworn: Float64Array,
): Float64Array {
  const found = new Float64Array(G * L);
  for (let b = 0; b < G * S; b++)
    for (let i = 0; i < L; i++) {
      const at = Math.floor(b / S) * L + i;
      const value = x[b * L + i] + delta[at];
      if (value >= 0 && value <= 1) found[at] += dworn[b * L + i];
    }
  return found;
}

/** The nearest perturbations within low to 1, made no longer than the radius (0: any). */
export function project(L: number, delta: Float64Array, low: number, radius: number): Float64Array {
  const found = delta.map((value) => Math.min(1, Math.max(low, value)));
  for (let first = 0; first < found.length; first += L) {
    const own = found.subarray(first, first + L);
    const length = Math.hypot(...own);
    if (radius > 0 && length > radius) for (let i = 0; i < L; i++) own[i] *= radius / length;
  }
  return found;
}
