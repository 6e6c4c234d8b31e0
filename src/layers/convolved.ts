/** The size of what a convolution makes, which networks are described by without being built. */

/** Height or width of a convolution's output. */
export function convolved(size: number, kernel: number, stride: number, pad: number): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}
