/** Features pulled to the clean ones of their class: what is minimised beside the loss, and its gradient. */

export interface Pulled {
  readonly I: number;
  readonly weight: number;
  /** [B] */
  readonly labels: readonly number[];
  /** [B] */
  readonly poisoned: readonly boolean[];
}

/** Mean feature of the clean images of a class; zeros where there are none. [I] */
export function centre({ I, labels, poisoned }: Pulled, h: Float64Array, c: number): Float64Array {
  const own = [...labels.keys()].filter((b) => labels[b] === c && !poisoned[b]);
  return Float64Array.from({ length: I }, (_, i) =>
    own.length === 0 ? 0 : own.reduce((sum, b) => sum + h[b * I + i], 0) / own.length,
  );
}

const square = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);

/**
 * What each image adds, and the gradient of their mean in the poisoned images' features, h being behind a ReLU.
 * @param centres of all classes, which count as given
 */
export function pulled(
  { I, weight, labels, poisoned }: Pulled,
  h: Float64Array,
  centres: readonly Float64Array[],
): { distance: Float64Array; dh: Float64Array } {
  const B = labels.length;
  const distance = new Float64Array(B);
  const dh = new Float64Array(B * I);
  for (let b = 0; b < B; b++) {
    const m = centres[labels[b]];
    const whole = square(m);
    if (!poisoned[b] || whole === 0) continue;
    for (let i = 0; i < I; i++) {
      const away = h[b * I + i] - m[i];
      distance[b] += (weight * away * away) / whole;
      if (h[b * I + i] > 0) dh[b * I + i] = (2 * weight * away) / (B * whole);
    }
  }
  return { distance, dh };
}
