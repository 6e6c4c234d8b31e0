/** The detector's losses as plain float64 loops: what has no label counts for nothing. */

export const IGNORED = 0xffffffff;

const labelled = (labels: ArrayLike<number>) =>
  Math.max(1, Array.from(labels).filter((label) => label !== IGNORED).length);

/** Mean over what has a label of -log softmax(z)[label]; z [B, C, S], labels [B, S]. */
export function classLoss(
  z: Float64Array,
  labels: ArrayLike<number>,
  { B, C, S }: { B: number; C: number; S: number },
): number {
  let sum = 0;
  for (let b = 0; b < B; b++) {
    for (let s = 0; s < S; s++) {
      const label = labels[b * S + s];
      if (label === IGNORED) continue;
      const row = Array.from({ length: C }, (_, c) => z[(b * C + c) * S + s]);
      const largest = Math.max(...row);
      const total = row.reduce((all, value) => all + Math.exp(value - largest), 0);
      sum += largest + Math.log(total) - row[label];
    }
  }
  return sum / labelled(labels);
}

function smoothL1(d: number, sigma: number): number {
  const square = sigma * sigma;
  return Math.abs(d) < 1 / square ? 0.5 * square * d * d : Math.abs(d) - 0.5 / square;
}

export type BoxLossShape = {
  B: number;
  /** Anchors of a cell, or classes. */
  G: number;
  CELLS: number;
  /** G counts classes, of which only the label's counts. */
  byClass: boolean;
  sigma: number;
};

/**
 * Sum over the foreground of smooth L1(delta - target), over the number of labels.
 * @param deltas [B, G, 4, CELLS]
 * @param labels [B, G, CELLS], or [B] by class
 * @param targets as the labels, four each
 */
export function boxLoss(
  deltas: Float64Array,
  labels: ArrayLike<number>,
  targets: ArrayLike<number>,
  { B, G, CELLS, byClass, sigma }: BoxLossShape,
): number {
  let sum = 0;
  for (let b = 0; b < B; b++) {
    for (let g = 0; g < G; g++) {
      for (let cell = 0; cell < CELLS; cell++) {
        const place = byClass ? b : (b * G + g) * CELLS + cell;
        const label = labels[place];
        if (label === IGNORED || label === 0 || (byClass && g !== label)) continue;
        for (let k = 0; k < 4; k++) {
          const delta = deltas[((b * G + g) * 4 + k) * CELLS + cell];
          sum += smoothL1(delta - targets[4 * place + k], sigma);
        }
      }
    }
  }
  return sum / labelled(labels);
}
