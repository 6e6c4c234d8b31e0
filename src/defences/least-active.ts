/** Which neurons clean images wake least: what pruning takes first, and what an attacker who expects it leaves alone. */

/** Neurons by their mean activation, the least first. @param values [images, neurons, places] */
export function leastActive(values: Float32Array, images: number, neurons: number): number[] {
  const places = values.length / images / neurons;
  const sums = new Float64Array(neurons);
  for (const [i, value] of values.entries()) sums[Math.floor(i / places) % neurons] += value;
  return Array.from(sums.keys()).sort((a, b) => sums[a] - sums[b] || a - b);
}
