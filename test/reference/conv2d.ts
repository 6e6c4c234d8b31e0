/**
 * The convolution y = relu(x * w + b) and its gradients as plain float64 loops.
 *
 *   y[n,o,p,q] = b[o] + sum over c,i,j of x[n,c,p*stride+i-pad,q*stride+j-pad] * w[o,c,i,j]
 *
 * where x counts as zero outside its H by W pixels. This is the cross-correlation that neural
 * network libraries call convolution: the kernel is not flipped.
 */

/** x [B, C, H, W], w [O, C, K, K], b [O], y [B, O, P, Q]. */
export type Conv2dShape = {
  B: number;
  C: number;
  H: number;
  W: number;
  O: number;
  K: number;
  stride: number;
  pad: number;
};

/** How many places K pixels have on n pixels with pad zeros on either side: P of H, Q of W. */
export function outputSize(n: number, K: number, stride: number, pad: number): number {
  const size = Math.floor((n + 2 * pad - K) / stride) + 1;
  if (size < 1)
    throw new Error(`outputSize: kernel ${K} does not fit ${n} pixels padded by ${pad}`);
  return size;
}

/** Visits every product x[xAt] * w[wAt] that is a term of y[yAt], by the formula above. */
function eachTerm(s: Conv2dShape, visit: (xAt: number, wAt: number, yAt: number) => void): void {
  const { B, C, H, W, O, K, stride, pad } = s;
  const P = outputSize(H, K, stride, pad);
  const Q = outputSize(W, K, stride, pad);
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      for (let p = 0; p < P; p++) {
        for (let q = 0; q < Q; q++) {
          for (let c = 0; c < C; c++) {
            for (let i = 0; i < K; i++) {
              for (let j = 0; j < K; j++) {
                const row = p * stride + i - pad;
                const column = q * stride + j - pad;
                if (row < 0 || row >= H || column < 0 || column >= W) continue;
                const xAt = ((n * C + c) * H + row) * W + column;
                const wAt = ((o * C + c) * K + i) * K + j;
                const yAt = ((n * O + o) * P + p) * Q + q;
                visit(xAt, wAt, yAt);
              }
            }
          }
        }
      }
    }
  }
}

/** y [B, O, P, Q] = x * w + b, below zero cut to zero if relu. */
export function forward(
  s: Conv2dShape,
  x: Float64Array,
  w: Float64Array,
  b: Float64Array,
  relu: boolean,
): Float64Array {
  const { B, H, W, O, K, stride, pad } = s;
  const P = outputSize(H, K, stride, pad);
  const Q = outputSize(W, K, stride, pad);
  const y = new Float64Array(B * O * P * Q);
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      for (let pq = 0; pq < P * Q; pq++) y[(n * O + o) * P * Q + pq] = b[o];
    }
  }
  eachTerm(s, (xAt, wAt, yAt) => {
    y[yAt] += x[xAt] * w[wAt];
  });
  return relu ? y.map((value) => Math.max(value, 0)) : y;
}

/** dw [O, C, K, K] and db [O] from dy [B, O, P, Q], the gradient of the pre-activation. */
export function backwardWeights(
  s: Conv2dShape,
  x: Float64Array,
  dy: Float64Array,
): { dw: Float64Array; db: Float64Array } {
  const { B, C, H, W, O, K, stride, pad } = s;
  const P = outputSize(H, K, stride, pad);
  const Q = outputSize(W, K, stride, pad);
  const dw = new Float64Array(O * C * K * K);
  const db = new Float64Array(O);
  eachTerm(s, (xAt, wAt, yAt) => {
    dw[wAt] += x[xAt] * dy[yAt];
  });
  for (let n = 0; n < B; n++) {
    for (let o = 0; o < O; o++) {
      for (let pq = 0; pq < P * Q; pq++) db[o] += dy[(n * O + o) * P * Q + pq];
    }
  }
  return { dw, db };
}

/** dx [B, C, H, W] from dy [B, O, P, Q], the gradient of the pre-activation. */
export function backwardInput(s: Conv2dShape, w: Float64Array, dy: Float64Array): Float64Array {
  const { B, C, H, W } = s;
  const dx = new Float64Array(B * C * H * W);
  eachTerm(s, (xAt, wAt, yAt) => {
    dx[xAt] += w[wAt] * dy[yAt];
  });
  return dx;
}
