/** Maximum pooling of regions, and its gradient, as plain float64 loops. */

/** x [B, C, H, W]; R regions of each image, x1 y1 x2 y2 in pixels, `stride` of them to a cell. */
export type RoiShape = {
  B: number;
  C: number;
  H: number;
  W: number;
  R: number;
  bins: number;
  stride: number;
};

/** Visits every bin: yAt is its place in y, xAts those of its cells in x, none for an empty bin. */
function eachBin(
  s: RoiShape,
  regions: ArrayLike<number>,
  visit: (yAt: number, xAts: number[]) => void,
): void {
  const round = (value: number) => Math.floor(value / s.stride + 0.5);
  for (let r = 0; r < s.B * s.R; r++) {
    const [left, top, right, bottom] = [0, 1, 2, 3].map((k) => round(regions[4 * r + k]));
    const height = Math.max(1, bottom - top + 1);
    const width = Math.max(1, right - left + 1);
    for (let c = 0; c < s.C; c++) {
      for (let i = 0; i < s.bins; i++) {
        for (let j = 0; j < s.bins; j++) {
          const xAts: number[] = [];
          const plane = Math.floor(r / s.R) * s.C + c;
          for (let h = 0; h < s.H; h++) {
            for (let w = 0; w < s.W; w++) {
              const inRow =
                h >= top + Math.floor((i * height) / s.bins) &&
                h < top + Math.ceil(((i + 1) * height) / s.bins);
              const inColumn =
                w >= left + Math.floor((j * width) / s.bins) &&
                w < left + Math.ceil(((j + 1) * width) / s.bins);
              if (inRow && inColumn) xAts.push((plane * s.H + h) * s.W + w);
            }
          }
          visit(((r * s.C + c) * s.bins + i) * s.bins + j, xAts);
        }
      }
    }
  }
}

const firstMaximum = (x: Float64Array, xAts: number[]) =>
  xAts.reduce((best, at) => (x[at] > x[best] ? at : best));

export function forward(s: RoiShape, x: Float64Array, regions: ArrayLike<number>): Float64Array {
  const y = new Float64Array(s.B * s.R * s.C * s.bins ** 2);
  eachBin(s, regions, (yAt, xAts) => {
    if (xAts.length > 0) y[yAt] = x[firstMaximum(x, xAts)];
  });
  return y;
}

export function backward(
  s: RoiShape,
  x: Float64Array,
  regions: ArrayLike<number>,
  dy: Float64Array,
): Float64Array {
  const dx = new Float64Array(x.length);
  eachBin(s, regions, (yAt, xAts) => {
    if (xAts.length > 0) dx[firstMaximum(x, xAts)] += dy[yAt];
  });
  return dx;
}
