/** Average and maximum pooling, and their gradients, as plain float64 loops. */

/**
 * x [B, C, H, W], y [B, C, P, Q]; windows are K by K pixels, stride pixels apart; they may begin pad
 * pixels before the image and end padEnd behind it (as many unless given). An average counts the pixels
 * of its window within the image and those up to `counted` beyond it, which are zeros.
 */
export type PoolShape = {
  B: number;
  C: number;
  H: number;
  W: number;
  K: number;
  stride: number;
  pad?: number;
  padEnd?: number;
  counted?: number;
};

/** How many windows of K pixels, stride apart, lie wholly within n padded pixels: P of H, Q of W. */
export function outputSize(n: number, K: number, stride: number, pad = 0, padEnd = pad): number {
  const size = Math.floor((n + pad + padEnd - K) / stride) + 1;
  if (size < 1) throw new Error(`outputSize: window ${K} does not fit ${n} pixels`);
  return size;
}

/**
 * Visits every window: yAt is its place in y, xAts its places in x within the image, in row-major order, and
 * size how many pixels of it an average counts.
 */
function eachWindow(
  s: PoolShape,
  visit: (yAt: number, xAts: number[], size: number) => void,
): void {
  const { B, C, H, W, K, stride, pad = 0, padEnd, counted = 0 } = s;
  const P = outputSize(H, K, stride, pad, padEnd);
  const Q = outputSize(W, K, stride, pad, padEnd);
  const isCounted = (at: number, n: number) => at >= -counted && at < n + counted;
  for (let n = 0; n < B; n++) {
    for (let c = 0; c < C; c++) {
      for (let p = 0; p < P; p++) {
        for (let q = 0; q < Q; q++) {
          const xAts: number[] = [];
          let size = 0;
          for (let i = 0; i < K; i++) {
            for (let j = 0; j < K; j++) {
              const row = p * stride + i - pad;
              const column = q * stride + j - pad;
              if (isCounted(row, H) && isCounted(column, W)) size++;
              if (row < 0 || row >= H || column < 0 || column >= W) continue;
              xAts.push(((n * C + c) * H + row) * W + column);
            }
          }
          visit(((n * C + c) * P + p) * Q + q, xAts, size);
        }
      }
    }
  }
}

function outputLength({ B, C, H, W, K, stride, pad, padEnd }: PoolShape): number {
  return B * C * outputSize(H, K, stride, pad, padEnd) * outputSize(W, K, stride, pad, padEnd);
}

/** y [B, C, P, Q]: the mean of each window. */
export function forwardAverage(s: PoolShape, x: Float64Array): Float64Array {
  const y = new Float64Array(outputLength(s));
  eachWindow(s, (yAt, xAts, size) => {
    for (const xAt of xAts) y[yAt] += x[xAt] / size;
  });
  return y;
}

/** dx [B, C, H, W]: each window hands an equal share of dy [B, C, P, Q] to its pixels. */
export function backwardAverage(s: PoolShape, dy: Float64Array): Float64Array {
  const dx = new Float64Array(s.B * s.C * s.H * s.W);
  eachWindow(s, (yAt, xAts, size) => {
    for (const xAt of xAts) dx[xAt] += dy[yAt] / size;
  });
  return dx;
}

/** The first place among xAts that holds their maximum. */
function firstMaximum(x: Float64Array, xAts: number[]): number {
  let best = xAts[0];
  for (const xAt of xAts) if (x[xAt] > x[best]) best = xAt;
  return best;
}

/** y [B, C, P, Q]: the maximum of each window. */
export function forwardMax(s: PoolShape, x: Float64Array): Float64Array {
  const y = new Float64Array(outputLength(s));
  eachWindow(s, (yAt, xAts) => {
    y[yAt] = x[firstMaximum(x, xAts)];
  });
  return y;
}

/** dx [B, C, H, W]: each window hands its dy [B, C, P, Q] to its maximum, the first in a tie. */
export function backwardMax(s: PoolShape, x: Float64Array, dy: Float64Array): Float64Array {
  const dx = new Float64Array(s.B * s.C * s.H * s.W);
  eachWindow(s, (yAt, xAts) => {
    dx[firstMaximum(x, xAts)] += dy[yAt];
  });
  return dx;
}
