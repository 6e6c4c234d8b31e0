/** The size of what a pool makes, which networks are described by without being built. */

/** Height or width of a pool's output: windows that lie wholly within the padded input. */
export function pooled(
  size: number,
  kernel: number,
  stride: number,
  pad: number,
  padEnd = pad,
): number {
  return Math.floor((size + pad + padEnd - kernel) / stride) + 1;
}
