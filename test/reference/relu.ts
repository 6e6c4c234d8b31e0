/** The rectifier y = max(x, 0) and its gradient, element by element in float64. */

/** y, of any shape: x where it is positive, zero elsewhere. */
export function forward(x: Float64Array): Float64Array {
  return x.map((value) => Math.max(value, 0));
}

/** dx from the output y: dy where y is positive, zero elsewhere (and so zero at the kink). */
export function backward(y: Float64Array, dy: Float64Array): Float64Array {
  return dy.map((value, i) => (y[i] > 0 ? value : 0));
}
