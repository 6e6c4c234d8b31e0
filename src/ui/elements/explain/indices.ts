/** From an index in every dimension to the place in memory, and back. Tensors are row-major. */

/** @throws RangeError when the index has another rank or lies outside */
export function flatten(shape: readonly number[], index: readonly number[]): number {
  const inside =
    index.length === shape.length &&
    index.every((i, d) => Number.isInteger(i) && i >= 0 && i < shape[d]);
  if (!inside) throw new RangeError(`[${index.join(", ")}] is no index of [${shape.join(", ")}]`);
  return index.reduce((flat, i, d) => flat * shape[d] + i, 0);
}

/** The index of the element at place `flat`. */
export function unflatten(shape: readonly number[], flat: number): number[] {
  const index: number[] = [];
  let rest = flat;
  for (let d = shape.length - 1; d >= 0; d--) {
    index.unshift(rest % shape[d]);
    rest = Math.floor(rest / shape[d]);
  }
  return index;
}
